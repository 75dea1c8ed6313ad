/**
 * What the twin leaves out on purpose, since nobody in the field depends on it: sequences in which it can show are not played.
 * Each stands in docs/twin.md.
 */
import { type Change, type Sequence, setAt, type Write } from './write-sequences.ts';
import type { Body } from './written-kinds.ts';

interface KnownDifference {
  readonly what: string;
  readonly canShow: (sequence: Sequence) => boolean;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Of an update, a creation or an apply; a patch as the changes that it was made from. */
const changesOf = (write: Write): readonly Change[] => {
  if ('changes' in write) return write.changes;
  if (write.do !== 'patch') return [];
  const { patch } = write;
  if (patch.type === 'json')
    return patch.operations.map(({ path, value }) => ({ at: path.slice(1).split('/'), value }));
  return Object.entries(patch.body).flatMap(([key, inner]) =>
    Object.entries(inner ?? {}).map(([field, value]) => ({ at: [key, field], value: value ?? undefined })),
  );
};

/** What an apply with these changes says of metadata. */
const metadataOf = (changes: readonly Change[]): Body =>
  (changes.reduce<Body>((body, { at, value }) => setAt(body, at, value), {})['metadata'] ?? {}) as Body;

const some = ({ writes }: Sequence, is: (change: Change, write: Write) => boolean): boolean =>
  writes.some((write) => changesOf(write).some((change) => is(change, write)));

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'an immutable ConfigMap or Secret refuses an empty map in place of none',
    canShow: (sequence) =>
      ['ConfigMap', 'Secret'].includes(sequence.kind.resource.kind) &&
      some(sequence, ({ at }) => at[0] === 'immutable') &&
      some(sequence, ({ at, value }) => /^(?:data|binaryData)$/.test(at[0] ?? '') && isEmpty(value)),
  },
  {
    what: 'a custom resource that is applied with empty metadata is written once more by the next write, whatever it is',
    canShow: ({ kind, writes }) =>
      kind.resource.kind === 'Gadget' &&
      writes.some((write) => write.do === 'apply' && Object.values(metadataOf(write.changes)).some(isEmpty)),
  },
  {
    what: 'a Job that lost its labels is stored without and shown with those of its template',
    canShow: (sequence) =>
      sequence.kind.resource.kind === 'Job' &&
      some(
        sequence,
        ({ at, value }) => at[0] === 'metadata' && at[1] === 'labels' && at.length === 2 && isEmpty(value),
      ),
  },
];

export const knownDifference = (sequence: Sequence): string | undefined =>
  KNOWN_DIFFERENCES.find(({ canShow }) => canShow(sequence))?.what;
