/** What the operator's admission webhook answers; the reasons are worded as upstream words them, so that people find them. */
import type { Path } from '../../model/dig.ts';

export type Verdict =
  | { readonly accept: true }
  | {
      readonly accept: false;
      readonly reason: string;
      /** The field of the policy that the reason is about. */
      readonly path: Path;
    };

export const ACCEPT: Verdict = { accept: true };

export const refuse = (reason: string, ...path: Path): Verdict => ({ accept: false, reason, path: ['spec', ...path] });
