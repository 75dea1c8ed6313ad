/**
 * Files and folders -> Snapshot: list files of `kubectl get -o yaml|json`, folders of them, host text, logs.
 * A file that cannot be used becomes a gap with its reason and the rest is still used.
 */
import { readFileSync } from 'node:fs';
import { fail, ok, type Result } from '../../core/result.ts';
import { isLogName, logNamed } from '../../core/snapshot/file-name.ts';
import { prune } from '../../core/snapshot/prune.ts';
import { objectsIn } from '../../core/snapshot/objects-in.ts';
import { withoutRecords } from '../../core/snapshot/snapshot-record.ts';
import type { Gap, Snapshot, SnapshotObject, SnapshotText } from '../../core/snapshot/snapshot.ts';
import { ownText, type OwnText } from './own-text.ts';
import { readDocument } from './read-document.ts';
import { DEFAULT_LIMITS, walkFiles, type Limits } from './walk-files.ts';

interface Collected {
  readonly objects: SnapshotObject[];
  readonly texts: SnapshotText[];
  readonly gaps: Gap[];
  readonly listed: Set<string>;
  readonly own: OwnText;
}

const looksBinary = (bytes: Buffer): boolean => bytes.subarray(0, 4096).includes(0);

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

const addText = (into: Collected, name: string, text: string): void => {
  if (isLogName(name)) {
    const log = logNamed(name);
    into.texts.push({ kind: 'log', text, origin: { source: name }, ...log });
  } else into.texts.push({ kind: 'host', text, origin: { source: name } });
};

const addFile = (into: Collected, name: string): void => {
  const bytes = readFileSync(name);
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
  const text = bytes.toString('utf8');
  let documents;
  try {
    documents = readDocument(text, into.own);
  } catch (error) {
    into.gaps.push({
      what: name,
      because: `the file is cut off or broken: ${firstLine(error)}`,
      settle: `collect ${name} again`,
    });
    return;
  }
  if (documents === undefined) {
    addText(into, name, text);
    return;
  }
  const { values, lineOf } = documents;
  let found = 0;
  values.forEach((value, index) => {
    const inside = objectsIn(value);
    if (inside === undefined) return;
    found += 1;
    for (const kind of inside.listed) into.listed.add(kind);
    if (inside.strange > 0)
      into.gaps.push({
        what: name,
        because: `${inside.strange} of its items are no Kubernetes objects (no kind, apiVersion or name)`,
      });
    for (const { object, at } of inside.objects) {
      prune(object);
      into.objects.push({
        object,
        origin: { source: name },
        // The text is read again when a report needs a line: most objects are never cited.
        lineOf: (path) => lineOf(readFileSync(name, 'utf8'), index, [...at, ...path]),
      });
    }
  });
  if (found === 0) addText(into, name, text);
};

export interface LoadOptions {
  readonly limits?: Limits;
  readonly progress?: (line: string) => void;
}

/** Reads all paths into one snapshot; fails only when not one file could be used. */
export const loadDump = (paths: readonly string[], options: LoadOptions = {}): Result<Snapshot> => {
  const { files, refused } = walkFiles(paths, options.limits ?? DEFAULT_LIMITS);
  const into: Collected = { objects: [], texts: [], gaps: [], listed: new Set(), own: ownText() };
  for (const { name, because } of refused) into.gaps.push({ what: name, because });
  files.forEach(({ name }, index) => {
    if (index > 0 && index % 1000 === 0) options.progress?.(`read ${index} of ${files.length} files`);
    try {
      addFile(into, name);
    } catch (error) {
      into.gaps.push({ what: name, because: firstLine(error) });
    }
  });
  if (into.objects.length === 0 && into.texts.length === 0) {
    const [first] = into.gaps;
    return fail(
      'input-unreadable',
      first === undefined
        ? `${paths.join(' ')} holds no file; give a folder or a file of \`kubectl get -o yaml\`, host text or logs.`
        : `Nothing could be read from ${paths.join(' ')}: ${first.what}: ${first.because}. Give a folder or a file of \`kubectl get -o yaml\`, host text or logs.`,
    );
  }
  const { objects, texts, gaps, listed } = into;
  return ok(withoutRecords({ objects, texts, gaps, listed, sources: [...paths] }));
};
