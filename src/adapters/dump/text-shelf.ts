/**
 * Keeps the texts of archives packed in memory, since a member of a tar cannot be read again by its name and a report asks
 * for lines of few of them. Texts are packed in blocks: objects of one dump resemble each other.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

const BLOCK_BYTES = 1024 * 1024;

export interface TextShelf {
  /** Puts a text away; the returned function gives it back. */
  readonly put: (text: Buffer) => () => string;
}

interface Block {
  parts: Buffer[];
  bytes: number;
  packed?: Buffer;
}

const contentOf = ({ parts, packed }: Block): Buffer =>
  packed === undefined ? Buffer.concat(parts) : zstdDecompressSync(packed);

export const textShelf = (): TextShelf => {
  let open: Block = { parts: [], bytes: 0 };
  return {
    put: (text) => {
      const block = open;
      const from = block.bytes;
      block.parts.push(text);
      block.bytes += text.length;
      if (block.bytes >= BLOCK_BYTES) {
        block.packed = zstdCompressSync(Buffer.concat(block.parts));
        block.parts = [];
        open = { parts: [], bytes: 0 };
      }
      return () => contentOf(block).toString('utf8', from, from + text.length);
    },
  };
};
