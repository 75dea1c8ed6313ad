/**
 * Whether whoever will carry a plan out has the means for each of its nodes: somebody who switches its power where a restart
 * may need that, and a way to its host. What the means are is gathered by the caller; nothing was written yet at that time.
 */
import { isAbove } from '../firmware/rung.ts';
import type { RolloutSpec } from '../model/crd/rollout.ts';
import type { Fault, Result } from '../result.ts';
import { allowedRung } from '../visit/allowed-rung.ts';
import { nodesInScope } from '../visit/rollout-status.ts';
import { DAEMON_LABEL } from '../visit/others/operators.ts';
import type { Plan } from './plan.ts';

export interface NodeNeeds {
  readonly node: string;
  /** Some rung that the plan allows cuts power, and no person does it. */
  readonly power: boolean;
  /** Its host is asked or changed: firmware, a warm restart, a shutdown by a command. */
  readonly host: boolean;
}

export interface NodeMeans {
  readonly node: string;
  /** As its kubelet reports; one that is down need not answer now. */
  readonly ready: boolean;
  /** Absent: it was not needed, so not looked for. */
  readonly power?: Result<unknown>;
  /** How its host would be reached. */
  readonly host?: Result<string>;
}

export interface MeansJudged {
  /** One sentence each: which node, what lacks, how to give it. */
  readonly refusals: readonly string[];
  /** What a person should know, and nothing hinges on. */
  readonly notes: readonly string[];
}

const specOf = ({ steps }: Pick<Plan, 'steps'>): RolloutSpec | undefined =>
  steps.flatMap(({ act }) => (act.do === 'rollout' ? [act.spec] : []))[0];

/** Whether the plan takes the config daemon off a node for the time of its visit. */
export const daemonLeaves = ({ steps }: Pick<Plan, 'steps'>): boolean =>
  steps.some(({ act }) => act.do === 'label-nodes' && act.label === DAEMON_LABEL && act.value !== null);

export const needsOfPlan = (plan: Pick<Plan, 'steps'>): readonly NodeNeeds[] => {
  const spec = specOf(plan);
  if (spec === undefined) return [];
  const { power } = spec;
  return spec.groups.flatMap((group) => {
    const cuts = isAbove(group.rung, 'warm') || isAbove(allowedRung(spec, group), 'warm');
    const host = group.cards.length > 0 || group.rung !== 'none' || (cuts && power.gracefulBy === 'host');
    return nodesInScope({ groups: [group] }).map((node) => ({ node, power: cuts && power.adapter !== 'manual', host }));
  });
};

/** The plan itself names nobody who switches power. */
export const lacksPowerAdapter = (plan: Pick<Plan, 'steps'>): boolean =>
  specOf(plan)?.power.adapter === '' && needsOfPlan(plan).some(({ power }) => power);

const sentence = (node: string, lack: string, { message }: Fault): string => {
  const text = message.endsWith('.') ? message : `${message}.`;
  return `${node}: ${lack}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
};

/** What may pass by itself is no lack where the node is down anyway; its gate asks again. */
const isOfTheMoment = ({ next }: Fault, { ready }: NodeMeans): boolean => next === 'retry' && !ready;

export const judgeMeans = (means: readonly NodeMeans[]): MeansJudged => {
  const refusals: string[] = [];
  const notes: string[] = [];
  for (const one of means) {
    const { node, power, host } = one;
    if (power?.ok === false) refusals.push(sentence(node, 'its power cannot be switched', power.fault));
    if (host?.ok !== false) continue;
    const { fault } = host;
    (isOfTheMoment(fault, one) ? notes : refusals).push(sentence(node, 'its host cannot be reached', fault));
  }
  const ways = Map.groupBy(
    means.flatMap(({ node, host }) => (host?.ok === true ? [{ node, way: host.value }] : [])),
    ({ way }) => way,
  );
  for (const [way, nodes] of ways) notes.push(`the host of ${nodes.map(({ node }) => node).join(', ')} by ${way}`);
  return { refusals, notes };
};
