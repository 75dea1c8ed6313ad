/**
 * The files named on the command line laid over what --from or a cluster holds, as if they had been applied: for commands that
 * look at something before it is applied.
 */
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { documentObjects } from '../../core/snapshot/document-objects.ts';
import { overlay } from '../../core/snapshot/overlay.ts';
import { emptySnapshot } from '../../core/snapshot/snapshot.ts';
import type { Snapshot, SnapshotObject } from '../../core/snapshot/snapshot.ts';
import type { CommandContext, OptionValues } from './command.ts';

const SNAPSHOT_SOURCES = ['from', 'context', 'kubeconfig'];

/** Whether the options name something to read beside the files: for commands that also work on the files alone. */
export const namesSource = (options: OptionValues): boolean =>
  SNAPSHOT_SOURCES.some((name) => options[name] !== undefined);

const readFile = async (context: CommandContext, path: string): Promise<Result<readonly SnapshotObject[]>> => {
  const documents = await context.readDocuments(path);
  if (!documents.ok) return documents;
  const { objects, strange } = documentObjects(documents.value);
  const [first] = strange;
  return first === undefined
    ? ok(objects)
    : fail(
        'input-no-object',
        `${first.source}:${first.line ?? 1}: this is no Kubernetes object; it needs apiVersion, kind and metadata.name.`,
      );
};

/** Reads `files` and, where an option names one or no file is given, the snapshot below them. */
export const joinedInput = async (
  context: CommandContext,
  files: readonly string[],
  options: OptionValues,
): Promise<Result<Snapshot>> => {
  const applied: SnapshotObject[] = [];
  for (const path of files) {
    const read = await readFile(context, path);
    if (!read.ok) return read;
    applied.push(...read.value);
  }
  const hasSource = files.length === 0 || namesSource(options);
  const below = hasSource ? await context.snapshot() : ok(emptySnapshot);
  return below.ok ? ok({ ...overlay(below.value, applied), sources: [...below.value.sources, ...files] }) : below;
};
