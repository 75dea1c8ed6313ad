/**
 * Operators that run although the cluster's objects do not show them: a rehearsal on files that lack their Deployment needs
 * them all the same. A stand-in has no pod and no node, so nothing that is drained takes it away.
 */
import type { Operator, OperatorProcess } from './actors/process.ts';
import { drawMs } from './latency.ts';
import type { StandIn } from './scenarios/scenario.ts';
import type { Stage } from './stage.ts';

const processOf = (stage: Stage, { operator, namespace }: StandIn): OperatorProcess => {
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void stage.clock.after(ms, resolve));
  return {
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: operator, namespace } },
    container: operator,
    hasEnded: () => false,
    log: () => {},
    sleep,
    take: (latency) => sleep(drawMs(latency, stage.random(`${operator} stand-in`))),
    onEnd: () => {},
  };
};

export const startStandIns = (
  stage: Stage,
  standIns: readonly StandIn[],
  operators: Readonly<Record<StandIn['operator'], Operator>>,
): void => {
  for (const one of standIns) operators[one.operator](processOf(stage, one));
};
