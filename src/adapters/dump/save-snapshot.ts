/**
 * Keeps a snapshot in a folder that --from reads again: one list a kind, logs in the layout of must-gather, what hosts
 * said by node, and a record of what could not be read. Contents of Secrets are left out.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Snapshot, type SnapshotText, kindKey } from '../../core/snapshot/snapshot.ts';
import { snapshotRecord } from '../../core/snapshot/snapshot-record.ts';

/** `takenAt` is an RFC 3339 time. Refuses a folder that holds something already. */
export const saveSnapshot = (folder: string, snapshot: Snapshot, takenAt: string): Result<number> => {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0)
      return fail('usage-folder-not-empty', `${folder} holds files already; give --save a new folder.`);
    const files = new Map([
      ...objectFiles(snapshot),
      ...textFiles(snapshot.texts),
      ['record.json', JSON.stringify(snapshotRecord(snapshot, takenAt), undefined, 1)] as const,
    ]);
    for (const [name, content] of files) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: 0o600 });
    }
    return ok(files.size);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return fail('input-save-failed', `The snapshot cannot be kept in ${folder}: ${why}.`);
  }
};

/** A list even where it is empty: that there are none is a fact worth keeping. */
function* objectFiles({ objects, listed }: Snapshot): Generator<readonly [string, string]> {
  const byKind = Map.groupBy(objects, ({ object }) => `${object.apiVersion} ${object.kind}`);
  const seen = new Set<string>();
  for (const [key, entries] of byKind) {
    const [apiVersion = '', kind = ''] = key.split(' ');
    seen.add(kindKey(kind, apiVersion));
    yield [
      fileOf(kind, apiVersion),
      listText(
        kind,
        apiVersion,
        entries.map(({ object }) => withoutSecrets(object)),
      ),
    ];
  }
  for (const key of listed) {
    // What was listed in one namespace only would read as listed everywhere.
    if (seen.has(key) || key.includes('/')) continue;
    const [kind = '', ...group] = key.split('.');
    // Which version it was is not known any more, and nobody asks: the key has none.
    const apiVersion = group.length === 0 ? 'v1' : `${group.join('.')}/v1`;
    yield [fileOf(kind, apiVersion), listText(kind, apiVersion, [])];
  }
}

const fileOf = (kind: string, apiVersion: string): string =>
  `objects/${kind}.${apiVersion.replace('/', '.')}.json`.toLowerCase();

const listText = (kind: string, apiVersion: string, items: readonly KubeObject[]): string =>
  JSON.stringify({ apiVersion, kind: `${kind}List`, items }, undefined, 1);

const withoutSecrets = (object: KubeObject): KubeObject => {
  if (object.kind !== 'Secret') return object;
  const { data: _data, stringData: _stringData, ...rest } = object;
  return rest as KubeObject;
};

function* textFiles(texts: readonly SnapshotText[]): Generator<readonly [string, string]> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const name = textFile(text);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    yield [count === 1 ? name : name.replace(/(\.\w+)$/, `-${count}$1`), text.text];
  }
}

const textFile = ({ kind, node, namespace = 'unknown', pod, container, previous, origin }: SnapshotText): string => {
  if (kind === 'host' || pod === undefined || container === undefined)
    return `host/${safe(node ?? origin.source)}.${kind === 'log' ? 'log' : 'txt'}`;
  const run = previous === true ? 'previous' : 'current';
  return `namespaces/${safe(namespace)}/pods/${safe(pod)}/${safe(container)}/${safe(container)}/logs/${run}.log`;
};

/** Names come from the cluster: none may lead out of the folder. */
const safe = (name: string): string => name.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_');
