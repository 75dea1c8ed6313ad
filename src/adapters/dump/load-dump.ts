/**
 * Files, folders and archives -> Snapshot, whatever collector wrote them (core/snapshot/layout.ts). A file that cannot be
 * used becomes a gap with its reason and the rest is still used.
 */
import { readFileSync } from 'node:fs';
import type { Path } from '../../core/model/dig.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { finishDump, type ReadList } from '../../core/snapshot/finish-dump.ts';
import { isIgnoredName, isLogName, logNamed, podOfText } from '../../core/snapshot/file-name.ts';
import { kindOfPath } from '../../core/snapshot/layout.ts';
import { hasLogSections, logSections } from '../../core/snapshot/log-sections.ts';
import { objectsIn } from '../../core/snapshot/objects-in.ts';
import { prune } from '../../core/snapshot/prune.ts';
import { redactText } from '../../core/snapshot/redact-text.ts';
import { redactSnapshot } from '../../core/snapshot/redact.ts';
import { hasFences, writtenParts, type WrittenPart } from '../../core/snapshot/written-parts.ts';
import { withoutRecords } from '../../core/snapshot/snapshot-record.ts';
import type { Gap, Snapshot, SnapshotObject, SnapshotText } from '../../core/snapshot/snapshot.ts';
import { DEFAULT_LIMITS, type Limits } from './input-limits.ts';
import { lineFinder, type LineFinder } from './locate-line.ts';
import { ownText, type OwnText } from './own-text.ts';
import { readDocument, type ReadDocuments } from './read-document.ts';
import { readInputFiles, type InputFile } from './read-input-files.ts';
import { readYaml } from './read-yaml.ts';
import { splitStream } from './split-stream.ts';
import { textShelf, type TextShelf } from './text-shelf.ts';
import { thinLog } from './thin-log.ts';

interface Collected {
  readonly files: string[];
  readonly objects: SnapshotObject[];
  readonly texts: SnapshotText[];
  readonly gaps: Gap[];
  readonly lists: ReadList[];
  readonly masked: Set<string>;
  readonly own: OwnText;
  readonly shelf: TextShelf;
  readonly lines: LastFinder;
}

/** Finds lines in the text that was asked about last; evidence comes in runs from one file. */
type LastFinder = (key: string, make: () => LineFinder) => LineFinder;

const lastFinder = (): LastFinder => {
  let last: { readonly key: string; readonly finder: LineFinder } | undefined;
  return (key, make) => {
    if (last?.key !== key) last = { key, finder: make() };
    return last.finder;
  };
};

/** What tells logs of several containers, or objects in a file that is named as a log. */
const MAY_BE_MORE = ['==== START logs for container ', 'apiVersion'];

const HAS_MASKS = /\*\*\*(?:HIDDEN|TOKEN_)/;

const looksBinary = (bytes: Buffer): boolean => bytes.subarray(0, 4096).includes(0);

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

const addText = (into: Collected, name: string, text: string, line?: number): void => {
  const origin = { source: name, ...(line !== undefined && { line }) };
  if (hasLogSections(text)) {
    for (const { refused, text: own, line: at, ...place } of logSections(text)) {
      const source = { source: name, line: at + (line ?? 1) - 1 };
      if (refused === undefined)
        into.texts.push({ kind: 'log', text: thinLog(Buffer.from(own)), origin: source, ...place });
      else
        into.gaps.push({
          what: `the log of ${place.namespace}/${place.pod}, container ${place.container}`,
          because: `the collector got none: ${refused}`,
          settle: `kubectl logs -n ${place.namespace} ${place.pod} -c ${place.container}`,
        });
    }
  } else if (isLogName(name))
    into.texts.push({ kind: 'log', text: thinLog(Buffer.from(text)), origin, ...logNamed(name) });
  else into.texts.push({ kind: 'host', text, origin, ...podOfText(name) });
};

/** Where the objects of one text stand: the text itself, or a part of a stream that begins further down. */
interface Stand {
  readonly name: string;
  readonly key: string;
  readonly again: () => string;
  /** Lines above the text. */
  readonly above: number;
}

const addObjects = (into: Collected, { name, key, again, above }: Stand, documents: ReadDocuments): boolean => {
  const assumed = kindOfPath(name);
  let found = 0;
  documents.values.forEach((value, index) => {
    const inside = objectsIn(value, assumed);
    if (inside === undefined) return;
    found += 1;
    into.lists.push({ name, kinds: inside.listed });
    if (inside.strange > 0)
      into.gaps.push({
        what: name,
        because: `${inside.strange} of its items are no Kubernetes objects (no kind, apiVersion or name)`,
      });
    for (const { object, at } of inside.objects) {
      prune(object);
      const lineOf = (path: Path): number =>
        above + into.lines(key, () => lineFinder(documents.format, again()))(index, [...at, ...path]);
      into.objects.push({ object, origin: { source: name, ...(above > 0 && { line: above + 1 }) }, lineOf });
    }
  });
  return found > 0;
};

/** Several JSON documents and logs in one file; what is cut off at its end is told. */
const addStream = (into: Collected, { name }: InputFile, text: string): void => {
  for (const { kind, text: part, line } of splitStream(text)) {
    if (kind === 'text') {
      addText(into, name, part, line);
      continue;
    }
    const documents = readDocument(part, into.own);
    const stand = { name, key: `${name}:${line}`, again: () => part, above: line - 1 };
    if (documents === undefined || !addObjects(into, stand, documents)) addText(into, name, part, line);
  }
};

