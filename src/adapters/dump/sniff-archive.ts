/** What kind of container bytes are, by their first bytes: portals and browsers rename files, so names promise nothing. */

export type ArchiveKind = 'gzip' | 'xz' | 'zip' | 'tar';

export type Sniffed =
  | { readonly kind: ArchiveKind }
  /** Packed in a way that is not read; `unpack` is the program that would help. */
  | { readonly kind: 'other'; readonly what: string; readonly unpack: string };

/** So many bytes are needed to tell. */
export const SNIFF_BYTES = 512;

const startsWith = (head: Buffer, ...bytes: readonly number[]): boolean =>
  head.length >= bytes.length && bytes.every((byte, index) => head[index] === byte);

/** A tar has no magic number in its oldest form; the sum over its first header tells all forms. */
const isTarHeader = (head: Buffer): boolean => {
  if (head.length < SNIFF_BYTES) return false;
  const stated = Number.parseInt(
    head
      .toString('latin1', 148, 156)
      .replaceAll(/[^0-7]/g, ' ')
      .trim(),
    8,
  );
  if (!Number.isFinite(stated)) return false;
  let sum = 8 * 0x20;
  for (let index = 0; index < SNIFF_BYTES; index += 1) if (index < 148 || index >= 156) sum += head[index] ?? 0;
  return sum === stated;
};

/** `undefined` for what is no archive at all. */
export const sniffArchive = (head: Buffer): Sniffed | undefined => {
  if (startsWith(head, 0x1f, 0x8b)) return { kind: 'gzip' };
  if (startsWith(head, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return { kind: 'xz' };
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04) || startsWith(head, 0x50, 0x4b, 0x05, 0x06)) return { kind: 'zip' };
  if (startsWith(head, 0x42, 0x5a, 0x68)) return { kind: 'other', what: 'bzip2', unpack: 'bunzip2' };
  if (startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) return { kind: 'other', what: 'zstd', unpack: 'unzstd' };
  if (startsWith(head, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)) return { kind: 'other', what: '7z', unpack: '7z x' };
  if (startsWith(head, 0x52, 0x61, 0x72, 0x21)) return { kind: 'other', what: 'rar', unpack: 'unrar x' };
  return isTarHeader(head) ? { kind: 'tar' } : undefined;
};
