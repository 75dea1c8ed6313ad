/**
 * The members of a tar, in its own order, one at a time: the parser is the package `tar`; which members are wanted and
 * what a limit means is left to read-input-files.ts.
 */
import { Parser, type ReadEntry } from 'tar';

export type ArchiveMember =
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Buffer }
  | { readonly kind: 'symbolic' | 'hard'; readonly name: string; readonly target: string }
  | { readonly kind: 'refused'; readonly name: string; readonly because: string };

const FILES = new Set<string>(['File', 'OldFile', 'ContiguousFile']);
const FOLDERS = new Set<string>(['Directory', 'GNUDumpDir']);

/** An archive that is broken over and over says so once for each of these, not a million times. */
const MOST_COMPLAINTS = 5;

/** Yields members as they come; a broken or cut-off archive ends with a refusal that has an empty name. */
export async function* readTar(
  chunks: AsyncIterable<Buffer>,
  maxFileBytes: number,
): AsyncGenerator<ArchiveMember, void, undefined> {
  const ready: ArchiveMember[] = [];
  let complaints = 0;
  const complain = (because: string): void => {
    complaints += 1;
    if (complaints <= MOST_COMPLAINTS) ready.push({ kind: 'refused', name: '', because });
  };
  const take = (entry: ReadEntry): void => {
    const name = entry.path;
    const type: string = entry.type;
    if (FILES.has(type) && entry.size <= maxFileBytes) {
      const parts: Buffer[] = [];
      entry.on('data', (part: Buffer) => parts.push(part));
      entry.on('end', () => ready.push({ kind: 'file', name, bytes: Buffer.concat(parts) }));
      return;
    }
    if (type === 'SymbolicLink' || type === 'Link')
      ready.push({ kind: type === 'Link' ? 'hard' : 'symbolic', name, target: entry.linkpath ?? '' });
    else if (FILES.has(type)) ready.push({ kind: 'refused', name, because: `it is larger than ${maxFileBytes} bytes` });
    else if (!FOLDERS.has(type))
      ready.push({ kind: 'refused', name, because: 'it is neither a file, a folder nor a link' });
    entry.resume();
  };
  const parser = new Parser({
    strict: false,
    // What is packed was unpacked before: a guess of the parser's own would only be wrong.
    gzip: false,
    brotli: false,
    zstd: false,
    onReadEntry: take,
    onwarn: (_code, message) => complain(`the archive is broken or cut off: ${String(message).split('\n')[0] ?? ''}`),
  });
  parser.on('error', (error: Error) => complain(`the archive is broken: ${error.message}`));
  for await (const chunk of chunks) {
    parser.write(chunk);
    yield* ready.splice(0);
  }
  parser.end();
  yield* ready.splice(0);
}
