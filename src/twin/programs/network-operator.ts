/**
 * The NVIDIA network operator, as far as the twin needs it: the IPAM workloads that a NicClusterPolicy asks for, its status
 * (core/nicpolicy computes it), and the label that lets the SR-IOV daemon onto nodes without a driver of its own.
 */
import { dig, digFlag, digList, digNumber, digText, digTexts } from '../../core/model/dig.ts';
import { DAEMON_SETS, DEPLOYMENTS, NIC_CLUSTER_POLICIES, NODES } from '../../core/model/kube-resource.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { policyStatusAfter, type AppliedState, type SyncResult } from '../../core/nicpolicy/applied-states.ts';
import { POLICY_NAME, STATE_LABEL } from '../../core/nicpolicy/components.ts';
import { imageText } from '../../core/release/judge-image.ts';
import { createActor } from '../actors/actor.ts';
import { actorLoop } from '../actors/actor-loop.ts';
import { controllerReference, keyOf } from '../actors/controller-pods.ts';
import type { Operator } from '../actors/process.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { nodeAgent } from './sriov-manifests.ts';

const RECONCILE = seconds(1, 3, 8, 'the operator requeues a policy that is not ready after 5 s');
const REQUEUE_MS = 5_000;

const WAIT_LABEL = 'network.nvidia.com/operator.mofed.wait';
const NIC_LABEL = 'feature.node.kubernetes.io/pci-15b3.present';
const IPAM_STATE = 'state-nv-ipam-cni';

const ipamImage = (policy: KubeObject): string | undefined => {
  const block = dig(policy, 'spec', 'nvIpam');
  const image = digText(block, 'image');
  if (image === undefined) return undefined;
  return imageText({ image, repository: digText(block, 'repository') ?? '', version: digText(block, 'version') ?? '' });
};

const withStateLabel = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, [STATE_LABEL]: IPAM_STATE } },
});

const ipamController = (namespace: string, image: string): KubeObject =>
  withStateLabel({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'nv-ipam-controller', namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { component: 'nv-ipam-controller' } },
      template: {
        metadata: { labels: { component: 'nv-ipam-controller' } },
        spec: {
          tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
          nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
          containers: [
            { name: 'nv-ipam-controller', image, resources: { requests: { cpu: '100m', memory: '128Mi' } } },
          ],
        },
      },
    },
  });

const isReadySet = (set: KubeObject | undefined): boolean =>
  (digNumber(set, 'status', 'desiredNumberScheduled') ?? -1) === (digNumber(set, 'status', 'numberAvailable') ?? 0) &&
  (digNumber(set, 'status', 'observedGeneration') ?? 0) === (set?.metadata.generation ?? 0);

const isReadyDeployment = (deployment: KubeObject | undefined): boolean =>
  (digNumber(deployment, 'status', 'availableReplicas') ?? 0) >= (digNumber(deployment, 'spec', 'replicas') ?? 1);

export const networkOperator =
  (stage: Stage): Operator =>
  (process) => {
    const { world } = stage;
    const namespace = process.pod.metadata.namespace ?? 'default';
    const actor = createActor(world, 'network-operator');

    const ensure = (kind: typeof DAEMON_SETS, policy: KubeObject, object: KubeObject): void => {
      const found = actor.get(kind, keyOf(object));
      const own = { ...object, metadata: { ...object.metadata, ownerReferences: [controllerReference(policy)] } };
      if (found === undefined) actor.create(kind, own);
      else if (
        digText(digList(found, 'spec', 'template', 'spec', 'containers')[0], 'image') !==
        digText(digList(object, 'spec', 'template', 'spec', 'containers')[0], 'image')
      )
        actor.update(kind, { ...found, spec: object['spec'] });
    };

    const syncIpam = (policy: KubeObject): SyncResult => {
      const image = ipamImage(policy);
      if (image === undefined) return { state: IPAM_STATE, result: 'ignore' };
      const agent = withStateLabel(
        nodeAgent({
          name: 'nv-ipam-node',
          namespace,
          image,
          container: 'nv-ipam-node',
          nodeSelector: { [NIC_LABEL]: 'true' },
        }),
      );
      ensure(DAEMON_SETS, policy, agent);
      ensure(DEPLOYMENTS, policy, ipamController(namespace, image));
      const isReady =
        isReadySet(actor.get(DAEMON_SETS, { name: 'nv-ipam-node', namespace })) &&
        isReadyDeployment(actor.get(DEPLOYMENTS, { name: 'nv-ipam-controller', namespace }));
      return { state: IPAM_STATE, result: isReady ? 'ready' : 'notReady' };
    };

    const sync = (policy: KubeObject): number | undefined => {
      const results = [syncIpam(policy)];
      const previous = digList(policy, 'status', 'appliedStates') as readonly AppliedState[];
      const status = policyStatusAfter(policy.metadata.name, previous, results);
      const before = { state: digText(policy, 'status', 'state'), appliedStates: previous };
      if (before.state !== status.state || JSON.stringify(previous) !== JSON.stringify(status.appliedStates))
        actor.patch(
          NIC_CLUSTER_POLICIES,
          { name: policy.metadata.name },
          { type: 'merge', body: { status } },
          { subresource: 'status' },
        );
      return status.state === 'notReady' ? REQUEUE_MS : undefined;
    };

    const loop = actorLoop(stage, actor, RECONCILE, (name) => {
      if (process.hasEnded()) return undefined;
      const policy = actor.get(NIC_CLUSTER_POLICIES, { name });
      if (policy !== undefined && name === POLICY_NAME) labelNodes(policy);
      return policy === undefined ? undefined : sync(policy);
    });

    /** Without a driver container of the operator's, nobody has to wait for one. */
    const labelNodes = (policy: KubeObject): void => {
      const waits =
        digFlag(policy, 'spec', 'ofedDriver', 'forcePrecompiled') !== undefined ||
        digText(policy, 'spec', 'ofedDriver', 'image') !== undefined;
      for (const node of actor.list(NODES)) {
        const labels = digTexts(node, 'metadata', 'labels');
        if (labels[NIC_LABEL] !== 'true' || waits || labels[WAIT_LABEL] === 'false') continue;
        actor.patch(
          NODES,
          { name: node.metadata.name },
          { type: 'merge', body: { metadata: { labels: { [WAIT_LABEL]: 'false' } } } },
        );
      }
    };

    process.onEnd(
      world.subscribe(NIC_CLUSTER_POLICIES, ({ type, object, before }) => {
        if (type !== 'DELETED' && before?.['spec'] !== object['spec']) loop.wake(object.metadata.name);
      }),
    );
    process.onEnd(
      world.subscribe(NODES, ({ type }) => {
        if (type === 'ADDED') loop.wake(POLICY_NAME);
      }),
    );
    for (const { metadata } of actor.list(NIC_CLUSTER_POLICIES)) loop.wake(metadata.name);
  };
