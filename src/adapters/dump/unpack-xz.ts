/** Unpacks xz by WebAssembly; in a file of its own, since only this needs it and it is loaded when an xz is met. */
import { Readable } from 'node:stream';
// Imported by name and not on demand: only so a bundle finds the name in a package of CommonJS.
import { XzReadableStream } from 'xz-decompress';

export async function* unxz(packed: Readable): AsyncGenerator<Buffer, void, undefined> {
  const unpacked = new XzReadableStream(Readable.toWeb(packed) as ReadableStream<Uint8Array>);
  const reader = unpacked.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield Buffer.from(part.value);
  } finally {
    await reader.cancel().catch(() => undefined);
    packed.destroy();
  }
}
