/** Before anything is done: who else is at work, may the pods go, can the power be switched. A blocked node is not touched. */
import { isAbove } from '../../firmware/rung.ts';
import { powerRefusals } from '../../power/power-guards.ts';
import { moveTo, stay, type Ruling } from '../visit-step.ts';
import type { GatheredFacts, VisitBase } from '../visit-facts.ts';
import { podRefName } from '../node-drain.ts';
import { some, type StageRule } from './stage-rule.ts';

type GateFacts = VisitBase & Pick<GatheredFacts, 'others' | 'pods' | 'power'>;

interface Block {
  readonly because: string;
  readonly wayOut: string;
}

const byOthers = ({ others }: GateFacts): Block | undefined => {
  const other = others.atWork.find(({ stance }) => stance === 'wait');
  return other === undefined
    ? undefined
    : { because: `${other.who} is at work on it: ${other.because}`, wayOut: other.wayOut };
};

const byCordon = ({ node, others, spec }: GateFacts): Block | undefined => {
  const { cordon } = node;
  if (cordon === undefined || spec.allow.cordoned || others.atWork.some(({ stance }) => stance === 'takes-part'))
    return undefined;
  return {
    because: `it is cordoned by ${cordon.by}${cordon.since === undefined ? '' : ` since ${cordon.since}`}`,
    wayOut: `kubectl uncordon ${node.name}, or plan with --cordoned to visit it and leave it cordoned`,
  };
};

const byKind = ({ node, spec }: GateFacts): Block | undefined =>
  node.isControlPlane && !spec.allow.controlPlane
    ? { because: 'it is a control-plane node', wayOut: 'plan with --control-plane to visit such nodes one at a time' }
    : undefined;

const byPods = ({ pods }: GateFacts): Block | undefined => {
  const [refused] = pods.refused;
  if (refused !== undefined)
    return {
      because: `${refused.pod} must not go: ${refused.because}`,
      wayOut: refused.wayOut,
    };
  const stuck = pods.going.find(({ budget }) => !budget.allows && budget.blocks === 'never');
  if (stuck === undefined || stuck.budget.allows) return undefined;
  return {
    because: `${podRefName(stuck.ref)} would never be let go: ${stuck.budget.because}`,
    wayOut: stuck.budget.wayOut,
  };
};

const byPower = ({ node, power, group, spec }: GateFacts): Block | undefined => {
  if (power.by !== 'bmc') return undefined;
  const [refusal] = powerRefusals({
    ...power.guards,
    node: node.name,
    drained: true,
    dpus: isAbove(group.rung, 'warm') ? power.guards.dpus : [],
    cutDpuPower: spec.allow.dpuPowerCut,
  });
  return refusal;
};

const byReadiness = ({ node }: GateFacts): Block | undefined =>
  node.ready
    ? undefined
    : { because: 'it is not Ready, so nothing of it can be proved', wayOut: `kubectl describe node ${node.name}` };

const BLOCKS: readonly ((facts: GateFacts) => Block | undefined)[] = [
  byKind,
  byOthers,
  byCordon,
  byReadiness,
  byPods,
  byPower,
];

/** Where it is cordoned already: by the operator that has it in hand, else by whoever wrote the field. */
const whoseCordon = ({ node, others }: GateFacts): string | undefined =>
  node.schedulable
    ? undefined
    : (others.atWork.find(({ stance }) => stance === 'takes-part')?.who ?? node.cordon?.by ?? 'somebody');

export const gate: StageRule<'others' | 'pods' | 'power' | 'belongings'> = (facts): Ruling => {
  const blocks = BLOCKS.flatMap((block) => block(facts) ?? []);
  const [first] = blocks;
  if (first !== undefined) return { ...stay('gate', first.because), wayOut: first.wayOut };
  const { pods, belongings } = facts;
  const going = pods.going.map(({ ref }) => podRefName(ref));
  return moveTo(
    'quiet',
    going.length === 0
      ? 'nobody is at work on it, and no pod has to go'
      : `nobody is at work on it; ${some(going)} will go`,
    { change: { left: belongings, cordon: whoseCordon(facts) } },
  );
};
