/**
 * The incident of two DGX nodes told to its end on the twin, in virtual time: found, planned, rehearsed, carried out, proved,
 * clean. Every part is what the commands of the same names do.
 */
import { diagnose } from '../../core/diagnosis/engine.ts';
import type { Report } from '../../core/diagnosis/report.ts';
import { ALL_RULES } from '../../core/diagnosis/rules/index.ts';
import { planActivateFirmware } from '../../core/plan/plan-activate-firmware.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { verifyNode, type NodeVerdict } from '../../core/visit/gates/verify-node.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin } from '../../twin/twin.ts';
import { applyPlan } from '../apply/apply-plan.ts';
import { rehearsePlan, type Rehearsal } from '../rehearse/rehearse-plan.ts';
import { letTimePass } from '../twin-cluster/let-time-pass.ts';
import { twinPorts } from '../twin-cluster/twin-ports.ts';
import { watchVisits, type VisitRecord } from '../rehearse/watch-visits.ts';

export interface StoryLine {
  /** Minutes after the incident was found. */
  readonly at: number;
  readonly line: string;
}

export interface Story {
  readonly found: Report;
  readonly plan: Plan;
  readonly rehearsal: Rehearsal;
  readonly carriedOut: readonly StoryLine[];
  readonly visits: VisitRecord;
  readonly proved: readonly NodeVerdict[];
  readonly after: Report;
  /** Cold restarts that the machines really went through, in order: `dgx030 is powered on after 63 s off`. */
  readonly restarts: readonly string[];
}

const MINUTE = 60_000;
/** Two hours after the policies: by then the nodes restart for ever. */
const FOUND_AFTER = 125 * MINUTE;
const MOST = 24 * 60 * MINUTE;
/** Until waiting pods are scheduled, and the restart of an operator is over. */
const CALM = 15 * MINUTE;

export const tellStory = async (seed: number): Promise<Result<Story>> => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) return fail('input-scenario', 'the scenario of the story is gone.');
  const twin = createTwin(scenario, seed);
  await twin.runUntil(twin.start + FOUND_AFTER);
  const began = twin.clock.now();
  const look = (): Report => diagnose(twin.snapshot(), ALL_RULES, { now: twin.clock.now() });
  const found = look();
  const snapshot = twin.snapshot();
  const plan = planActivateFirmware(snapshot, {
    nodes: [],
    allow: {},
    rollout: {
      power: { adapter: 'bmc', graceful: true, gracefulBy: 'bmc', force: true, holdSeconds: 60, bootSeconds: 2700 },
      drain: { force: true, deleteEmptyDir: true, timeoutSeconds: 3600 },
    },
    nowMs: twin.clock.now(),
  });
  if (!plan.ok) return plan;
  const rehearsal = await rehearsePlan({ plan: plan.value, snapshot, seed });
  if (!rehearsal.ok) return rehearsal;

  const carriedOut: StoryLine[] = [];
  const nodes = plan.value.visits.map(({ node }) => node);
  const seen = watchVisits(twin, nodes);
  const logged = twin.log.length;
  const applied = await letTimePass(
    twin,
    MOST,
    applyPlan({
      plan: plan.value,
      ports: twinPorts(twin),
      identity: 'story',
      signal: new AbortController().signal,
      tell: (line) => void carriedOut.push({ at: Math.round((twin.clock.now() - began) / MINUTE), line }),
    }),
  );
  if (!applied.ok) return applied;
  if (applied.value.fault !== undefined) return { ok: false, fault: applied.value.fault };
  const visits = seen.end();
  await twin.runUntil(twin.clock.now() + CALM);
  const proved: NodeVerdict[] = [];
  for (const node of nodes) {
    const verdict = verifyNode(twin.snapshot(), node);
    if (!verdict.ok) return verdict;
    proved.push(verdict.value);
  }
  return ok({
    found,
    plan: plan.value,
    rehearsal: rehearsal.value,
    carriedOut,
    visits,
    proved,
    after: look(),
    restarts: twin.log.slice(logged).flatMap((line) => {
      const on = /Host\/(\S+) (is powered on after \d+ s off)/.exec(line);
      return on === null ? [] : [`${on[1] ?? ''} ${on[2] ?? ''}`];
    }),
  });
};

/** Found what it is about, both nodes restarted, everything proved, and nothing left to find. */
export const endsWell = ({ found, restarts, proved, after, plan }: Story): boolean =>
  found.problems.length > 0 &&
  restarts.length === plan.visits.length &&
  proved.every(({ verdict }) => verdict === 'pass') &&
  after.problems.length + after.symptoms.length === 0;
