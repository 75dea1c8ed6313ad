/**
 * One buffer for the files of a large folder, one after the other: a fresh one for each would stay in memory until the
 * collector finds time for it, and a dump of 1 GB would take 1 GB.
 */
import { closeSync, openSync, readSync } from 'node:fs';

const LEAST_BYTES = 1024 * 1024;

export interface FileBuffer {
  /** The first bytes of a file. */
  readonly head: (file: string, bytes: number) => Buffer;
  /** The whole file; what it gave before is overwritten. */
  readonly read: (file: string, sizeBytes: number) => Buffer;
}

const withFile = <T>(file: string, use: (descriptor: number) => T): T => {
  const descriptor = openSync(file, 'r');
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

export const fileBuffer = (): FileBuffer => {
  let buffer = Buffer.alloc(LEAST_BYTES);
  const fill = (descriptor: number, most: number): Buffer => {
    let length = 0;
    while (length < most) {
      const got = readSync(descriptor, buffer, length, most - length, null);
      if (got === 0) break;
      length += got;
    }
    return buffer.subarray(0, length);
  };
  return {
    head: (file, bytes) => withFile(file, (descriptor) => Buffer.from(fill(descriptor, bytes))),
    read: (file, sizeBytes) => {
      if (sizeBytes > buffer.length) buffer = Buffer.alloc(Math.max(sizeBytes, buffer.length * 2));
      return withFile(file, (descriptor) => fill(descriptor, sizeBytes));
    },
  };
};
