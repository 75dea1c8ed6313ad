/**
 * What a collector masked (`***HIDDEN***`, `***TOKEN_KIND_HASH***` of troubleshoot.sh) is taken out of objects as they are
 * read: a masked field is one that nobody knows, never a field with that value.
 */
import { isMap } from '../model/dig.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import type { Gap, SnapshotObject } from './snapshot.ts';

const MASK = /^\*\*\*(?:HIDDEN|TOKEN_[A-Z0-9_]+)\*\*\*$/;

const isMask = (value: unknown): boolean => typeof value === 'string' && MASK.test(value.trim());

type Note = (path: string) => void;

/** The same value where nothing is masked in it. */
const unmask = (value: unknown, path: string, note: Note): unknown => {
  if (Array.isArray(value)) {
    const kept = value.filter((item, index) => !isMask(item) || note(`${path}.${index}`));
    const items = kept.map((item, index) => unmask(item, `${path}.${index}`, note));
    return kept.length === value.length && items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isMap(value)) return value;
  let changed: Record<string, unknown> | undefined;
  for (const [key, inside] of Object.entries(value)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (isMask(inside)) {
      note(here);
      changed ??= { ...value };
      delete changed[key];
      continue;
    }
    const now = unmask(inside, here, note);
    if (now === inside) continue;
    changed ??= { ...value };
    changed[key] = now;
  }
  return changed ?? value;
};

const SHOWN = 5;

/** `mayBe` says of which objects a mask is to be looked for at all: few dumps have any. */
export const withoutMasks = (
  objects: readonly SnapshotObject[],
  mayBe: (entry: SnapshotObject) => boolean = () => true,
): { readonly objects: readonly SnapshotObject[]; readonly gaps: readonly Gap[] } => {
  const masked: string[] = [];
  const kept = objects.flatMap((entry) => {
    if (!mayBe(entry)) return [entry];
    const where = objectPath(entry.object);
    if (isMask(entry.object.metadata.name)) {
      masked.push(`the name of a ${entry.object.kind}`);
      return [];
    }
    const object = unmask(entry.object, '', (path) => void masked.push(`${path} of ${where}`)) as KubeObject;
    return object === entry.object ? [entry] : [{ ...entry, object }];
  });
  if (masked.length === 0) return { objects, gaps: [] };
  const more = masked.length > SHOWN ? ` and ${masked.length - SHOWN} more` : '';
  return {
    objects: kept,
    gaps: [
      {
        what: `${masked.slice(0, SHOWN).join(', ')}${more}`,
        because: 'the collector masked it, so that nobody knows the value',
        settle: 'collect again without redaction of these fields, or read them from the cluster',
      },
    ],
  };
};
