/** The live cluster that --kubeconfig and --context name, else that of the current context. */
import type { Result } from '../core/result.ts';
import type { LiveCluster, OptionValues } from '../faces/cli/command.ts';
import type { CommandClock } from './command-clock.ts';

export interface Voices {
  readonly progress: (line: string) => void;
  readonly warn: (line: string) => void;
}

const given = (options: OptionValues, name: string): Readonly<Record<string, string>> => {
  const value = options[name];
  return typeof value === 'string' ? { [name]: value } : {};
};

/** `clock` follows the cluster's own time. */
export const openCluster = async (
  options: OptionValues,
  { warn }: Pick<Voices, 'warn'>,
  clock: CommandClock,
): Promise<Result<LiveCluster>> => {
  const { openKubeApi } = await import('../adapters/kubernetes/open-kube-api.ts');
  const opened = await openKubeApi({ env: process.env, ...given(options, 'kubeconfig'), ...given(options, 'context') });
  if (opened.ok && opened.value.warning !== undefined) warn(opened.value.warning);
  if (opened.ok) clock.follow(await opened.value.clock());
  return opened;
};
