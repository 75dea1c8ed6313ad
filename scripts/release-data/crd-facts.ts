/** What a release's CRDs are, and what changed in their fields since the release before. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { dig, digList, digMap, digText, isMap } from '../../src/core/model/dig.ts';
import type { CrdChange, CrdRecord } from '../../src/core/release/chart-record.ts';

export interface CrdFacts {
  readonly record: CrdRecord;
  readonly fields: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
}

const ownerOf = (file: string): string => {
  const parts = file.split(path.sep);
  if (parts[0] === 'subcharts') return parts[1] ?? '';
  return parts[0] === 'operator-managed-crds' ? 'operator' : '';
};

const walk = (schema: unknown, at: string, fields: Set<string>, required: Set<string>): void => {
  for (const name of digList(schema, 'required')) required.add(`${at}${String(name)}`);
  for (const [name, inner] of Object.entries(digMap(schema, 'properties'))) {
    fields.add(`${at}${name}`);
    walk(inner, `${at}${name}.`, fields, required);
  }
  const items = dig(schema, 'items');
  if (isMap(items)) walk(items, `${at.slice(0, -1)}[].`, fields, required);
  const values = dig(schema, 'additionalProperties');
  if (isMap(values)) walk(values, `${at.slice(0, -1)}{}.`, fields, required);
};

const factsOf = (crd: unknown, owner: string): CrdFacts => {
  const versions = digList(crd, 'spec', 'versions');
  const stored = versions.find((version) => dig(version, 'storage') === true);
  const fields = new Set<string>();
  const required = new Set<string>();
  walk(dig(stored, 'schema', 'openAPIV3Schema'), '', fields, required);
  return {
    record: {
      owners: [owner],
      kind: digText(crd, 'spec', 'names', 'kind') ?? '',
      scope: digText(crd, 'spec', 'scope') === 'Cluster' ? 'Cluster' : 'Namespaced',
      versions: versions.map(
        (version) =>
          `${digText(version, 'name') ?? ''}${dig(version, 'storage') === true ? '*' : ''}${dig(version, 'served') === true ? '' : '!'}`,
      ),
    },
    fields,
    required,
  };
};

/** All CRDs below a release's folder by name. One that several charts ship has all of them as owners. */
export const crdsOf = (
  folder: string,
  readYaml: (text: string) => readonly unknown[],
): ReadonlyMap<string, CrdFacts> => {
  const found = new Map<string, CrdFacts>();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /crds[/\\].*\.yaml$/.test(file),
  );
  for (const file of files.sort())
    for (const doc of readYaml(readFileSync(path.join(folder, file), 'utf8'))) {
      if (digText(doc, 'kind') !== 'CustomResourceDefinition') continue;
      const name = digText(doc, 'metadata', 'name') ?? '';
      const facts = factsOf(doc, ownerOf(file));
      const earlier = found.get(name);
      const owners = [...new Set([...(earlier?.record.owners ?? []), ...facts.record.owners])];
      found.set(name, { ...facts, record: { ...facts.record, owners } });
    }
  return found;
};

const parentOf = (field: string): string => field.slice(0, Math.max(0, field.lastIndexOf('.'))).replace(/\[\]$/, '');

/** Fields that are gone while what they stood in is still there, or went as a whole. */
const topmost = (fields: readonly string[]): readonly string[] =>
  fields.filter(
    (field) =>
      !fields.some(
        (other) => field !== other && field.startsWith(`${other}`) && /^[.[{]/.test(field.slice(other.length)),
      ),
  );

/** Subtrees of core types: a typo in them is the API server's business, and they would swamp the table. */
const CORE_TYPES =
  /(^|\.)(nodeAffinity|tolerations|deploymentNodeAffinity|deploymentTolerations|env|containerResources)(\[\]|\.).*/;

const POLICIES = ['nicclusterpolicies.mellanox.com', 'nicnodepolicies.mellanox.com'];

const byName = (entries: readonly (readonly [string, readonly string[]])[]) =>
  Object.fromEntries(entries.filter(([, fields]) => fields.length > 0));

export const crdChangeOf = (
  release: string,
  before: ReadonlyMap<string, CrdFacts>,
  after: ReadonlyMap<string, CrdFacts>,
): CrdChange => {
  const kept = [...after].flatMap(([name, facts]) => {
    const old = before.get(name);
    return old === undefined ? [] : [{ name, old, facts }];
  });
  return {
    release,
    set: Object.fromEntries(
      [...after]
        .filter(([name, { record }]) => JSON.stringify(before.get(name)?.record) !== JSON.stringify(record))
        .map(([name, { record }]) => [name, record]),
    ),
    drop: [...before.keys()].filter((name) => !after.has(name)),
    pruned: byName(
      kept.map(({ name, old, facts }) => [name, topmost([...old.fields].filter((field) => !facts.fields.has(field)))]),
    ),
    required: byName(
      kept.map(({ name, old, facts }) => [
        name,
        [...facts.required].filter((field) => !old.required.has(field) && old.fields.has(parentOf(field))),
      ]),
    ),
    policyFields: byName(
      POLICIES.map((name) => [
        name,
        [...(after.get(name)?.fields ?? [])].filter(
          (field) =>
            before.get(name)?.fields.has(field) !== true && !CORE_TYPES.test(field) && field.startsWith('spec'),
        ),
      ]),
    ),
  };
};
