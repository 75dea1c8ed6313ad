/** What a check of an upgrade says: one sentence each, what it is about, and the way out. */
import type { Path } from '../model/dig.ts';

export interface UpgradeFinding {
  /** `stops`: Helm or the API server refuses. `warns`: it goes through and something is not as wanted. `tells`: to know. */
  readonly severity: 'stops' | 'warns' | 'tells';
  /** Key, image, CRD, object or node that it is about. */
  readonly about: string;
  readonly because: string;
  readonly wayOut?: string;
  /** Where in the user's values file. */
  readonly path?: Path;
}

/** What the input could not tell, and how to get it. */
export interface UpgradeGap {
  readonly what: string;
  readonly because: string;
  readonly settle: string;
}
