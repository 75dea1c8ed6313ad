/** Our short schemas against the definitions that release 25.7.0 ships: every field of theirs, or left open on purpose. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasShared, SHARED, WHERE_ABSENT } from '../../../test/shared-folder.ts';
import { readYaml } from '../../adapters/dump/read-yaml.ts';
import { dig, digFlag, digList, digMap, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../core/model/kube-resource.ts';
import { seededRandom } from '../seeded-random.ts';
import { VirtualClock } from '../virtual-clock.ts';
import type { Schema } from '../world/schema.ts';
import { createWorld } from '../world/world.ts';
import { definitionOf } from './field-kind.ts';
import { FIELD_KINDS } from './field-kinds.ts';

const RELEASE = path.join(SHARED, 'data/charts/network-operator/25.7.0');

const shipped = (): ReadonlyMap<string, KubeObject> => {
  // Where a chart and the operator itself bring the same definition, the operator's comes last.
  const isOfOperator = (file: string): number => Number(file.startsWith('operator-managed'));
  const files = readdirSync(RELEASE, { recursive: true, encoding: 'utf8' }).toSorted(
    (a, b) => isOfOperator(a) - isOfOperator(b),
  );
  const objects = files
    .filter((file) => /crds\/[^/]*\.ya?ml$/.test(file))
    .flatMap((file) => readYaml(readFileSync(path.join(RELEASE, file), 'utf8'))) as readonly KubeObject[];
  return new Map(objects.flatMap((object) => (object?.metadata === undefined ? [] : [[object.metadata.name, object]])));
};

/** What the twin's server heeds of one field; expressions, formats and descriptions it does not. */
const HEEDED = [
  'default', 'enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'nullable',
  'x-kubernetes-int-or-string', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type',
] as const; // prettier-ignore

const HEAD = new Set(['apiVersion', 'kind', 'metadata']);

const hasDefaultInside = (schema: Schema | undefined): boolean => JSON.stringify(schema ?? {}).includes('"default":');

const differences = (ours: Schema | undefined, theirs: Schema | undefined, at: string): readonly string[] => {
  if (ours === undefined || theirs === undefined) return [`${at}: ${ours === undefined ? 'lacking' : 'not theirs'}`];
  const isOpen = ours['x-kubernetes-preserve-unknown-fields'] === true;
  if (isOpen) return hasDefaultInside(theirs) ? [`${at}: left open, and has defaults inside`] : [];
  const own = [...HEEDED, ...(theirs['x-kubernetes-int-or-string'] === true ? [] : (['type'] as const))].flatMap(
    (key) =>
      JSON.stringify(ours[key]) === JSON.stringify(theirs[key])
        ? []
        : [`${at}: ${key} ${JSON.stringify(ours[key])}, theirs ${JSON.stringify(theirs[key])}`],
  );
  const required = (schema: Schema): string => (schema.required ?? []).toSorted().join();
  const needs =
    required(ours) === required(theirs) ? [] : [`${at}: needs ${required(ours)}, theirs ${required(theirs)}`];
  const names = new Set([...Object.keys(ours.properties ?? {}), ...Object.keys(theirs.properties ?? {})]);
  const inner = [...names]
    .filter((name) => at !== '' || !HEAD.has(name))
    .flatMap((name) => differences(ours.properties?.[name], theirs.properties?.[name], `${at}.${name}`));
  const entries = [ours.items, theirs.items].some(Boolean) ? differences(ours.items, theirs.items, `${at}[]`) : [];
  const values = [ours, theirs].map(({ additionalProperties: of }) => (typeof of === 'object' ? of : undefined));
  const rest = values.some(Boolean) ? differences(values[0], values[1], `${at}.*`) : [];
  return [...own, ...needs, ...inner, ...entries, ...rest];
};

const versionOf = (definition: unknown): unknown =>
  digList(definition, 'spec', 'versions').find((version) => digFlag(version, 'storage') === true);

const faceOf = (definition: unknown): unknown => {
  const version = versionOf(definition);
  return {
    scope: digText(definition, 'spec', 'scope'),
    group: digText(definition, 'spec', 'group'),
    kind: digText(definition, 'spec', 'names', 'kind'),
    singular: digText(definition, 'spec', 'names', 'singular'),
    shortNames: digList(definition, 'spec', 'names', 'shortNames'),
    version: digText(version, 'name'),
    subresources: digMap(version, 'subresources') ?? {},
    columns: digList(version, 'additionalPrinterColumns').map((column) =>
      ['name', 'type', 'jsonPath'].map((key) => digText(column, key)),
    ),
  };
};

const schemaOf = (definition: unknown): Schema => dig(versionOf(definition), 'schema', 'openAPIV3Schema') as Schema;

describe.skipIf(!hasShared)(`kinds of the field as release 25.7.0 ships them${WHERE_ABSENT}`, () => {
  const theirs = hasShared ? shipped() : new Map<string, KubeObject>();

  test.for(FIELD_KINDS.map((kind) => [`${kind.plural}.${kind.group}`, kind] as const))('%s', ([name, kind]) => {
    const definition = theirs.get(name);
    const ours = definitionOf(kind);
    expect(faceOf(ours)).toEqual(faceOf(definition));
    expect(differences(schemaOf(ours), schemaOf(definition), '')).toEqual([]);
  });
});

test('the world takes every definition and serves its kind', () => {
  const world = createWorld({ clock: new VirtualClock(), random: seededRandom(1, 'world') });
  const helm = world.actor('helm');
  const refused = FIELD_KINDS.flatMap((kind) => {
    const made = helm.create(CUSTOM_RESOURCE_DEFINITIONS, definitionOf(kind));
    return made.ok ? [] : [made.fault.message];
  });
  expect(refused).toEqual([]);
  const served = new Set(world.served().map(({ group, plural }) => `${plural}.${group}`));
  expect(FIELD_KINDS.filter(({ group, plural }) => !served.has(`${plural}.${group}`))).toEqual([]);
});
