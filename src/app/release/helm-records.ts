/**
 * Reads Helm's own records (Secrets or ConfigMaps of type helm.sh/release.v1) out of a snapshot: base64, gzip, JSON, by
 * web-standard streams. What a record says is core/release's to judge; what cannot be read is skipped and counted.
 */
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

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (char) => char.charCodeAt(0));

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const unpack = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  if (!isGzip(bytes)) return new TextDecoder().decode(bytes);
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  for await (const part of stream) {
    size += part.length;
    if (size > LARGEST_BYTES) throw new Error('too large for a Helm record');
    parts.push(part);
  }
  return new TextDecoder().decode(await new Blob(parts as BlobPart[]).arrayBuffer());
};

/** A Secret wraps Helm's base64 in the API's own, a ConfigMap does not. */
const decode = async (data: string): Promise<unknown> => {
  const once = fromBase64(data);
  if (isGzip(once)) return JSON.parse(await unpack(once));
  const text = new TextDecoder().decode(once);
  return JSON.parse(text.startsWith('{') ? text : await unpack(fromBase64(text)));
};

const recordOf = async (object: KubeObject): Promise<HelmRecord | undefined> => {
  const data = digText(object, 'data', 'release');
  if (data === undefined) return undefined;
  try {
    const release = await decode(data);
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
export const helmRecords = async (snapshot: Snapshot): Promise<HelmRecords> => {
  const objects = snapshot.objects.map(({ object }) => object).filter(isRecord);
  const read = await Promise.all(objects.map(async (object) => ({ object, record: await recordOf(object) })));
  return {
    records: read.flatMap(({ record }) => (record === undefined ? [] : [record])),
    unreadable: read.filter(({ record }) => record === undefined).map(({ object }) => objectPath(object)),
  };
};
