/** Controllers and people beside us that take nodes out of service, as a visit sees them. */
import type { Mark } from '../visit-act.ts';

export interface OtherAtWork {
  readonly who: string;
  /** What shows it, with the object and the field. */
  readonly because: string;
  readonly wayOut: string;
  /**
   * `wait`: let it finish. `takes-part`: it holds the node and goes on by itself when the visit is done (plan B of the SR-IOV
   * operator's restart loop): its cordon stays its own. `affected`: it has no hand on the node, but the visit changes what it
   * manages, and that is told.
   */
  readonly stance: 'wait' | 'takes-part' | 'affected';
}

export interface OtherToQuiet {
  readonly who: string;
  /** Set while the visit lasts, then put back. */
  readonly mark: Mark;
  /** What stands there now; null: nothing. */
  readonly stands: string | null;
}

/** Whoever has a hand on the node. */
export const isAtWork = ({ stance }: OtherAtWork): boolean => stance !== 'affected';
