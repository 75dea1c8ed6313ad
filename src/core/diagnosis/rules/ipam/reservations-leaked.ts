/** Addresses of a whereabouts range that belong to pods which are gone, or to an earlier sandbox of the pod that waits. */
import { objectPath } from '../../../model/kube-object.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { RANGE_USED_UP, usedUpRanges } from '../../whereabouts-pools.ts';
import { aPodEvent, aUserPod, aWhereaboutsPool } from '../world-ipam.ts';

const RULE = 'reservations-leaked';
const SHOWN = 5;

const check = (facts: Facts): readonly Statement[] =>
  usedUpRanges(facts, `${RULE}/full`).flatMap((range): readonly Statement[] => {
    const { pool, gone, waiting, running, notLookedAt, first, last } = range;
    const stale = [...gone, ...waiting];
    if (pool === undefined) return [];
    const scope = { object: objectPath(pool.object) };
    if (stale.length === 0) return notLookedAt.length > 0 ? [] : [{ says: 'clear', scope, saw: 'reservations of pods that run' }];
    const whose = [
      ...(gone.length > 0 ? [`${gone.length} ${gone.length > 1 ? 'are' : 'is'} of pods that are gone (${gone.slice(0, 3).map(({ podref }) => podref).join(', ')})`] : []),
      ...(waiting.length > 0 ? [`${waiting.length} ${waiting.length > 1 ? 'are' : 'is'} of pods that wait for an address themselves (${waiting.slice(0, 3).map(({ podref }) => podref).join(', ')})`] : []),
    ];
    return [
      {
        says: 'finding',
        scope,
        because: `The range ${first} - ${last} has no address left, and of its reservations ${whose.join(' and ')}: those were never released`,
        confidence: notLookedAt.length > 0 ? 'likely' : 'proven',
        sameAs: objectPath(pool.object),
        evidence: [...stale.slice(0, SHOWN).map(({ evidence }) => evidence), ...range.words.slice(-2).map(({ evidence }) => evidence)],
        against: running.length > 0 ? [`${running.length} reservations are of pods that run`] : [],
      },
    ];
  }); // prettier-ignore

const FULL =
  'Failed to create pod sandbox: error adding container to network "net": Error at storage engine: Could not allocate IP in range: ip: 10.9.0.1 / - 10.9.0.3 / range: 10.9.0.0/29';

export const reservationsLeaked = defineRule({
  id: RULE,
  title: 'Reserved addresses were never released',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { full: RANGE_USED_UP },
  explain:
    'whereabouts keeps each reservation in an object IPPool, with the pod and the container that asked. It is removed when the container is deleted; when a node is switched off or crashes that never happens, and after the restart the kubelet asks again for a new container of the same pod. ' +
    'A reconciler removes what belongs to no pod, where it runs; a reservation of the pod that waits counts as live for it.',
  sources: ['reference network-operator.md 4.2', 'whereabouts #75, #291, #550'],
  check,
  remedy: (findings, facts) => [
    { text: 'See whether the reconciler runs and what it last did.', command: `${facts.cli} get cronjob,daemonset -A | grep -i -e whereabouts -e ip-reconciler` },
    {
      text: 'Remove the reservations named here from spec.allocations of the pool, and the OverlappingRangeIPReservation of the same addresses, once no container on any node uses them.',
      command: `${facts.cli} edit ${(findings[0]?.scope.object ?? 'IPPool/NAMESPACE/POOL').split('/').slice(1).map((part, index) => (index === 0 ? `-n ${part}` : `ippools.whereabouts.cni.cncf.io ${part}`)).join(' ')}`,
      risk: 'an address that is still in use is given out twice: a node that is switched off may come back with it',
    },
    { text: 'A wider range only puts it off.' },
  ],
  cases: [
    { name: 'pods that are gone', kind: 'broken', objects: [aWhereaboutsPool('10.9.0.0/29', { 1: 'jobs/old-1', 2: 'jobs/old-2', 3: 'jobs/up-1' }), aUserPod('up-1', 'a', true), aUserPod('new-1'), aPodEvent('new-1', FULL)], says: '2 are of pods that are gone' },
    { name: 'an earlier container of the pod that waits', kind: 'broken', objects: [aWhereaboutsPool('10.9.0.0/29', { 1: 'jobs/new-1', 2: 'jobs/up-2', 3: 'jobs/up-1' }), aUserPod('up-1', 'a', true), aUserPod('up-2', 'a', true), aUserPod('new-1'), aPodEvent('new-1', FULL)], says: 'wait for an address themselves' },
    { name: 'all are of pods that run', kind: 'healthy', objects: [aWhereaboutsPool('10.9.0.0/29', { 1: 'jobs/up-1', 2: 'jobs/up-2', 3: 'jobs/up-3' }), ...['up-1', 'up-2', 'up-3'].map((name) => aUserPod(name, 'a', true)), aUserPod('new-1'), aPodEvent('new-1', FULL)] },
    { name: 'pods of that namespace were not looked at', kind: 'look-alike', objects: [aWhereaboutsPool('10.9.0.0/29', { 1: 'other/x', 2: 'other/y', 3: 'other/z' }), aUserPod('new-1'), aPodEvent('new-1', FULL)] },
    { name: 'the pod got an address since', kind: 'look-alike', objects: [aWhereaboutsPool('10.9.0.0/29', { 1: 'jobs/old-1' }), aUserPod('new-1', 'a', true), aPodEvent('new-1', FULL)] },
  ],
}); // prettier-ignore
