/** The kubelet ends the driver container again and again before its build is over: the startup probe gives it too little time. */
import { digList, digNumber, digText } from '../../../model/dig.ts';
import { isPodReady } from '../../../driver/driver-pod.ts';
import { driverPods, driverScope, endEvidence } from '../../driver-pods.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said } from '../../said.ts';
import { aDriverPod } from '../world-operator.ts';
import { aPodEvent } from '../world-ipam.ts';

const RULE = 'driver-build-out-of-time';
const KILLED = /Container mofed-container failed startup probe, will be restarted/;
/** Ends of builds that are not for want of time: other rules tell them. */
const OTHER_END =
  /Failed to build|Unable to (?:find a match|locate package)|Curl error|is in use|Storage modules are loaded|could not insert/;

const check = (facts: Facts): readonly Statement[] =>
  driverPods(facts).flatMap((pod): readonly Statement[] => {
    const { name, namespace } = pod.object.metadata;
    const node = digText(pod.object, 'spec', 'nodeName');
    const scope = driverScope({ pod, node });
    if (isPodReady(pod.object)) return [{ says: 'clear', scope, saw: 'driver pods were built within their time' }];
    const at = digList(pod.object, 'status', 'containerStatuses').findIndex((one) => digText(one, 'name') === 'mofed-container');
    const restarts = digNumber(pod.object, 'status', 'containerStatuses', at, 'restartCount') ?? 0;
    const killed = said(facts, `${RULE}/killed`, KILLED).filter(({ podName }) => podName === undefined || podName.endsWith(`/${name}`));
    const logs = facts.snapshot.texts.filter((text) => text.pod === name || text.origin.source.includes(name));
    if (restarts === 0 || killed.length === 0 || logs.some(({ text }) => OTHER_END.test(text.slice(-200_000)))) return [];
    const probe = digList(pod.object, 'spec', 'containers').findIndex((one) => digText(one, 'name') === 'mofed-container');
    return [
      {
        says: 'finding',
        scope,
        because: `Driver pod ${name}${node === undefined ? '' : ` on ${node}`} was ended ${restarts} times by its startup probe while it was still building: each build begins anew and takes longer than the probe allows`,
        confidence: logs.length > 0 ? 'proven' : 'likely',
        sameAs: 'time',
        evidence: [...killed.slice(-2).map(({ evidence }) => evidence), fieldEvidence(pod, ['spec', 'containers', Math.max(probe, 0), 'startupProbe', 'failureThreshold']), ...endEvidence(pod)],
        lacks: logs.length > 0 ? [] : [{ what: `the log of ${name} before it was ended`, why: 'whether it was building, or had failed already', settle: `${facts.cli} logs -n ${namespace ?? 'NAMESPACE'} ${name} -c mofed-container --previous` }],
      },
    ];
  }); // prettier-ignore

const POD = 'mofed-x-ds-w9ztk';
const event = aPodEvent(
  POD,
  'Container mofed-container failed startup probe, will be restarted',
  'Killing',
  'nic-operator',
);
const texts = { [`${POD}.previous.log`]: 'Building mlnx-ofed-kernel-modules DEB...\n' };

export const driverBuildOutOfTime = defineRule({
  id: RULE,
  title: 'The driver build takes longer than it is given',
  severity: 'error',
  role: 'cause',
  needs: ['pods'],
  lines: { killed: KILLED },
  explain:
    'The startup probe allows initialDelaySeconds and periodSeconds times failureThreshold: about 10 minutes up to release 26.1, 20 from 26.4 on. A build on slow disks or few cores takes longer; the kubelet then restarts the container, and the build begins from nothing.',
  sources: ['reference network-operator.md 1.8', 'network-operator #318'],
  check,
  remedy: (_, facts) => [
    { text: 'Give it more time: raise startupProbe.periodSeconds or failureThreshold of spec.ofedDriver.', command: `${facts.cli} patch nicclusterpolicy nic-cluster-policy --type merge -p '{"spec":{"ofedDriver":{"startupProbe":{"initialDelaySeconds":30,"periodSeconds":30}}}}'`, risk: 'a change of the driver section is an upgrade of every node where autoUpgrade is on' },
    { text: 'Or use a precompiled driver, or keep builds (NVIDIA_NIC_DRIVERS_INVENTORY_PATH).' },
  ],
  cases: [
    { name: 'ended three times while it builds', kind: 'broken', objects: [aDriverPod(POD, { restarts: 3 }), event], texts, says: 'ended 3 times' },
    { name: 'ready', kind: 'healthy', objects: [aDriverPod(POD, { ready: true, restarts: 1 }), event] },
    { name: 'pods were not looked at', kind: 'lacking', objects: [event], says: 'pods' },
    { name: 'the build itself failed', kind: 'look-alike', objects: [aDriverPod(POD, { restarts: 3 }), event], texts: { [`${POD}.previous.log`]: 'Failed to build mlnx-nvme DEB\n' } },
    { name: 'the probe fails and nothing was restarted', kind: 'look-alike', objects: [aDriverPod(POD), aPodEvent(POD, "Startup probe failed: ls: cannot access '/run/mellanox/drivers/.driver-ready': No such file or directory", 'Unhealthy', 'nic-operator')] },
  ],
}); // prettier-ignore
