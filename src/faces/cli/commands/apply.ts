/** `nicwright apply PLAN`: carries a plan out, step by step, and proves each. It asks first, and goes on where it stood. */
import { applyPlan, type ApplyOutcome, type RolloutPorts } from '../../../app/apply/apply-plan.ts';
import { rollBack } from '../../../app/apply/roll-back.ts';
import { showRollouts } from '../../../app/apply/rollouts.ts';
import { checkFacts, checkMeans, rolloutOf } from '../../../app/apply/submit-checks.ts';
import { ABORTED, isRolloutSubmitted } from '../../../app/steps/submit-rollout.ts';
import { actLine } from '../../../app/steps/carry-out-step.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { whyEmpty } from '../../../core/plan/why-empty.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { defineCommand, type CommandContext, type CommandOutcome } from '../command.ts';
import { EXIT, exitOf } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { CARRIER_OPTIONS, openPorts } from '../plan/open-ports.ts';
import { readPlanFile } from '../plan/read-plan-file.ts';

const MARKS = {
  done: 'done',
  'was done': 'was done',
  failed: 'FAILED',
  'not reached': '-',
  'no way back': 'stays',
} as const;

const endWords = (fault: ApplyOutcome['fault'], isBack: boolean, paint: Paint): string => {
  if (fault === undefined)
    return paint.good(isBack ? 'What has a way back is taken back, and proved.' : 'Every step is proved.');
  return paint.bad(fault.code === ABORTED ? 'It was aborted.' : 'It has stopped; run the same command again to go on.');
};

const outcomeText = ({ steps, fault }: ApplyOutcome, isBack: boolean, paint: Paint): string =>
  [
    ...steps.map(
      ({ title, outcome, because }) =>
        `${MARKS[outcome].padEnd(9)} ${title}${outcome === 'failed' || outcome === 'no way back' ? `: ${because}` : ''}`,
    ),
    endWords(fault, isBack, paint),
  ].join('\n');

/** On a terminal the acts are shown and asked about; without one, --yes has to say so. */
const consent = async (context: CommandContext, plan: Plan, isBack: boolean): Promise<Result<void>> => {
  for (const { act, back } of isBack ? plan.steps.toReversed() : plan.steps)
    if (!isBack) context.warn(`  ${actLine(act)}`);
    else if (!('none' in back)) context.warn(`  ${actLine(back.act)}`);
  if (!isBack && plan.effects.length > 0)
    context.warn(`What comes of it:\n${plan.effects.map((effect) => `  - ${effect}`).join('\n')}`);
  const answer = await context.confirm(
    isBack ? `Take back what ${plan.metadata.name} made?` : `Carry out ${plan.metadata.name}: ${plan.goal}?`,
  );
  if (answer === undefined) return fail('refused-unasked', 'Nobody is at a terminal to say yes; give --yes.');
  return answer ? ok(undefined) : fail('refused-no', 'Nothing was done.');
};

const WAITS =
  'Interrupted; what was done stays. Where no controller leads, run the same command again to go on, or with --rollback to take it back.';

/** Whoever stopped it has to know which nodes are in the middle of a visit: perhaps nobody carries it out from here on. */
const interrupted = async (ports: Pick<RolloutPorts, 'api'>, name: string | undefined): Promise<CommandOutcome> => {
  const shown = name === undefined ? undefined : await showRollouts(ports.api, name);
  const visits = shown?.ok === true ? shown.value.flatMap((one) => one.visits) : [];
  const lines = visits.map(({ node, journal: { stage, because } }) => `${node} is in stage ${stage}: ${because}`);
  return {
    exit: EXIT.interrupted,
    data: { interrupted: true, visits: visits.map(({ node, journal: { stage } }) => ({ node, stage })) },
    text: () => [...lines, WAITS].join('\n'),
  };
};

export default defineCommand({
  path: 'apply',
  about: 'Carries out a plan: node by node under its budget, stopping by itself; run again, it goes on where it stood',
  examples: [
    { line: 'apply plan.yaml', does: 'asks, then carries it out and shows progress' },
    { line: 'apply plan.yaml --yes', does: 'without asking' },
    { line: 'apply plan.yaml --rollback', does: 'takes back what the plan made, backwards' },
  ],
  arguments: [{ name: 'PLAN', about: 'a file made by nicwright plan ... -o yaml' }],
  options: [
    { flags: '--yes', about: 'do not ask' },
    { flags: '--rollback', about: 'walk the steps backwards by their way back' },
    ...CARRIER_OPTIONS,
  ],
  readsSnapshot: 'everything',
  run: async (context, [path = ''], options) => {
    if (options['from'] !== undefined)
      return fail('usage', 'apply changes a live cluster; --from has files. Try nicwright rehearse with them.');
    const plan = await readPlanFile(context, path);
    if (!plan.ok) return plan;
    const empty = whyEmpty(plan.value);
    if (empty !== undefined) return fail('refused-empty', empty);
    const isBack = options['rollback'] === true;
    const opened = await openPorts(context, options);
    if (!opened.ok) return opened;
    const { ports, close, ...atHand } = opened.value;
    try {
      // A rollout that is there already was checked when it was submitted; by now it may have changed the facts itself.
      const rollout = rolloutOf(plan.value);
      const isOn = rollout === undefined ? ok(false) : await isRolloutSubmitted(ports.api, rollout.name);
      if (!isOn.ok) return isOn;
      if (!isBack && !isOn.value) {
        const snapshot = await context.snapshot();
        if (!snapshot.ok) return snapshot;
        const facts = checkFacts(plan.value, snapshot.value);
        if (!facts.ok) return facts;
        for (const fact of facts.value) context.warn(`not read now, so not compared: ${fact}; its gate reads it anew`);
        const means = await checkMeans(plan.value, ports, atHand);
        if (!means.ok) return means;
        for (const note of means.value) context.warn(note);
      }
      const agreed = options['yes'] === true ? ok(undefined) : await consent(context, plan.value, isBack);
      if (!agreed.ok) return agreed;
      const signal = context.untilStopped();
      const outcome = await (isBack ? rollBack : applyPlan)({
        plan: plan.value,
        ports,
        identity: context.identity,
        signal,
        tell: (line) => context.warn(line),
      }).catch((error: unknown): undefined => {
        // Whatever it was at, it was told to end.
        if (!signal.aborted) throw error;
      });
      if (outcome === undefined || signal.aborted) return ok(await interrupted(ports, rollout?.name));
      const { fault } = outcome;
      if (fault !== undefined) context.warn(fault.message);
      return ok({
        exit: fault === undefined ? EXIT.clean : exitOf(fault),
        data: outcome,
        text: (paint) => outcomeText(outcome, isBack, paint),
      });
    } finally {
      await close();
    }
  },
});
