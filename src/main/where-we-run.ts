/** Which node this process runs on: in a pod as the downward API says, else the machine itself, which may be a node. */
import { hostname } from 'node:os';
import type { PowerGuardFacts } from '../core/power/power-guards.ts';

export const whereWeRun = (env: NodeJS.ProcessEnv): PowerGuardFacts['weRunOn'] => {
  const { NODE_NAME: node, KUBERNETES_SERVICE_HOST: inPod } = env;
  if (node !== undefined && node !== '') return { node };
  return inPod === undefined ? { node: hostname() } : 'unknown';
};
