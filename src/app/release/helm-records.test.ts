/** Helm's records as the API server and a dump show them: wrapped once or twice, redacted, broken. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { emptySnapshot, type Snapshot } from '../../core/snapshot/snapshot.ts';
import { helmRecords } from './helm-records.ts';

const release = {
  name: 'network-operator',
  namespace: 'n',
  version: 3,
  info: { status: 'deployed' },
  chart: { metadata: { name: 'network-operator', version: '25.7.0' } },
  config: { nfd: { enabled: false } },
};
const once = (text: string) => gzipSync(text).toString('base64');
const twice = (text: string) => Buffer.from(once(text)).toString('base64');

const record = (kind: string, data: unknown, labels = { owner: 'helm' }): Snapshot => ({
  ...emptySnapshot,
  objects: [
    {
      object: {
        apiVersion: 'v1',
        kind,
        metadata: { name: 'sh.helm.release.v1.network-operator.v3', namespace: 'n', labels },
        data: { release: data },
      },
      origin: { source: 'test' },
    },
  ],
});

test.for([
  ['Secret', twice(JSON.stringify(release))],
  ['Secret', once(JSON.stringify(release))],
  ['ConfigMap', once(JSON.stringify(release))],
] as const)('a %s is read', ([kind, data]) => {
  const { records, unreadable } = helmRecords(record(kind, data));
  expect(unreadable).toEqual([]);
  expect(records).toEqual([
    {
      name: 'network-operator',
      namespace: 'n',
      revision: 3,
      status: 'deployed',
      chart: 'network-operator',
      version: '25.7.0',
      config: { nfd: { enabled: false } },
      source: `${kind}/n/sh.helm.release.v1.network-operator.v3`,
    },
  ]);
});

test.for([
  ['redacted', 'REDACTED'],
  ['cut', twice(JSON.stringify(release)).slice(0, 200)],
  ['no JSON', twice('hello')],
  ['another shape', twice('{"chart":{}}')],
  ['no text', 7],
  ['missing', undefined],
] as const)('a record that is %s counts as unreadable, and nothing is thrown', ([, data]) => {
  const { records, unreadable } = helmRecords(record('Secret', data));
  expect([records.length, unreadable.length]).toEqual([0, 1]);
});

test('a record that unpacks to more than any chart holds is refused', () => {
  const bomb = twice(JSON.stringify({ ...release, filler: ' '.repeat(70 * 1024 * 1024) }));
  expect(helmRecords(record('Secret', bomb)).records).toEqual([]);
});

test('Secrets of others are not looked at', () => {
  expect(helmRecords(record('Secret', twice(JSON.stringify(release)), { owner: 'me' }))).toEqual({
    records: [],
    unreadable: [],
  });
});
