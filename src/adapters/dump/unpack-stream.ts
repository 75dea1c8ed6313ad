/** Unpacks gzip and xz as streams of buffers. Limits are kept by the reader of the stream, which stops asking. */
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes packed by gzip, several streams one behind the other included. */
const gunzip = (packed: Readable): AsyncIterable<Buffer> => {
  const unpacked = createGunzip({ chunkSize: 256 * 1024 });
  // The error reaches whoever reads `unpacked`; here it only must not go unheard.
  pipeline(packed, unpacked, () => undefined);
  return unpacked as AsyncIterable<Buffer>;
};

async function* unxz(packed: Readable): AsyncGenerator<Buffer, void, undefined> {
  yield* (await import('./unpack-xz.ts')).unxz(packed);
}

export const unpackStream = (kind: 'gzip' | 'xz', packed: Readable): AsyncIterable<Buffer> =>
  kind === 'gzip' ? gunzip(packed) : unxz(packed);
