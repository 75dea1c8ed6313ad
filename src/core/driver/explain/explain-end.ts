/** The end of the journey: uncordon, done, and done but cordoned. */
import { digText } from '../../model/dig.ts';
import { objectsOf } from '../../snapshot/snapshot.ts';
import { driverKeys } from '../driver-keys.ts';
import { isUnschedulable, nodeAnnotation, nodeLabel, objectName } from '../managed-node.ts';
import { isUpgradeState, IDLE_STATES } from '../upgrade-state.ts';
import type { DefectId } from '../defects.ts';
import { podTrouble } from './driver-pod-cause.ts';
import type { Explain, Insight, NodeView } from './explanation.ts';

export const explainDone: Explain = (view) => {
  const { managed, decision, fleet } = view;
  if (decision.to !== undefined) return {};
  if (!isUnschedulable(managed.node)) return decision.unknown === undefined ? explainAtRest(view) : {};
  const suspects = cordonSuspects(view);
  return {
    because: `the upgrade is over and the node is cordoned; ${suspects.map(({ because }) => because).join('; ')}`,
    next: 'upstream does not touch the cordon of a node that is done',
    todo: [
      ...suspects.flatMap(({ todo }) => (todo === undefined ? [] : [todo])),
      { what: 'uncordon it once nobody needs the cordon', command: 'kubectl uncordon NODE' },
    ],
    defects: suspects.flatMap(({ defect }) => (defect === undefined ? [] : [defect])),
    ...(fleet.partial.has('maintenances') && {
      unknown: [
        {
          what: 'NodeMaintenance objects',
          because: 'the input does not list them, and one left behind would keep the node cordoned',
          settle: 'kubectl get nodemaintenances.maintenance.nvidia.com -A -o yaml',
        },
      ],
    }),
  };
};

/** Done, schedulable, and nothing to upgrade: whether the driver works is another question, which upstream never asks. */
const explainAtRest = (view: NodeView): Insight => {
  const trouble = podTrouble(view);
  return trouble === undefined
    ? { next: 'nothing; a ready driver pod means a loaded module, links and VFs are not checked by anybody' }
    : {
        because: `the upgrade is over, but driver pod ${objectName(view.managed.pod)} ${trouble.because}`,
        next: 'nothing: a node that is done is looked at only for a new template',
        todo: trouble.todo,
        defects: trouble.defects,
      };
};

interface Suspect {
  readonly because: string;
  readonly defect?: DefectId;
  readonly todo?: { readonly what: string; readonly command?: string };
}

/** Who may have cordoned: nothing records it, so the traces of all who do it are looked for. */
const cordonSuspects = ({ managed, snapshot }: NodeView): readonly Suspect[] => {
  const { node, name } = managed;
  const gpu = nodeLabel(node, driverKeys('gpu').state) ?? '';
  const sriov = nodeAnnotation(node, 'sriovnetwork.openshift.io/state') ?? '';
  const left = objectsOf(snapshot, 'NodeMaintenance').filter(
    ({ object }) => digText(object, 'spec', 'nodeName') === name,
  );
  const suspects: Suspect[] = [
    ...(gpu !== '' && isUpgradeState(gpu) && !IDLE_STATES.includes(gpu)
      ? [{ because: `the GPU driver upgrade is under way on it (${gpu})`, defect: 'D20' as const }]
      : []),
    ...(sriov !== '' && sriov !== 'Idle' ? [{ because: `the SR-IOV operator drains it (${sriov})` }] : []),
    ...left.map(({ object }) => ({
      because: `NodeMaintenance ${objectName(object)} of ${digText(object, 'spec', 'requestorID') ?? ''} is still there`,
      defect: 'D15' as const,
      todo: {
        what: 'if its owner no longer needs it, delete it',
        command: `kubectl delete nodemaintenance -n ${object.metadata.namespace ?? 'default'} ${objectName(object)}`,
      },
    })),
  ];
  return suspects.length > 0
    ? suspects
    : [{ because: 'nothing records by whom: a person, or an upgrade that began on a cordoned node', defect: 'D7' }];
};

export const explainUncordon: Explain = ({ decision, fleet }) =>
  decision.to === undefined && decision.fault === undefined
    ? {
        todo: [
          {
            what: 'take the annotation away; the next pass then uncordons the node in place',
            command: `kubectl annotate node NODE ${fleet.keys.requestorMode}-`,
          },
        ],
      }
    : {};
