/** upgrade-required: skipped on purpose, or waiting for a slot, and who holds the slots. */
import { nodeLabel, objectName } from '../managed-node.ts';
import { slotHolders } from '../slot-words.ts';
import { templateChange } from '../template-change.ts';
import { podTrouble } from './driver-pod-cause.ts';
import type { Explain, NodeView } from './explanation.ts';

export const explainSlot: Explain = (view) => {
  const { managed, decision, fleet, manager } = view;
  const { keys } = fleet;
  if (nodeLabel(managed.node, keys.skip) === 'true')
    return {
      todo: [
        { what: 'take the label away when the node may be upgraded', command: `kubectl label node NODE ${keys.skip}-` },
      ],
    };
  if (decision.to !== undefined || decision.fault !== undefined) return {};
  const failed = (fleet.buckets.get('upgrade-failed') ?? []).map(({ name }) => name);
  const trouble = podTrouble(view);
  const parts = [
    ...unexpectedStart(view),
    ...(trouble === undefined ? [] : [`meanwhile driver pod ${objectName(managed.pod)} ${trouble.because}`]),
  ];
  const because = parts.length === 0 ? undefined : [decision.because, ...parts].join('; ');
  if (failed.length === 0) {
    const [holder] = slotHolders(fleet);
    return {
      ...(because !== undefined && { because }),
      ...(holder !== undefined && {
        next: `it begins when a slot comes free; nicwright driver explain ${holder.split(' ')[0]} says what that node waits for`,
      }),
      todo: trouble?.todo ?? [],
    };
  }
  return {
    ...(because !== undefined && { because }),
    todo: [
      ...failed.slice(0, 3).map((name) => ({
        what: `bring ${name} back first: it failed and keeps its slot`,
        command: `nicwright driver explain ${name}`,
      })),
      ...(manager.policy.maxParallelUpgrades > 0
        ? [
            {
              what: `or allow more nodes at a time: spec.ofedDriver.upgradePolicy.maxParallelUpgrades of ${manager.name}, now ${manager.policy.maxParallelUpgrades}`,
            },
          ]
        : []),
      ...(trouble?.todo ?? []),
    ],
  };
};

/** An upgrade that no new driver version asked for is worth a word: a template edited, or an image built otherwise. */
const unexpectedStart = ({ managed, fleet }: NodeView): readonly string[] => {
  const sync = fleet.syncOf(managed);
  if (sync.is !== 'outdated' || managed.daemonSet === undefined) return [];
  const { because, defects } = templateChange(managed.pod, managed.daemonSet, sync);
  return defects.length === 0 ? [] : [`it needs an upgrade since ${because.replace('; ', ', and ')}`];
};
