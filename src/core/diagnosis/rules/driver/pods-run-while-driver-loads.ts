/** Pods that use the adapters run on a node whose driver is being loaded, since nothing keeps them away: worth saying. */
import { checkSafeLoadImage } from '../../../nicpolicy/safe-load.ts';
import { dig, digText } from '../../../model/dig.ts';
import { isPodReady } from '../../../driver/driver-pod.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { driverPods } from '../../driver-pods.ts';
import { podsToGo } from '../../draining-nodes.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod, aNicClusterPolicy, anObject } from '../world-operator.ts';
import { pod } from '../world.ts';

const RULE = 'pods-run-while-driver-loads';
const SAFE_LOAD = ['spec', 'ofedDriver', 'upgradePolicy', 'safeLoad'] as const;

const check = (facts: Facts): readonly Statement[] => {
  const [policy] = facts.objects('NicClusterPolicy');
  if (policy === undefined) return [];
  const isAsked = dig(policy.object, ...SAFE_LOAD) === true;
  const idle = checkSafeLoadImage(policy.object, facts.snapshot);
  if (isAsked && idle.length === 0) return [{ says: 'clear', scope: {}, saw: 'driver pods wait until their node is drained (safe load)' }];
  return driverPods(facts)
    .filter(({ object }) => !isPodReady(object))
    .flatMap((driver): readonly Statement[] => {
      const node = digText(driver.object, 'spec', 'nodeName');
      if (node === undefined) return [];
      const users = podsToGo(facts, { node, by: 'the driver upgrade', isWhole: false, evidence: textEvidence(driver.origin, '') });
      const [first] = users;
      if (first === undefined) return [];
      return [
        {
          says: 'finding',
          scope: { node },
          because: `${users.length} pod${users.length > 1 ? 's' : ''} with adapters run${users.length > 1 ? '' : 's'} on ${node} (${users.slice(0, 3).map(({ object }) => objectPath(object)).join(', ')}) while its driver is being loaded: ${isAsked ? (idle[0]?.because ?? 'safe load has no effect') : 'safe load is off, so nothing keeps them away'}`,
          confidence: 'proven',
          sameAs: 'safe-load',
          evidence: [fieldEvidence(policy, SAFE_LOAD), fieldEvidence(first, ['spec', 'nodeName'])],
        },
      ];
    });
}; // prettier-ignore

const user = pod('nccl-0', { node: 'a', requests: { 'nvidia.com/res': '1' } });
const policy = (safeLoad: boolean) => aNicClusterPolicy({ ofedDriver: { upgradePolicy: { safeLoad } } });
const operator = anObject('apps/v1', 'Deployment', 'network-operator', { spec: { template: { spec: { containers: [{ name: 'network-operator', image: 'nvcr.io/nvidia/cloud-native/network-operator:v25.4.0', env: [{ name: 'OFED_INIT_CONTAINER_IMAGE', value: 'x' }] }] } } } }); // prettier-ignore

export const podsRunWhileDriverLoads = defineRule({
  id: RULE,
  title: 'Pods use adapters while their driver is loaded',
  severity: 'warning',
  role: 'observation',
  needs: ['pods', 'nicClusterPolicy'],
  explain:
    'After a restart of a node pods may start before the driver container has replaced the driver; when it does, their interfaces vanish. With upgradePolicy.safeLoad the driver pod waits in an init container until the node is cordoned and drained; that needs the init container image in the chart values.',
  sources: ['reference network-operator.md 3.13', 'seeds/002'],
  check,
  remedy: () => [{ text: 'Switch upgradePolicy.safeLoad on, and operator.ofedDriver.initContainer.enable in the Helm values.', risk: 'a new template of the driver pods is an upgrade of every node' }, { text: 'Pods that run now: restart them once the driver is ready.' }],
  cases: [
    { name: 'safe load is off', kind: 'broken', objects: [policy(false), aDriverPod('mofed-x-ds-1'), user], says: 'safe load is off' },
    { name: 'safe load is on', kind: 'healthy', objects: [policy(true), operator, aDriverPod('mofed-x-ds-1'), user] },
    { name: 'pods were not looked at', kind: 'lacking', objects: [policy(false)], says: 'pods' },
    { name: 'the driver is ready', kind: 'look-alike', objects: [policy(false), aDriverPod('mofed-x-ds-1', { ready: true }), user] },
    { name: 'pods that use no adapter', kind: 'look-alike', objects: [policy(false), aDriverPod('mofed-x-ds-1'), pod('web', { node: 'a' })] },
  ],
}); // prettier-ignore
