/** What keeps a visit from beginning as things stand: the gate's own rule, and what only a plan can ask for. */
import { RUNG_NAMES } from '../firmware/rung.ts';
import type { RolloutGroup, RolloutSpec } from '../model/crd/rollout.ts';
import { cardOf } from '../model/pci-address.ts';
import { rungRefusal } from '../visit/allowed-rung.ts';
import { nodeBlocks } from '../visit/stage-rules/gate.ts';
import { visitNode } from '../visit/visit-node.ts';
import type { Candidate } from './candidates.ts';
import type { PlanBlocker } from './plan.ts';

const NO_PODS = { going: [], refused: [], jobs: [] };

/** Somebody has to switch power; whether his BMC and the Arm sides can be asked, the gate reads itself. */
const powerBlocks = ({ rung }: Candidate, spec: RolloutSpec): readonly Omit<PlanBlocker, 'on'>[] =>
  (rung === 'cold' || rung === 'ac') && spec.power.adapter === ''
    ? [
        {
          because: `a ${RUNG_NAMES[rung]} needs somebody who switches power`,
          wayOut: '--power bmc, or --power manual',
        },
      ]
    : [];

/** A reset of a BlueField in DPU mode is its Arm side's to make. */
const resetBlocks = ({ rung }: Candidate, group: RolloutGroup | undefined): readonly Omit<PlanBlocker, 'on'>[] => {
  const dpu = group?.cards.find(({ pci }) => group.dpus.includes(cardOf(pci)));
  return rung !== 'firmware-reset' || dpu === undefined
    ? []
    : [
        {
          because: `${dpu.pci} is a BlueField in DPU mode, whose firmware is not reset from its host`,
          wayOut: '--rung cold, with its Arm side shut down first',
        },
      ];
};

/** A visit waits at its gate until each of them is lifted. */
export const blockersOf = (
  candidate: Candidate,
  spec: RolloutSpec,
  group: RolloutGroup | undefined,
): readonly PlanBlocker[] => {
  const { plan, object, drain, others } = candidate;
  const on = plan.node.name;
  if (object === undefined)
    return [
      { on, because: 'the input has no Node of this name', wayOut: 'read the cluster, or a dump with its nodes' },
    ];
  const blocks = [
    ...nodeBlocks({ node: visitNode(object), spec, atWork: others, pods: drain ?? NO_PODS }),
    ...[rungRefusal(spec, group ?? {}, candidate.rung)].filter((block) => block !== undefined),
    ...powerBlocks(candidate, spec),
    ...resetBlocks(candidate, group),
  ];
  return blocks.map(({ because, wayOut }) => ({ on, because, wayOut }));
};
