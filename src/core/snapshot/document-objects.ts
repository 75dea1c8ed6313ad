/** The Kubernetes objects of files that a person edits, each with the line of every field. */
import type { Path } from '../model/dig.ts';
import { objectsIn } from './objects-in.ts';
import type { PositionedDocument } from './positioned-document.ts';
import type { Origin, SnapshotObject } from './snapshot.ts';

export interface DocumentObjects {
  readonly objects: readonly SnapshotObject[];
  /** Documents, or items of lists, that are no Kubernetes objects. */
  readonly strange: readonly Origin[];
}

const inDocument = (document: PositionedDocument): DocumentObjects => {
  const { source, lineOf } = document;
  const found = objectsIn(document.value);
  if (found === undefined) return { objects: [], strange: [{ source, line: lineOf([]) }] };
  return {
    objects: found.objects.map(({ object, at }) => ({
      object,
      origin: { source, line: lineOf(at) },
      lineOf: (path: Path) => lineOf([...at, ...path]),
    })),
    strange: Array.from({ length: found.strange }, () => ({ source, line: lineOf(['items']) })),
  };
};

export const documentObjects = (documents: readonly PositionedDocument[]): DocumentObjects => {
  const all = documents.map(inDocument);
  return { objects: all.flatMap(({ objects }) => objects), strange: all.flatMap(({ strange }) => strange) };
};
