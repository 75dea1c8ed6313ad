/**
 * Every file under the paths a user gave, whether it lies in a folder or in a tar, tgz, txz, zip or gz, archives within
 * archives too, as one stream within limits. What a file means is left to load-dump.ts.
 */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { fileBuffer, type FileBuffer } from './file-buffer.ts';
import { InputMeter, type Limits } from './input-limits.ts';
import { memberPath, refusedLink } from './member-path.ts';
import { readTar, type ArchiveMember } from './read-tar.ts';
import { readZip } from './read-zip.ts';
import { SNIFF_BYTES, sniffArchive, type ArchiveKind } from './sniff-archive.ts';
import { unpackStream } from './unpack-stream.ts';
import { walkFiles, type RefusedPath } from './walk-files.ts';

export interface InputFile {
  /** As the user would name it; `ARCHIVE!MEMBER` for what lies in an archive. */
  readonly name: string;
  /** Until the next file is asked for. */
  readonly bytes: Buffer;
  /** It lies in an archive and cannot be read again by its name. */
  readonly packed: boolean;
}

export type Found = { readonly file: InputFile } | { readonly refused: RefusedPath };

type Finds = AsyncGenerator<Found, void, undefined>;

/** An archive, on disk or in memory: what its readers need of it. */
interface Packed {
  readonly name: string;
  readonly bytes: number;
  readonly stream: () => Readable;
  /** For zip, which is read from its end. */
  readonly whole: string | Buffer;
}

interface Reading {
  readonly limits: Limits;
  readonly meter: InputMeter;
  /** How many archives enclose what is read now. */
  readonly inside: number;
}

const refusal = (name: string, because: string): Found => ({ refused: { name, because } });

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** The file's first bytes, and a stream that gives them again. */
const peek = async (
  chunks: AsyncIterable<Buffer>,
): Promise<{ readonly head: Buffer; readonly all: AsyncIterable<Buffer> }> => {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let length = 0;
  while (length < SNIFF_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  const head = Buffer.concat(first);
  async function* again(): AsyncGenerator<Buffer, void, undefined> {
    try {
      if (head.length > 0) yield head;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head, all: again() };
};

const isTar = (head: Buffer): boolean => sniffArchive(head)?.kind === 'tar';

/** `rotated/1.log.20260101.gz` holds `rotated/1.log.20260101`. */
const unpackedName = (name: string): string => name.replace(/\.(?:gz|xz)$/i, '');

class LimitMet extends Error {}

/** The same chunks, until the archive has given more than it may. */
async function* counted(
  chunks: AsyncIterable<Buffer>,
  count: (bytes: number) => string | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) {
    const stop = count(chunk.length);
    if (stop !== undefined) throw new LimitMet(stop);
    yield chunk;
  }
}

/** One file packed by itself: read whole, and looked into once more. */
async function* singleFile(name: string, chunks: AsyncIterable<Buffer>, reading: Reading): Finds {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > reading.limits.maxFileBytes) {
      yield refusal(name, `it is larger than ${reading.limits.maxFileBytes} bytes`);
      return;
    }
    parts.push(chunk);
  }
  yield* filesInBytes(unpackedName(name), Buffer.concat(parts), reading);
}

async function* filesInMembers(archive: string, members: AsyncIterable<ArchiveMember>, reading: Reading): Finds {
  for await (const member of members) {
    if (member.name === '') {
      if (member.kind === 'refused') yield refusal(archive, member.because);
      continue;
    }
    const placed = memberPath(member.name, reading.limits.maxDepth);
    const name = `${archive}!${'path' in placed ? placed.path : member.name.replaceAll('\0', '?')}`;
    if ('refused' in placed) yield refusal(name, placed.refused);
    else if (member.kind === 'refused') yield refusal(name, member.because);
    else if (member.kind === 'file') yield* filesInBytes(name, member.bytes, reading);
    else {
      const because = refusedLink(placed.path, member.target, member.kind);
      if (because !== undefined) yield refusal(name, because);
    }
  }
}

async function* membersWithin(
  members: AsyncIterable<ArchiveMember>,
  count: (bytes: number) => string | undefined,
): AsyncGenerator<ArchiveMember, void, undefined> {
  for await (const member of members) {
    const stop = member.kind === 'file' ? count(member.bytes.length) : undefined;
    if (stop !== undefined) throw new LimitMet(stop);
    yield member;
  }
}

async function* filesInArchive(kind: ArchiveKind, packed: Packed, reading: Reading): Finds {
  const { name } = packed;
  const { limits, meter } = reading;
  if (reading.inside >= limits.maxArchives) {
    yield refusal(name, `archives are nested deeper than ${limits.maxArchives}; unpack it and give the folder`);
    return;
  }
  const inner = { ...reading, inside: reading.inside + 1 };
  const count = meter.archive(packed.bytes);
  try {
    if (kind === 'zip') {
      const members = membersWithin(readZip(packed.whole, limits.maxFileBytes), count);
      yield* filesInMembers(name, members, inner);
    } else if (kind === 'tar') {
      yield* filesInMembers(name, readTar(packed.stream(), limits.maxFileBytes), inner);
    } else {
      const { head, all } = await peek(counted(unpackStream(kind, packed.stream()), count));
      yield* isTar(head)
        ? filesInMembers(name, readTar(all, limits.maxFileBytes), inner)
        : singleFile(name, all, inner);
    }
  } catch (error) {
    yield refusal(name, error instanceof LimitMet ? error.message : `it is broken or cut off: ${messageOf(error)}`);
  }
}

/** What stands behind the name: files of an archive, or the file itself. */
async function* filesIn(
  packed: Packed,
  head: Buffer,
  reading: Reading,
  readBytes: () => Buffer,
  isPacked: boolean,
): Finds {
  const { name } = packed;
  const sniffed = sniffArchive(head);
  if (sniffed?.kind === 'other')
    yield refusal(name, `it is packed by ${sniffed.what}, which is not read; unpack it with \`${sniffed.unpack}\``);
  else if (sniffed !== undefined) yield* filesInArchive(sniffed.kind, packed, reading);
  else if (packed.bytes > reading.limits.maxFileBytes)
    yield refusal(name, `it is larger than ${reading.limits.maxFileBytes} bytes`);
  else {
    const full = reading.meter.takeFile();
    if (full !== undefined) throw new LimitMet(full);
    yield { file: { name, bytes: readBytes(), packed: isPacked } };
  }
}

async function* filesInBytes(name: string, bytes: Buffer, reading: Reading): Finds {
  const packed: Packed = { name, bytes: bytes.length, stream: () => Readable.from([bytes]), whole: bytes };
  yield* filesIn(packed, bytes.subarray(0, SNIFF_BYTES), reading, () => bytes, true);
}

async function* filesOnDisk(name: string, sizeBytes: number, reading: Reading, buffer: FileBuffer): Finds {
  const packed: Packed = { name, bytes: sizeBytes, stream: () => createReadStream(name), whole: name };
  try {
    yield* filesIn(packed, buffer.head(name, SNIFF_BYTES), reading, () => buffer.read(name, sizeBytes), false);
  } catch (error) {
    yield refusal(name, messageOf(error));
  }
}

/** In a stable order: folders by name, archives in their own order. */
export async function* readInputFiles(paths: readonly string[], limits: Limits): Finds {
  const { files, refused } = walkFiles(paths, limits);
  for (const one of refused) yield { refused: one };
  const reading: Reading = { limits, meter: new InputMeter(limits), inside: 0 };
  const buffer = fileBuffer();
  for (const { name, sizeBytes } of files) yield* filesOnDisk(name, sizeBytes, reading, buffer);
}
