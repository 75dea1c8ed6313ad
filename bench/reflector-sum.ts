/** One number for all that a reflector holds, whatever the order: both sides of the bench print the same one. */
import { fnv1a, showSum } from './random.ts';

export interface HeldObject {
  readonly name: string;
  /** Of pods. */
  readonly namespace?: string | undefined;
  readonly uid: string;
  readonly node?: string | undefined;
}

export const sumOfHeld = (objects: Iterable<HeldObject>): { readonly checksum: string; readonly objects: number } => {
  let sum = 0;
  let count = 0;
  for (const { namespace, name, uid, node } of objects) {
    sum = (sum + fnv1a(namespace === undefined ? `${name} ${uid}` : `${namespace}/${name} ${uid} ${node ?? ''}`)) >>> 0;
    count += 1;
  }
  return { checksum: showSum(sum), objects: count };
};
