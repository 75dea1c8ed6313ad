/**
 * What a Node object of the input bears that its kubelet does not write: annotations, taints, and a person's cordon. The
 * gates of a visit look at them, and so does the scheduler. An operator's own cordon is left to the operator of the twin.
 */
import { dig, digFlag, digList, digText, digTexts } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { cordonedBy } from '../../core/visit/others/cordoned-by.ts';
import { readDrainNode } from '../../core/sriov/drain/drain-state.ts';
import type { Twin } from '../../twin/twin.ts';

/** Written by kubelets, by controllers that the twin has, and by a visit itself. */
const OWN_ANNOTATION =
  /^(nicwright\.dev\/(?!machine-spared$)|sriovnetwork\.openshift\.io|node\.alpha\.kubernetes\.io|kubeadm\.|volumes\.|csi\.)/;
const OWN_TAINT = /^node\.kubernetes\.io\//;

const isOperatorAtWork = (node: KubeObject, state: KubeObject | undefined): boolean => {
  const { current } = readDrainNode(node, state).nodeState ?? {};
  return current !== undefined && current !== 'Idle';
};

/** Gives the nodes of the twin what those of the input bear; the answer is what had to be assumed. */
export const carryNodeMarks = (
  twin: Twin,
  nodes: readonly KubeObject[],
  stateOf: (node: string) => KubeObject | undefined,
): readonly string[] => {
  const told: string[] = [];
  for (const node of nodes) {
    const { name } = node.metadata;
    const cordon = cordonedBy(node);
    const isCordoned = cordon !== undefined && !isOperatorAtWork(node, stateOf(name));
    const taints = digList(node, 'spec', 'taints').filter((taint) => !OWN_TAINT.test(digText(taint, 'key') ?? ''));
    const annotations = Object.fromEntries(
      Object.entries(digTexts(node, 'metadata', 'annotations')).filter(([key]) => !OWN_ANNOTATION.test(key)),
    );
    const body = {
      ...(Object.keys(annotations).length > 0 && { metadata: { annotations } }),
      ...((taints.length > 0 || isCordoned) && {
        spec: { ...(taints.length > 0 && { taints }), ...(isCordoned && { unschedulable: true }) },
      }),
    };
    if (Object.keys(body).length > 0)
      twin.world
        .actor('snapshot')
        .patch(NODES, { name }, { type: 'merge', body }, { fieldManager: cordon?.by ?? 'snapshot' });
    if (digFlag(node, 'spec', 'unschedulable') === true && !isCordoned)
      told.push(`Node/${name}: its cordon is the SR-IOV operator's, which is left to cordon it again`);
    const ready = digList(node, 'status', 'conditions').find((one) => digText(one, 'type') === 'Ready');
    if (ready !== undefined && dig(ready, 'status') !== 'True')
      told.push(
        `Node/${name}: it is not Ready in the input, and is taken to be Ready: what would mend it is not known`,
      );
  }
  return told;
};
