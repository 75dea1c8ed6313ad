/** Before anything is done: who else is at work, may the pods go, can the power be switched. A blocked node is not touched. */
import { isAbove } from '../../firmware/rung.ts';
import { powerRefusals } from '../../power/power-guards.ts';
import { rungRefusal } from '../allowed-rung.ts';
import { moveTo, stay, type Ruling } from '../visit-step.ts';
import type { GatheredFacts, VisitBase, VisitNode } from '../visit-facts.ts';
import type { RolloutSpec } from '../../model/crd/rollout.ts';
import { podRefName, type NodeDrain } from '../node-drain.ts';
import { cordonWords } from '../others/cordoned-by.ts';
import type { OtherAtWork } from '../others/other.ts';
import { some, type StageRule } from './stage-rule.ts';

type GateFacts = VisitBase & Pick<GatheredFacts, 'others' | 'pods' | 'power' | 'ways'>;

export interface Block {
  readonly because: string;
  readonly wayOut: string;
}

export interface NodeBlockFacts {
  readonly node: VisitNode;
  readonly spec: RolloutSpec;
  readonly atWork: readonly OtherAtWork[];
  readonly pods: NodeDrain;
}

type BlockRule = (facts: NodeBlockFacts) => readonly Block[];

const byKind: BlockRule = ({ node, spec }) =>
  node.isControlPlane && !spec.allow.controlPlane
    ? [{ because: 'it is a control-plane node', wayOut: 'plan with --control-plane to visit such nodes one at a time' }]
    : [];

const byOthers: BlockRule = ({ atWork }) =>
  atWork
    .filter(({ stance }) => stance === 'wait')
    .map(({ who, because, wayOut }) => ({ because: `${who} is at work on it: ${because}`, wayOut }));

const byCordon: BlockRule = ({ node, atWork, spec }) => {
  const { cordon } = node;
  if (cordon === undefined || spec.allow.cordoned || atWork.some(({ stance }) => stance === 'takes-part')) return [];
  return [
    {
      because: `it is cordoned by ${cordonWords(cordon)}`,
      wayOut: `kubectl uncordon ${node.name}, or plan with --cordoned to visit it and leave it cordoned`,
    },
  ];
};

const byPods: BlockRule = ({ pods }) => [
  ...pods.refused.map(({ pod, because, wayOut }) => ({ because: `${pod} must not go: ${because}`, wayOut })),
  ...pods.going.flatMap(({ ref, budget }) =>
    budget.allows || budget.blocks === 'now'
      ? []
      : [{ because: `${podRefName(ref)} would never be let go: ${budget.because}`, wayOut: budget.wayOut }],
  ),
];

const NODE_BLOCKS: readonly BlockRule[] = [byKind, byOthers, byCordon, byPods];

/** All that keeps a node from being visited, as the cluster alone tells; a plan lists it before anything is submitted. */
export const nodeBlocks = (facts: NodeBlockFacts): readonly Block[] => NODE_BLOCKS.flatMap((rule) => rule(facts));

/** An Arm side that is up is shut down by the visit; one of which nothing can be read would hold it in the middle. */
const byArms = ({ node, power, group, spec }: GateFacts): Block | undefined => {
  if (power.by !== 'bmc' || spec.allow.dpuPowerCut || !isAbove(group.rung, 'warm')) return undefined;
  const untold = power.arms?.find(({ state }) => state === 'unknown');
  if (untold === undefined) return undefined;
  return {
    because: `whether the Arm side of the BlueField ${untold.card} is down cannot be told: ${untold.said}`,
    wayOut: `name its BMC under arms of ${node.name} (docs/power.md), or plan with --cut-dpu-power`,
  };
};

const byPower = ({ node, power }: GateFacts): Block | undefined => {
  if (power.by !== 'bmc') return undefined;
  if (power.trouble !== undefined) return power.trouble;
  const [refusal] = powerRefusals({ ...power.guards, node: node.name, drained: true });
  return refusal;
};

const byRung = ({ group, spec }: GateFacts): Block | undefined => rungRefusal(spec, group, group.rung);

const byReadiness = ({ node }: GateFacts): Block | undefined =>
  node.ready
    ? undefined
    : { because: 'it is not Ready, so nothing of it can be proved', wayOut: `kubectl describe node ${node.name}` };

const byWays = ({ ways }: GateFacts): Block | undefined => (ways.verdict === 'differ' ? ways : undefined);

/** Where it is cordoned already: by the operator that has it in hand, else by whoever wrote the field. */
const whoseCordon = ({ node, others }: GateFacts): string | undefined =>
  node.schedulable
    ? undefined
    : (others.atWork.find(({ stance }) => stance === 'takes-part')?.who ?? node.cordon?.by ?? 'somebody');

export const gate: StageRule<'others' | 'pods' | 'power' | 'belongings' | 'ways'> = (facts): Ruling => {
  const { node, spec, others } = facts;
  const [first] = [
    ...nodeBlocks({ node, spec, atWork: others.atWork, pods: facts.pods }),
    ...[byRung(facts), byReadiness(facts), byPower(facts), byArms(facts), byWays(facts)].filter(
      (block) => block !== undefined,
    ),
  ];
  if (first !== undefined) return { ...stay('gate', first.because), wayOut: first.wayOut };
  const { pods, belongings, ways } = facts;
  const going = pods.going.map(({ ref }) => podRefName(ref));
  const affected = others.atWork.filter(({ stance }) => stance === 'affected').map(({ because }) => `; ${because}`);
  const compared = ways.verdict === 'alike' || ways.verdict === 'not-compared' ? `; ${ways.because}` : '';
  return moveTo(
    'quiet',
    going.length === 0
      ? `nobody is at work on it, and no pod has to go${compared}`
      : `nobody is at work on it; ${some(going)} will go${affected.join('')}${compared}`,
    { change: { left: belongings, cordon: whoseCordon(facts) } },
  );
};
