/** Every write that was stored, in order: what a run did, to be compared byte by byte with another run of one seed. */
import { timestamp } from '../../core/model/timestamp.ts';

export interface WriteEntry {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Who wrote: the user's name, or the name of the actor. */
  readonly actor: string;
  /** `patch`, or with its subresource `patch status`. `collect` is the garbage collector's delete. */
  readonly verb: string;
  /** `Pod/ns/name`, `Node/name`. */
  readonly object: string;
  readonly resourceVersion: string;
  /** The object is gone with this write. */
  readonly gone: boolean;
}

/** `2026-11-25T19:31:02Z +123ms kubelet patch status Pod/ns/a 1042`, with `gone` at the end where it is. */
export const showWrite = ({ time, actor, verb, object, resourceVersion, gone }: WriteEntry): string => {
  const ms = `+${String(((time % 1000) + 1000) % 1000).padStart(3, '0')}ms`;
  // Joined, which makes one text: a template would keep each line as a tree of its parts, and logs are long.
  return [timestamp(time), ms, actor, verb, object, resourceVersion, ...(gone ? ['gone'] : [])].join(' ');
};
