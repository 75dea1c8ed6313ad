/**
 * The snapshot that a command's options ask for: files by --from, a live cluster by kubeconfig and context, or both joined
 * (objects from the cluster, host text from files). Without --from the cluster of the current context is read.
 */
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { CommandClock } from './command-clock.ts';
import { openCluster, type Voices } from './open-cluster.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { joinSnapshots } from '../core/snapshot/join.ts';
import { emptySnapshot, type Snapshot } from '../core/snapshot/snapshot.ts';
import type { OptionValues } from '../faces/cli/command.ts';

const text = (options: OptionValues, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** `--nodes` takes names joined by commas, or a label selector. */
export const nodeChoice = (
  given: string | undefined,
): { names: readonly string[] } | { labelSelector: string } | undefined => {
  if (given === undefined) return undefined;
  return /[=!()]/.test(given) ? { labelSelector: given } : { names: given.split(',').map((name) => name.trim()) };
};

type Reads = 'objects' | 'everything';

export interface InputParts extends Voices {
  readonly clock: CommandClock;
}

const readLive = async (
  options: OptionValues,
  reads: Reads,
  { clock, ...voices }: InputParts,
): Promise<Result<Snapshot>> => {
  const { readLiveSnapshot } = await import('../adapters/kubernetes/live-snapshot.ts');
  const opened = await openCluster(options, voices, clock);
  if (!opened.ok) return opened;
  const namespace = text(options, 'namespace');
  const nodes = nodeChoice(text(options, 'nodes'));
  const snapshot = await readLiveSnapshot(opened.value.api, {
    homeNamespace: opened.value.namespace,
    // How long an answer may take is a matter of the network, not of the cluster's time.
    clock: systemClock,
    logs: reads === 'everything',
    exec: reads === 'everything' && options['exec'] !== false,
    ...voices,
    ...(namespace === undefined ? {} : { namespaces: [namespace] }),
    ...(nodes === undefined ? {} : { nodes }),
  });
  const folder = text(options, 'save');
  if (!snapshot.ok || folder === undefined) return snapshot;
  const { saveSnapshot } = await import('../adapters/dump/save-snapshot.ts');
  const saved = saveSnapshot(folder, snapshot.value, new Date().toISOString());
  return saved.ok ? snapshot : saved;
};

const readFiles = async (paths: readonly string[], voices: Voices): Promise<Result<Snapshot>> => {
  const { loadDump } = await import('../adapters/dump/load-dump.ts');
  return loadDump(paths, { progress: voices.progress });
};

export const readInput = async (options: OptionValues, reads: Reads, given: InputParts): Promise<Result<Snapshot>> => {
  const { from } = options;
  const paths = Array.isArray(from) ? (from as readonly string[]) : [];
  const wantsLive = paths.length === 0 || options['kubeconfig'] !== undefined || options['context'] !== undefined;
  if (options['save'] !== undefined && !wantsLive)
    return fail('usage', '--save keeps what was read live; with --from alone there is nothing to keep.');
  const parts: Snapshot[] = [];
  if (wantsLive) {
    const live = await readLive(options, reads, given);
    // A server that does not answer is no reason to leave the files unread; a wrong context is a mistake to be told.
    if (!live.ok && paths.length > 0 && live.fault.code.startsWith('kube-')) {
      given.warn(live.fault.message);
      parts.push({ ...emptySnapshot, gaps: [{ what: 'the live cluster', because: live.fault.message }] });
    } else if (!live.ok)
      return paths.length > 0
        ? live
        : fail(
            live.fault.code.startsWith('usage') ? 'usage' : 'input-unreachable',
            `${live.fault.message} Files are read with --from PATH...`,
            live.fault.next,
          );
    else parts.push(live.value);
  }
  if (paths.length > 0) {
    const files = await readFiles(paths, given);
    if (!files.ok) return files;
    parts.push(files.value);
  }
  const [only] = parts;
  return ok(parts.length === 1 && only !== undefined ? only : joinSnapshots(parts));
};
