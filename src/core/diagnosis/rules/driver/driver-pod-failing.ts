/** A driver pod that is started again and again: a symptom whose cause stands in its log. */
import { candidatesBy, type Candidate } from '../../candidates.ts';
import { isPodReady } from '../../../driver/driver-pod.ts';
import { digList, digNumber, digText } from '../../../model/dig.ts';
import { driverPods, driverScope, endEvidence } from '../../driver-pods.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { pod } from '../world.ts';
import { aDriverPod } from '../world-operator.ts';

/** What a driver container ends with, each by its own words (network-operator.md 1.8, 3.21). */
const candidatesOf = (fact: string, settle: string): readonly Candidate[] =>
  candidatesBy({ fact, settle }, [
    ['the packages of the kernel are not found', '"Unable to find a match" or "Unable to locate package"', 'the build begins', 'kernel-package-missing'],
    ['a package repository is not reached', '"Curl error" or "Could not resolve"', 'packages are downloaded', 'package-source-unreachable'],
    ['the sources do not compile on this kernel', '"Failed to build"', 'the modules are built', 'driver-build-failed'],
    ['storage modules hold the present driver', '"Storage modules are loaded"', 'UNLOAD_STORAGE_MODULES is true', 'storage-modules-hold-driver'],
    ['a module of the present driver is in use', '"is in use"', 'the modules are unloaded', 'driver-module-in-use'],
    ['the kernel refuses the modules', '"Key was rejected" or "Invalid module format"', 'mlx5_core is loaded', 'driver-module-not-signed'],
    ['the build takes longer than its startup probe allows', 'the log ends within a build, and an event says failed startup probe', 'no such event', 'driver-build-out-of-time'],
  ]); // prettier-ignore

const check = (facts: Facts): readonly Statement[] =>
  driverPods(facts).flatMap((entry): readonly Statement[] => {
    const { object } = entry;
    const { name, namespace = 'NAMESPACE' } = object.metadata;
    const node = digText(object, 'spec', 'nodeName');
    const scope = driverScope({ pod: entry, node });
    if (isPodReady(object)) return [{ says: 'clear', scope, saw: 'driver pods are ready' }];
    const lists = ['initContainerStatuses', 'containerStatuses'] as const;
    const failing = lists.flatMap((list) =>
      digList(object, 'status', list).flatMap((status, at) => {
        const restarts = digNumber(status, 'restartCount') ?? 0;
        return restarts > 0 && !(status as { ready?: unknown }).ready
          ? [
              {
                container: digText(status, 'name') ?? '',
                restarts,
                path: ['status', list, at, 'restartCount'] as const,
              },
            ]
          : [];
      }),
    );
    const [first] = failing;
    if (first === undefined) return [];
    const hasLog = facts.snapshot.texts.some((text) => text.pod === name || text.origin.source.includes(name));
    return [
      {
        says: 'finding',
        scope,
        because: `Driver pod ${name}${node === undefined ? '' : ` on ${node}`} was started ${first.restarts} times more in container ${first.container} and is not ready`,
        confidence: 'proven',
        sameAs: 'failing',
        evidence: [fieldEvidence(entry, first.path), ...endEvidence(entry)],
        candidates: hasLog
          ? []
          : candidatesOf(
              `the log of ${name}`,
              `${facts.cli} logs -n ${namespace} ${name} -c ${first.container} --previous`,
            ),
      },
    ];
  });

export const driverPodFailing = defineRule({
  id: 'driver-pod-failing',
  title: 'A driver pod does not stay up',
  severity: 'error',
  role: 'symptom',
  needs: ['pods'],
  explain:
    'The container builds and loads the driver and then stays; when it ends, the kubelet starts it again with a growing delay. Why it ended stands in the log of the run before.',
  sources: ['reference network-operator.md 1.8, 3.21'],
  causedBy: [
    'storage-modules-hold-driver',
    'kernel-package-missing',
    'package-source-unreachable',
    'driver-module-in-use',
    'driver-module-not-signed',
    'driver-build-failed',
    'driver-build-out-of-time',
    'management-link-on-nic',
    'image-pull-failing',
  ],
  check,
  remedy: (findings, facts) => [
    {
      text: 'Read why it ended.',
      command: `${facts.cli} logs -n ${(findings[0]?.scope.object ?? 'Pod/NAMESPACE/POD').split('/').slice(1).join(' ')} -c mofed-container --previous`,
    },
  ],
  cases: [
    {
      name: 'restarted nine times',
      kind: 'broken',
      objects: [aDriverPod('mofed-x-ds-w9ztk', { restarts: 9, waiting: 'CrashLoopBackOff', exitCode: 1 })],
      says: '9 times more',
    },
    { name: 'ready after restarts', kind: 'healthy', objects: [aDriverPod('mofed-x-ds-w9ztk', { ready: true, restarts: 2 })] },
    { name: 'pods were not looked at', kind: 'lacking', objects: [], says: 'pods' },
    {
      name: 'another pod that crashes',
      kind: 'look-alike',
      objects: [pod('web-1', { node: 'a', waiting: { reason: 'CrashLoopBackOff' } })],
    },
  ],
}); // prettier-ignore
