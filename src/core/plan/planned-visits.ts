/** What a plan says of each visit, of their order, and of what comes of them all. */
import { isAbove, RUNG_NAMES } from '../firmware/rung.ts';
import type { NodePlan } from '../firmware/plan-node.ts';
import type { RolloutSpec } from '../model/crd/rollout.ts';
import type { Fleet } from '../visit/fleet.ts';
import { podRefName } from '../visit/node-drain.ts';
import { visitNode } from '../visit/visit-node.ts';
import { waits, type Candidate } from './candidates.ts';
import type { Plan, PlannedVisit } from './plan.ts';
import { visitMinutes } from './visit-minutes.ts';

const changesOf = ({ cards }: NodePlan): readonly string[] => {
  const said = cards
    .filter(waits)
    .flatMap(({ plan }) =>
      plan.states
        .filter(({ state }) => state !== 'active' && state !== 'unknown')
        .map(
          ({ wanted: { name, value, current }, state }) =>
            `${name} ${current ?? '?'} -> ${value}${state === 'staged' ? '' : ', to be written'}`,
        ),
    );
  return [...Map.groupBy(said, (line) => line)].map(([line, same]) =>
    same.length === 1 ? line : `${line} on ${same.length} cards`,
  );
};

const stateOf = ({ object, others }: Candidate): string => {
  if (object === undefined) return 'not in the cluster';
  const { ready, schedulable, cordon } = visitNode(object);
  const whose = others.find(({ stance }) => stance === 'takes-part')?.who ?? cordon?.by ?? 'somebody';
  return [ready ? 'Ready' : 'not Ready', ...(schedulable ? [] : [`cordoned by ${whose}`])].join(', ');
};

export const visitOf = (candidate: Candidate): PlannedVisit => {
  const { plan, rung, drain } = candidate;
  return {
    node: plan.node.name,
    restart: RUNG_NAMES[rung],
    because: plan.because,
    changes: [...changesOf(plan)],
    evicts: (drain?.going ?? []).map(({ ref }) => podRefName(ref)),
    loses: (drain?.refused ?? []).map(({ pod, because }) => `${pod}: ${because}`),
    state: stateOf(candidate),
    minutes: visitMinutes(rung),
  };
};

export const wavesOfPlan = (spec: RolloutSpec, { nodes }: Fleet): Plan['waves'] => {
  const canary = nodes.slice(0, spec.waves.canary);
  const by = spec.waves.by;
  const rest = Map.groupBy(nodes.slice(spec.waves.canary), ({ labels }) =>
    by === undefined ? '' : (labels[by] ?? ''),
  );
  return [
    ...(canary.length === 0 ? [] : [{ name: 'canary', nodes: canary.map(({ name }) => name) }]),
    ...[...rest].map(([value, wave]) => ({
      name: by === undefined ? 'then' : `${by}=${value}`,
      nodes: wave.map(({ name }) => name),
    })),
  ];
};

const armEffects = ({ groups, allow, power }: RolloutSpec): readonly string[] => {
  const count = groups
    .filter(({ rung }) => isAbove(rung, 'warm'))
    .reduce((sum, { nodes, dpus }) => sum + nodes.length * dpus.length, 0);
  if (count === 0) return [];
  if (allow.dpuPowerCut) return ['BlueFields in DPU mode lose power under their running Arm side'];
  const who = power.adapter === 'manual' ? 'whoever switches power shuts down' : 'visits shut down';
  return [`${who} the Arm sides of ${count} BlueFields before power goes: what runs on them ends`];
};

export const effectsOf = (
  spec: RolloutSpec,
  visits: readonly PlannedVisit[],
  hasDaemon: boolean,
): readonly string[] => {
  const evicts = visits.reduce((sum, { evicts: pods }) => sum + pods.length, 0);
  return [
    `${visits.length} ${visits.length === 1 ? 'node is' : 'nodes are'} taken out of service, at most ${String(spec.budget.maxUnavailable)} at a time, and ${evicts} pods are evicted`,
    'their hosts are asked and changed as whoever carries it out is told: through pods of the config daemon, through privileged pods of ours (--host-pods), or by ssh (--ssh); apply says which before it begins',
    ...(spec.drain.deleteEmptyDir ? ['the content of emptyDir volumes of those pods is lost'] : []),
    ...(spec.drain.force ? ['pods without a controller are evicted and not created again'] : []),
    ...armEffects(spec),
    ...(spec.allow.rung === 'ac' && spec.power.adapter !== 'manual'
      ? [
          'AC power is taken away where the BMC offers that or the site has a command for it (nicwright power check NODE tells); elsewhere the visit asks a person to do it',
        ]
      : []),
    ...(spec.groups.some(({ rung }) => rung === 'firmware-reset')
      ? [
          'VFs are taken away before a firmware reset and come back after it; a count that needs more room than the BIOS gave comes back only with a restart (--up-to warm)',
        ]
      : []),
    ...(hasDaemon
      ? [
          'the SR-IOV config daemon is rolled twice, as its selector changes, and is away from a node during its visit; nodes that join meanwhile get none',
        ]
      : []),
  ];
};

/** Whom the visits touch without their having a hand on a node. */
export const affectedOf = (candidates: readonly Candidate[]): readonly string[] =>
  candidates.flatMap(({ others }) =>
    others.filter(({ stance }) => stance === 'affected').map(({ who, because }) => `${who}: ${because}`),
  );
