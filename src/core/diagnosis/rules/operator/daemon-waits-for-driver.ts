/** A DaemonSet that is held off every node until the OFED driver is ready there: a consequence, never a cause. */
import { digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { DRIVER_WAIT_LABEL, daemonPlacement, waitsForDriver } from '../../daemon-placement.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { gpuNode } from '../world.ts';
import { aDaemonSet } from '../world-operator.ts';

const selector = { [DRIVER_WAIT_LABEL]: 'false' };

export const daemonWaitsForDriver = defineRule({
  id: 'daemon-waits-for-driver',
  title: 'A component waits for the OFED driver',
  severity: 'warning',
  role: 'symptom',
  needs: ['daemonSets', 'nodes'],
  explain: `Device plugins, the NIC configuration daemon and, by the chart's default, the SR-IOV config daemon select ${DRIVER_WAIT_LABEL}=false. The operator sets it to true while the driver container of a node is not ready.`,
  sources: ['reference network-operator.md 1.12'],
  causedBy: [
    'driver-still-building',
    'storage-modules-hold-driver',
    'kernel-package-missing',
    'package-source-unreachable',
    'driver-module-in-use',
    'driver-repoconfig-refused',
    'driver-module-not-signed',
    'driver-build-failed',
    'driver-build-out-of-time',
    'management-link-on-nic',
    'precompiled-driver-not-found',
    'precompiled-lookup-in-doubt',
    'driver-toolkit-missing',
    'image-pull-failing',
    'driver-pod-failing',
  ],
  check: (facts) => {
    const { unplaced, placed } = daemonPlacement(facts);
    const waiting = facts
      .objects('Node')
      .filter(({ object }) => object.metadata.labels?.[DRIVER_WAIT_LABEL] === 'true')
      .slice(0, 4);
    const isSelected = ({ object }: SnapshotObject): boolean =>
      digText(object, 'spec', 'template', 'spec', 'nodeSelector', DRIVER_WAIT_LABEL) !== undefined;
    const clear = placed.filter(isSelected).map(({ object }): Statement => ({
      says: 'clear',
      scope: { object: objectPath(object) },
      saw: 'components that wait for the driver have a node where it is ready',
    }));
    const found = unplaced.filter(waitsForDriver).map(({ entry }): Statement => ({
      says: 'finding',
      // The whole fleet waits: a scope of its own would part it from the driver pods that it waits for.
      scope: {},
      because: `DaemonSet ${entry.object.metadata.name} wants no pod until the driver is ready: every node has ${DRIVER_WAIT_LABEL}=true`,
      confidence: 'proven',
      sameAs: entry.object.metadata.name,
      evidence: [
        fieldEvidence(entry, ['spec', 'template', 'spec', 'nodeSelector', DRIVER_WAIT_LABEL]),
        ...waiting.map((node) => fieldEvidence(node, ['metadata', 'labels', DRIVER_WAIT_LABEL])),
      ],
    }));
    return [...found, ...clear];
  },
  remedy: () => [
    { text: 'Nothing here: mend the driver, and the operator lifts the label by itself.' },
    { text: 'Unsafe: setting the label by hand; pods then start against a driver that is about to be replaced.' },
  ],
  cases: [
    {
      name: 'every node waits',
      kind: 'broken',
      objects: [
        aDaemonSet('rdma-shared-dp-ds', { nodeSelector: selector }),
        gpuNode('a', {}, { labels: { [DRIVER_WAIT_LABEL]: 'true' } }),
      ],
      says: 'until the driver is ready',
    },
    { name: 'nodes were not looked at', kind: 'lacking', objects: [aDaemonSet('rdma-shared-dp-ds')], says: 'nodes' },
    {
      name: 'another label is missing too',
      kind: 'look-alike',
      objects: [
        aDaemonSet('rdma-shared-dp-ds', { nodeSelector: { ...selector, rack: '1' } }),
        gpuNode('a', {}, { labels: { [DRIVER_WAIT_LABEL]: 'true' } }),
      ],
    },
    {
      name: 'one node is ready',
      kind: 'healthy',
      objects: [
        aDaemonSet('rdma-shared-dp-ds', { nodeSelector: selector }),
        gpuNode('a', {}, { labels: { [DRIVER_WAIT_LABEL]: 'true' } }),
        gpuNode('b', {}, { labels: { [DRIVER_WAIT_LABEL]: 'false' } }),
      ],
    },
  ],
});
