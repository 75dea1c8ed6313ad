/** Wires `collect`: a live cluster read while every command is announced, and kept where --from reads it. */
import { openCluster, type Voices } from './open-cluster.ts';
import type { CommandClock } from './command-clock.ts';
import { nodeChoice } from './read-input.ts';
import { ok, type Result } from '../core/result.ts';
import type { CollectedDump, CollectRequest, OptionValues } from '../faces/cli/command.ts';

/** A collection is for later: all hosts and all logs, not only as many as a person waits for. */
const ALL = { hosts: 10_000, logs: 20_000 } as const;

export const collectDump = async (
  options: OptionValues,
  { folder, namespaces, nodes, exec, announce }: CollectRequest,
  voices: Voices,
  clock: CommandClock,
): Promise<Result<CollectedDump>> => {
  const opened = await openCluster(options, voices, clock);
  if (!opened.ok) return opened;
  const { readingApi } = await import('../app/collect/reading-api.ts');
  const { withHelmValues } = await import('../app/collect/helm-values.ts');
  const { readLiveSnapshot } = await import('../adapters/kubernetes/live-snapshot.ts');
  const { saveSnapshot } = await import('../adapters/dump/save-snapshot.ts');
  const chosen = nodeChoice(nodes);
  const read = await readLiveSnapshot(readingApi(opened.value.api, announce), {
    homeNamespace: opened.value.namespace,
    clock,
    logs: true,
    exec,
    limits: ALL,
    ...voices,
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(chosen === undefined ? {} : { nodes: chosen }),
  });
  if (!read.ok) return read;
  const snapshot = withHelmValues(read.value);
  const saved = saveSnapshot(folder, snapshot, new Date(clock.now()).toISOString());
  return saved.ok ? ok({ files: saved.value, snapshot }) : saved;
};