/** What a person wrote, with outputs pasted into it. A part that looks like objects and cannot be read is a gap, and a text. */
const addWritten = (into: Collected, name: string, parts: readonly WrittenPart[]): void => {
  for (const { kind, text, line, log } of parts) {
    if (kind === 'log') {
      const origin = { source: name, line };
      into.texts.push({ kind: 'log', text: thinLog(Buffer.from(text)), origin, ...log });
      continue;
    }
    if (kind === 'objects') {
      try {
        const documents = readDocument(text, into.own);
        const stand = { name, key: `${name}:${line}`, again: () => text, above: line - 1 };
        if (documents !== undefined && addObjects(into, stand, documents)) continue;
      } catch (error) {
        into.gaps.push({
          what: `${name}:${line}`,
          because: `what is pasted there begins like an object and cannot be read: ${firstLine(error)}`,
          settle: 'give it as a file of its own, written by kubectl get -o yaml',
        });
      }
    }
    into.texts.push({ kind: 'host', text, origin: { source: name, line } });
  }
};

/** Tells what a person wrote from a file of kubectl that is cut off: only the first has anything beside its objects. */
const partsBesideObjects = (text: string): readonly WrittenPart[] => {
  const parts = writtenParts(text);
  return parts.length > 1 && parts.some(({ kind }) => kind === 'objects') ? parts : [];
};

const isStream = (text: string): boolean => /^\}\s*\n[^\n]*\S/m.test(text) && /^\s*\{\s*$/m.test(text);

const addFile = (into: Collected, file: InputFile): void => {
  const { name, bytes, packed } = file;
  if (isIgnoredName(name)) return;
  if (bytes.length === 0) {
    into.gaps.push({ what: name, because: 'the file is empty', settle: `collect ${name} again` });
    return;
  }
  if (looksBinary(bytes)) {
    into.gaps.push({
      what: name,
      because: 'the file is not text',
      settle: 'give the text or an archive of a kind that is read',
    });
    return;
  }
  // Half of a large dump is logs: they are not even decoded whole.
  if (isLogName(name) && !MAY_BE_MORE.some((mark) => bytes.includes(mark))) {
    into.texts.push({ kind: 'log', text: thinLog(bytes), origin: { source: name }, ...logNamed(name) });
    return;
  }
  const text = bytes.toString('utf8');
  if (HAS_MASKS.test(text)) into.masked.add(name);
  try {
    if (isStream(text) && /^\s*\{/.test(text)) {
      addStream(into, file, text);
      return;
    }
    if (hasFences(text)) {
      addWritten(into, name, writtenParts(text));
      return;
    }
    const documents = readDocument(text, into.own);
    const parts = documents === undefined && text.includes('apiVersion') ? partsBesideObjects(text) : [];
    if (parts.length > 0) {
      addWritten(into, name, parts);
      return;
    }
    const stand = {
      name,
      key: name,
      // The text is read again when a report needs a line: most objects are never cited.
      again: documents !== undefined && packed ? into.shelf.put(bytes) : () => readFileSync(name, 'utf8'),
      above: 0,
    };
    if (documents === undefined || !addObjects(into, stand, documents)) addText(into, name, text);
  } catch (error) {
    const parts = partsBesideObjects(text);
    if (parts.length > 0) {
      addWritten(into, name, parts);
      return;
    }
    into.gaps.push({
      what: name,
      because: `the file is cut off or broken: ${firstLine(error)}`,
      settle: `collect ${name} again`,
    });
  }
};

export interface LoadOptions {
  readonly limits?: Limits;
  readonly progress?: (line: string) => void;
}

const WHAT_IS_READ =
  'Give a folder, an archive (tar, tgz, txz, zip) or a file of `kubectl get -o yaml`, host text or logs.';

/** Reads all paths into one snapshot; fails only when not one file could be used. */
export const loadDump = async (paths: readonly string[], options: LoadOptions = {}): Promise<Result<Snapshot>> => {
  const into: Collected = {
    files: [],
    objects: [],
    texts: [],
    gaps: [],
    lists: [],
    masked: new Set(),
    own: ownText(),
    shelf: textShelf(),
    lines: lastFinder(),
  };
  for await (const found of readInputFiles(paths, options.limits ?? DEFAULT_LIMITS)) {
    if ('refused' in found) into.gaps.push({ what: found.refused.name, because: found.refused.because });
    else {
      into.files.push(found.file.name);
      addFile(into, found.file);
      if (into.files.length % 1000 === 0) options.progress?.(`read ${into.files.length} files`);
    }
  }
  if (into.objects.length === 0 && into.texts.length === 0) {
    const [first] = into.gaps;
    return fail(
      'input-unreadable',
      first === undefined
        ? `${paths.join(' ')} holds no file. ${WHAT_IS_READ}`
        : `Nothing could be read from ${paths.join(' ')}: ${first.what}: ${redactText(first.because)}. ${WHAT_IS_READ}`,
    );
  }
  return ok(redactSnapshot(withoutRecords(finishDump({ ...into, sources: [...paths] }, readYaml))));
};
