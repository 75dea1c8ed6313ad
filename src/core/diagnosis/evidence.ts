/** Makes evidence of what facts are made of: a field of an object, a line of a text. */
import { dig, type Path } from '../model/dig.ts';
import { objectPath } from '../model/kube-object.ts';
import type { Origin, SnapshotObject } from '../snapshot/snapshot.ts';
import type { Evidence } from './finding.ts';

const show = (value: unknown): string => {
  if (value === undefined) return '(absent)';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** A field of an object as it stands there; a missing field is shown as absent. */
export const fieldEvidence = ({ object, origin, lineOf }: SnapshotObject, field: Path, excerpt?: string): Evidence => ({
  origin,
  object: objectPath(object),
  field,
  excerpt: excerpt ?? `${field.at(-1) ?? ''}: ${show(dig(object, ...field))}`,
  ...(lineOf === undefined ? {} : { lineOf }),
});

export const textEvidence = (origin: Origin, excerpt: string): Evidence => ({ origin, excerpt: excerpt.trim() });
