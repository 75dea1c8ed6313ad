/**
 * What is looked at before the first step of a plan is carried out: whether what it rests on still holds, and whether this
 * carrier has the means for every node.
 */
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { isAbove } from '../../core/firmware/rung.ts';
import { buildInventory } from '../../core/inventory/build-inventory.ts';
import { compareFacts, fingerprintOf, planFacts } from '../../core/plan/fingerprint.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { allowedRung } from '../../core/visit/allowed-rung.ts';
import { nodesInScope } from '../../core/visit/rollout-status.ts';

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

/** A node whose power cannot be switched from here would be drained for nothing. */
export const checkMeans = async (plan: Plan, ports: Pick<RolloutPorts, 'bmc'>): Promise<Result<void>> => {
  const rollout = rolloutOf(plan);
  if (rollout === undefined) return ok(undefined);
  const { power, groups } = rollout.spec;
  const needsPower = groups.filter(
    (group) => isAbove(group.rung, 'warm') || isAbove(allowedRung(rollout.spec, group), 'warm'),
  );
  if (needsPower.length === 0 || power.adapter === 'manual') return ok(undefined);
  if (power.adapter === '')
    return fail(
      'refused-plan',
      'The plan needs power to be switched and names nobody who does; plan with --power bmc, or --power manual.',
    );
  const missing: string[] = [];
  for (const node of nodesInScope({ groups: needsPower })) {
    const bmc = await ports.bmc(node, power.adapter);
    if (!bmc.ok) missing.push(`${node}: ${bmc.fault.message}`);
  }
  return missing.length === 0
    ? ok(undefined)
    : fail(
        'refused-means',
        `The power of ${missing.length} nodes cannot be switched from here: ${missing.slice(0, 3).join(' ')}`,
      );
};
