/** The driver is being built and has time left: not ready, and nothing is wrong. */
import { driverBuild } from '../../../driver/explain/driver-pod-cause.ts';
import { isPodReady } from '../../../driver/driver-pod.ts';
import { duration } from '../../../driver/wording.ts';
import { dig, digList, digNumber, digText } from '../../../model/dig.ts';
import { timestamp } from '../../../model/timestamp.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { driverPods, driverScope } from '../../driver-pods.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod } from '../world-operator.ts';

const RULE = 'driver-still-building';

const indexOf = (pod: SnapshotObject, ...list: readonly string[]): number =>
  digList(pod.object, ...list).findIndex((one) => digText(one, 'name') === 'mofed-container');

const probeEvidence = (pod: SnapshotObject): readonly Evidence[] => {
  const [container, status] = [indexOf(pod, 'spec', 'containers'), indexOf(pod, 'status', 'containerStatuses')];
  const probe = ['spec', 'containers', container, 'startupProbe', 'failureThreshold'] as const;
  return [
    ...(dig(pod.object, ...probe) === undefined ? [] : [fieldEvidence(pod, probe)]),
    fieldEvidence(pod, ['status', 'containerStatuses', status, 'restartCount']),
  ];
};

/** The last step that the log shows, where it can only be of this pod. */
const steps = (facts: Facts, pod: SnapshotObject, isOnly: boolean): readonly Evidence[] => {
  const own = facts
    .lines(`${RULE}/step`)
    .filter(({ text }) => (text.pod === undefined ? isOnly : text.pod === pod.object.metadata.name));
  return own.slice(-1).map(({ origin, line }) => textEvidence(origin, line));
};

const check = (facts: Facts): readonly Statement[] => {
  const pods = driverPods(facts);
  const now = facts.now;
  return pods.flatMap((pod): readonly Statement[] => {
    const node = digText(pod.object, 'spec', 'nodeName');
    const scope = driverScope({ pod, node });
    if (isPodReady(pod.object)) return [{ says: 'clear', scope, saw: 'driver pods are ready' }];
    const build = driverBuild(pod.object);
    const restarts = digNumber(pod.object, 'status', 'containerStatuses', indexOf(pod, 'status', 'containerStatuses'), 'restartCount');
    if (build === undefined || restarts !== 0 || now === undefined) return [];
    if (build.until !== undefined && now > build.until) return [];
    const until = build.until === undefined ? '' : `; the kubelet gives it until ${timestamp(build.until)}`;
    return [
      {
        says: 'finding',
        scope,
        because: `Driver pod ${pod.object.metadata.name}${node === undefined ? '' : ` on ${node}`} has been building or loading the driver for ${duration((now - build.since) / 1000)} without a restart${until}: not ready is expected for now`,
        confidence: 'proven',
        sameAs: 'building',
        evidence: [...probeEvidence(pod), ...steps(facts, pod, pods.length === 1)],
        lacks: [
          {
            what: 'whether the build will end well',
            why: 'it is not over yet',
            settle: `${facts.cli} logs -f -n ${pod.object.metadata.namespace ?? 'NAMESPACE'} ${pod.object.metadata.name} -c mofed-container`,
          },
        ],
      },
    ];
  });
}; // prettier-ignore

const event = (lastTimestamp: string) => ({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, lastTimestamp });
const building = aDriverPod('mofed-x-ds-w9ztk', { startedAt: '2026-01-01T00:00:00Z' });

export const driverStillBuilding = defineRule({
  id: RULE,
  title: 'The driver is still being built',
  severity: 'info',
  role: 'observation',
  needs: ['pods'],
  lines: { step: /^\s*(?:Building |Installing |Executing driver sources|Setting up linux-headers)/ },
  explain:
    'A build takes up to about 12 minutes, and the startup probe gives it 10 to 20 by release before the kubelet restarts the container and the build begins anew. Until then the probe fails with "cannot access .driver-ready", the policy says notReady, and components that wait for the driver have no pods. All of that is expected.',
  sources: ['reference network-operator.md 1.8', 'network-operator #318'],
  check,
  remedy: () => [
    { text: 'Wait, and look again when the time of the startup probe is over.' },
    { text: 'Unsafe: restarting the pod; it throws the build away.' },
  ],
  cases: [
    { name: 'six minutes, no restart', kind: 'broken', objects: [building, event('2026-01-01T00:06:00Z')], says: 'expected for now' },
    { name: 'ready', kind: 'healthy', objects: [aDriverPod('mofed-x-ds-w9ztk', { ready: true }), event('2026-01-01T00:06:00Z')] },
    { name: 'pods were not looked at', kind: 'lacking', objects: [], says: 'pods' },
    { name: 'longer than the probe allows', kind: 'look-alike', objects: [building, event('2026-01-01T02:00:00Z')] },
    { name: 'restarted before', kind: 'look-alike', objects: [aDriverPod('mofed-x-ds-w9ztk', { restarts: 2 }), event('2026-01-01T00:06:00Z')] },
  ],
}); // prettier-ignore
