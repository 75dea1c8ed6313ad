/**
 * What is looked at before the first step of a plan is carried out: whether what it rests on still holds, and whether this
 * carrier has the means for every node.
 */
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { buildInventory } from '../../core/inventory/build-inventory.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { compareFacts, fingerprintOf, planFacts } from '../../core/plan/fingerprint.ts';
import {
  daemonLeaves,
  judgeMeans,
  lacksPowerAdapter,
  needsOfPlan,
  type NodeMeans,
  type NodeNeeds,
} from '../../core/plan/plan-means.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { HostAccess } from '../../core/ports/host-access.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { nodesInScope } from '../../core/visit/rollout-status.ts';
import { visitNode } from '../../core/visit/visit-node.ts';
import { controllerWay, findCarrier } from './carrier.ts';

export const rolloutOf = ({ steps }: Plan) => steps.flatMap(({ act }) => (act.do === 'rollout' ? [act] : []))[0];

/** Refuses a plan whose facts have changed, and one that was edited after it was made. */
export const checkFacts = (plan: Plan, snapshot: Snapshot): Result<readonly string[]> => {
  if (fingerprintOf(plan.facts) !== plan.fingerprint)
    return fail(
      'refused-plan',
      `${plan.metadata.name} does not match its fingerprint: its facts were edited; make a new plan.`,
    );
  const rollout = rolloutOf(plan);
  const nodes = rollout === undefined ? [] : nodesInScope(rollout.spec);
  const { changed, unread } = compareFacts(plan.facts, planFacts(snapshot, buildInventory(snapshot), nodes));
  if (changed.length > 0)
    return fail('refused-plan', `The plan rests on what has changed since: ${changed.join(', ')}; make a new plan.`);
  return ok(unread);
};

export interface MeansAtHand {
  /** Of this process: how a host would be reached. */
  readonly way: HostAccess['way'];
  /** Of a controller in the cluster. */
  readonly bmcInCluster: (node: string) => Promise<Result<unknown>>;
}

const AT_ONCE = 8;
const SHOWN = 3;

/** A BMC that a plan begins an AC cycle with has to offer one. */
const acCycleOf = async (node: string, adapter: string, ports: Pick<RolloutPorts, 'bmc'>): Promise<Result<unknown>> => {
  const bmc = await ports.bmc(node, adapter);
  if (!bmc.ok) return bmc;
  const able = await bmc.value.abilities?.();
  if (able?.ok === false) return able;
  return able?.value.acCycle === true
    ? ok(undefined)
    : fail(
        'refused-means',
        `The BMC of ${node} offers no AC cycle; plan it with --power manual, so that a person does it.`,
      );
};

/**
 * A node whose power cannot be switched, or whose host cannot be reached, would be drained for nothing. Looks at the means of
 * whoever will carry the plan out, and writes nothing; the value is what a person should know.
 */
export const checkMeans = async (
  plan: Plan,
  ports: Pick<RolloutPorts, 'api' | 'clock' | 'bmc'>,
  means: MeansAtHand,
): Promise<Result<readonly string[]>> => {
  const needs = needsOfPlan(plan).filter(({ power, host }) => power || host);
  if (needs.length === 0) return ok([]);
  if (lacksPowerAdapter(plan))
    return fail(
      'refused-plan',
      'The plan needs power to be switched and names nobody who does; plan with --power bmc, or --power manual.',
    );
  const carrier = await findCarrier(ports.api, ports.clock);
  if (!carrier.ok) return carrier;
  const { holder } = carrier.value;
  const nodes = await ports.api.list(NODES);
  if (!nodes.ok) return nodes;
  const isReady = new Set(
    nodes.value.items.filter((node) => visitNode(node).ready).map(({ metadata: { name } }) => name),
  );
  const leaves = daemonLeaves(plan);
  const theirWay = holder === undefined ? undefined : await controllerWay(ports.api, leaves);
  const adapter = rolloutOf(plan)?.spec.power.adapter ?? '';
  const acFirst = new Set(
    (rolloutOf(plan)?.spec.groups ?? []).filter(({ rung }) => rung === 'ac').flatMap((group) => group.nodes),
  );
  const powerOf = async ({ node, power }: NodeNeeds): Promise<Pick<NodeMeans, 'power'>> => {
    if (!power) return {};
    if (holder !== undefined) return { power: await means.bmcInCluster(node) };
    return { power: await (acFirst.has(node) ? acCycleOf(node, adapter, ports) : ports.bmc(node, adapter)) };
  };
  const found: NodeMeans[] = [];
  for (let at = 0; at < needs.length; at += AT_ONCE)
    found.push(
      ...(await Promise.all(
        needs.slice(at, at + AT_ONCE).map(async (need): Promise<NodeMeans> => {
          const { node } = need;
          const host = holder === undefined ? await means.way(node, { daemonLeaves: leaves }) : theirWay;
          return {
            node,
            ready: isReady.has(node),
            ...(await powerOf(need)),
            ...(need.host && host !== undefined && { host }),
          };
        }),
      )),
    );
  const { refusals, notes } = judgeMeans(found);
  const unseen =
    holder !== undefined && theirWay === undefined
      ? [`${holder} leads and is no controller of nicwright install; how it reaches hosts is not seen from here`]
      : [];
  if (refusals.length === 0) return ok([...notes, ...unseen]);
  const more = refusals.length > SHOWN ? ` And ${refusals.length - SHOWN} more.` : '';
  const who = holder === undefined ? 'from here' : `by ${holder}, which leads and would carry it out`;
  return fail(
    'refused-means',
    `The plan cannot be carried out ${who}, and nothing was done. ${refusals.slice(0, SHOWN).join(' ')}${more}`,
  );
};
