/** The members of a zip, through its directory, one at a time, by the package `yauzl`. What is wanted is left to the caller. */
import { fromBufferPromise, getFileNameLowLevel, openPromise, type Entry, type ZipFile } from 'yauzl';
import type { ArchiveMember } from './read-tar.ts';

const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

// Names are checked by us, one by one: the package would give up the whole archive for one bad name.
const OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true } as const;

const nameOf = (entry: Entry): string =>
  getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);

const contentOf = async (zip: ZipFile, entry: Entry): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function* membersOf(zip: ZipFile, maxFileBytes: number): AsyncGenerator<ArchiveMember, void, undefined> {
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry);
    if (name.endsWith('/')) continue;
    const refused = entry.isEncrypted()
      ? 'it is encrypted; unpack the archive with its password'
      : entry.uncompressedSize > maxFileBytes
        ? `it is larger than ${maxFileBytes} bytes`
        : undefined;
    if (refused !== undefined) {
      yield { kind: 'refused', name, because: refused };
      continue;
    }
    try {
      const bytes = await contentOf(zip, entry);
      const isLink = ((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK;
      yield isLink ? { kind: 'symbolic', name, target: bytes.toString('utf8') } : { kind: 'file', name, bytes };
    } catch (error) {
      yield { kind: 'refused', name, because: `it is broken: ${messageOf(error)}` };
    }
  }
}

/** `from` is a path or the bytes themselves. A broken archive ends with a refusal that has an empty name. */
export async function* readZip(
  from: string | Buffer,
  maxFileBytes: number,
): AsyncGenerator<ArchiveMember, void, undefined> {
  let zip: ZipFile | undefined;
  try {
    zip = typeof from === 'string' ? await openPromise(from, OPTIONS) : await fromBufferPromise(from, OPTIONS);
    yield* membersOf(zip, maxFileBytes);
  } catch (error) {
    yield { kind: 'refused', name: '', because: `the archive is broken or cut off: ${messageOf(error)}` };
  } finally {
    zip?.close();
  }
}
