/** What is remembered of the Arm side of one BlueField before the power of its host is cut: written before it is asked. */

export interface ArmJournal {
  /** PCI address without function: `0000:29:00`. */
  readonly card: string;
  /** The last request to shut down, recorded before it was made. */
  readonly asked?: { readonly atMs: number; readonly times: number };
  /** Reads of `down` in a row; as many as are needed prove it. */
  readonly downReads: number;
  /** Since when nothing was told of it; absent while there are answers. */
  readonly silentSinceMs?: number;
}
