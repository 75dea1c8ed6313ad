/** What a file in bench/workloads exports as `workload`. */
export interface Workload {
  readonly name: string;
  /** What is aimed at, in words: `<= 1.0 s`. */
  readonly aim: string;
  readonly run: () => Measured | Promise<Measured>;
}

export interface Measured {
  /** Of the measured part alone. */
  readonly seconds: number;
  /** Equal to the peer's for the same work. */
  readonly checksum: string;
  /** The peer's figure of the same run, counts, or shares. */
  readonly detail?: string;
}

export interface BenchResult extends Measured {
  readonly name: string;
  readonly aim: string;
  readonly rssMb: number;
}
