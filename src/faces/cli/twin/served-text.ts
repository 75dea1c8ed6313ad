/** What is said of a simulated cluster that is on the network now: where it is, and how to look at it. */
import { speedWords, type Speed } from '../../../core/model/speed.ts';
import type { ServedCluster } from '../command.ts';
import type { Paint } from '../paint.ts';

export const servedText = (
  { url, kubeconfigFile }: ServedCluster,
  speed: Speed,
  tries: readonly string[],
  paint: Paint,
): string =>
  [
    `The twin's Kubernetes API listens at ${url}, on this machine only; its time passes ${speedWords(speed)}.`,
    '',
    `  ${paint.bold(`export KUBECONFIG=${kubeconfigFile}`)}`,
    ...tries.map((line) => `  ${line}`),
    '',
    'Ctrl-C ends it.',
  ].join('\n');
