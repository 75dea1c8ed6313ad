/**
 * Reads Helm's own records (Secrets or ConfigMaps of type helm.sh/release.v1) out of a snapshot: base64, gzip, JSON.
 * What a record says is core/release's to judge; what cannot be read is skipped and counted.
 */
import { gunzipSync } from 'node:zlib';
import { digMap, digNumber, digText, digTexts } from '../../core/model/dig.ts';
import { objectPath, type KubeObject } from '../../core/model/kube-object.ts';
import type { HelmRecord } from '../../core/release/installed.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';

/** A record holds one chart without its sub-charts; what unpacks to more than this is no record. */
const LARGEST_BYTES = 64 * 1024 * 1024;

export interface HelmRecords {
  readonly records: readonly HelmRecord[];
  /** Records whose content is not in the input (redacted or cut), by path. */
  readonly unreadable: readonly string[];
}

const isRecord = ({ kind, metadata }: KubeObject): boolean =>
  (kind === 'Secret' || kind === 'ConfigMap') && metadata.labels?.['owner'] === 'helm';

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Refuses what unpacks to more than the limit instead of filling the memory. */
const unpack = (bytes: Buffer): string =>
  (isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: LARGEST_BYTES }) : bytes).toString('utf8');

/** A Secret wraps Helm's base64 in the API's own, a ConfigMap does not. */
const decode = (data: string): unknown => {
  const once = Buffer.from(data, 'base64');
  if (isGzip(once)) return JSON.parse(unpack(once));
  const text = once.toString('utf8');
  return JSON.parse(text.startsWith('{') ? text : unpack(Buffer.from(text, 'base64')));
};

const recordOf = (object: KubeObject): HelmRecord | undefined => {
  const data = digText(object, 'data', 'release');
  if (data === undefined) return undefined;
  try {
    const release = decode(data);
    const [chart, version] = [
      digText(release, 'chart', 'metadata', 'name'),
      digText(release, 'chart', 'metadata', 'version'),
    ];
    if (chart === undefined || version === undefined) return undefined;
    return {
      name: digText(release, 'name') ?? '',
      namespace: digText(release, 'namespace') ?? object.metadata.namespace ?? '',
      revision: digNumber(release, 'version') ?? 0,
      status: digText(release, 'info', 'status') ?? digTexts(object, 'metadata', 'labels')['status'] ?? '',
      chart,
      version,
      config: digMap(release, 'config'),
      source: objectPath(object),
    };
  } catch {
    return undefined;
  }
};

/** Every Helm record of the snapshot. */
export const helmRecords = (snapshot: Snapshot): HelmRecords => {
  const objects = snapshot.objects.map(({ object }) => object).filter(isRecord);
  const read = objects.map((object) => ({ object, record: recordOf(object) }));
  return {
    records: read.flatMap(({ record }) => (record === undefined ? [] : [record])),
    unreadable: read.filter(({ record }) => record === undefined).map(({ object }) => objectPath(object)),
  };
};
