/** One proof that a node does what it should: passed, failed, or not told by what could be read. */
export interface Gate {
  readonly gate:
    'firmware' | 'vfs' | 'node-state' | 'resources' | 'left-with' | 'functions' | 'links' | 'ports' | 'fits';
  /** `not-compared`: it was not read before, so that nothing can be said to be lost. `accepted`: lost, and a person means it so. */
  readonly verdict: 'pass' | 'fail' | 'unknown' | 'not-compared' | 'accepted';
  /** The card, interface, resource or pod that it is about. */
  readonly on: string;
  readonly because: string;
  /** What a person may do, where waiting does not help. */
  readonly wayOut?: string;
}

const gateOf =
  (verdict: Gate['verdict']) =>
  (gate: Gate['gate'], on: string, because: string): Gate => ({ gate, verdict, on, because });

export const pass = gateOf('pass');
export const failing = gateOf('fail');
export const unknown = gateOf('unknown');
export const notCompared = gateOf('not-compared');

/** The first that does not pass; undefined when all do. A gate that is not told does not pass. */
export const firstOpen = (gates: readonly Gate[]): Gate | undefined =>
  gates.find(({ verdict }) => verdict === 'fail') ?? gates.find(({ verdict }) => verdict === 'unknown');
