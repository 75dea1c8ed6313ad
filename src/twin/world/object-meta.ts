/** Metadata: which names and labels may be, what of it is the server's own, and what it makes of what it is sent. */
import { isMap } from '../../core/model/dig.ts';
import type { KubeMetadata, KubeObject } from '../../core/model/kube-object.ts';
import type { Random } from '../../core/ports/random.ts';
import type { KindRules } from './kind-rules.ts';
import { type Cause, forbiddenValue, invalidValue } from './status.ts';
import { type JsonMap, without } from './stored-value.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const nameCauses = (name: string, rule: KindRules['names']): readonly Cause[] => {
  const refuse = (why: string): readonly Cause[] => [invalidValue('metadata.name', name, why)];
  switch (rule) {
    case 'path-segment':
      return name === '.' || name === '..'
        ? refuse(`may not be '${name}'`)
        : /[/%]/.test(name)
          ? refuse("may not contain '/'")
          : [];
    case 'label':
      if (name.length > 63) return refuse('must be no more than 63 characters');
      return LABEL.test(name) ? [] : refuse(LABEL_WORDS);
    case 'subdomain':
      if (name.length > 253) return refuse('must be no more than 253 characters');
      return SUBDOMAIN.test(name) ? [] : refuse(SUBDOMAIN_WORDS);
  }
};

const isQualified = (key: string): boolean => {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  return (
    QUALIFIED.test(name) && name.length <= 63 && (slash < 0 || (SUBDOMAIN.test(key.slice(0, slash)) && slash <= 253))
  );
};

const mapCauses = (metadata: KubeMetadata): readonly Cause[] => [
  ...Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => [
    ...(isQualified(key) ? [] : [invalidValue('metadata.labels', key, 'name part must be a qualified name')]),
    ...(value === '' || (QUALIFIED.test(value) && value.length <= 63)
      ? []
      : [
          invalidValue(
            'metadata.labels',
            value,
            'a valid label must be an empty string or consist of alphanumeric characters',
          ),
        ]),
  ]),
  ...Object.keys(metadata.annotations ?? {})
    .filter((key) => !isQualified(key.toLowerCase()))
    .map((key) => invalidValue('metadata.annotations', key, 'name part must be a qualified name')),
];

export const metadataCauses = (
  { metadata }: KubeObject,
  before: KubeObject | undefined,
  { names }: KindRules,
): readonly Cause[] => {
  if (metadata === before?.metadata) return [];
  return [
    ...(before === undefined ? nameCauses(metadata.name, names) : newFinalizers(metadata, before.metadata)),
    ...(metadata.labels === before?.metadata.labels && metadata.annotations === before?.metadata.annotations
      ? []
      : mapCauses(metadata)),
  ];
};

const newFinalizers = (metadata: KubeMetadata, before: KubeMetadata): readonly Cause[] => {
  if (before.deletionTimestamp === undefined) return [];
  const added = finalizersOf(metadata).filter((one) => !finalizersOf(before).includes(one));
  return added.length === 0
    ? []
    : [
        forbiddenValue(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((one) => JSON.stringify(one)).join(', ')}}`,
        ),
      ];
};

export const finalizersOf = (metadata: Partial<KubeMetadata>): readonly string[] =>
  Array.isArray(metadata['finalizers']) ? (metadata['finalizers'] as readonly string[]) : [];

/** Fields of metadata that are no fields when they are empty. */
const MAY_BE_EMPTY = ['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields'];

/** Without nulls, and without maps and lists that hold nothing. */
export const tidyMetadata = (metadata: JsonMap): JsonMap =>
  without(
    metadata,
    'selfLink',
    ...Object.keys(metadata).filter((key) => metadata[key] === null || metadata[key] === undefined),
    ...MAY_BE_EMPTY.filter((key) => isBare(metadata[key])),
  );

const isBare = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;

/** What only the server sets. */
const OWN = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
];

export const newMetadata = (metadata: JsonMap): JsonMap => tidyMetadata(without(metadata, ...OWN));

export const keptMetadata = (metadata: JsonMap, before: KubeMetadata): KubeMetadata => {
  if (metadata === before) return before;
  const kept: Record<string, unknown> = { ...tidyMetadata(without(metadata, ...OWN)), name: before.name };
  if (before.namespace !== undefined) kept['namespace'] = before.namespace;
  for (const key of OWN) if (before[key] !== undefined) kept[key] = before[key];
  return kept as KubeMetadata;
};

/** k8s.io/apimachinery pkg/util/rand: no vowels and nothing that looks like one, so that no words come up. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_GENERATED = 58;

export const generatedName = (prefix: string, random: Random): string => {
  let name = prefix.slice(0, MAX_GENERATED);
  for (let letter = 0; letter < 5; letter += 1) name += ALPHABET[Math.floor(random.next() * ALPHABET.length)];
  return name;
};

/** A UUID of version 4 out of the world's chance. */
export const newUid = (random: Random): string => {
  const word = (): string => (Math.floor(random.next() * 0x1_0000_0000) >>> 0).toString(16).padStart(8, '0');
  const [a, b, c, d] = [word(), word(), word(), word()];
  const variant = '89ab'[Number.parseInt(c[0] ?? '0', 16) & 3];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
};
