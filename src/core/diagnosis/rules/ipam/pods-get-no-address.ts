/** Pods that wait in ContainerCreating since their secondary network gives them no address: always the work of something else. */
import { candidatesBy, type Candidate } from '../../candidates.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said, sayings, type Said } from '../../said.ts';
import { RANGE_USED_UP } from '../../whereabouts-pools.ts';
import { aPodEvent, aUserPod } from '../world-ipam.ts';
import { BAD_EXCLUSIONS, NODE_HAS_NONE, NO_SUCH_POOL } from './no-address-words.ts';

const RULE = 'pods-get-no-address';

const ofNvIpam = ({ cli }: Facts, node: string): readonly Candidate[] => [
  ...candidatesBy({ fact: 'the pools and their blocks', settle: `${cli} get ippools.nv-ipam.nvidia.com,cidrpools.nv-ipam.nvidia.com -A -o yaml` }, [
    ['exclusions cover the block of the node', 'its block in status.allocations lies inside spec.exclusions', 'an address of the block is not excluded', 'node-blocks-excluded'],
    ['the node has no block', 'status.allocations names no block of the node', 'it names one', 'pool-too-small'],
    ['the network names another pool', 'poolName of the network is no pool', 'it is one', 'pool-missing'],
  ]),
  ...candidatesBy({ fact: `which pods on ${node} hold addresses`, settle: `${cli} get pods -A -o yaml --field-selector spec.nodeName=${node}` }, [
    ['pods hold every address of the block', 'as many pods with an address as the block has', 'fewer', 'address-range-used-up'],
  ]),
]; // prettier-ignore

const ofWhereabouts = ({ cli }: Facts): readonly Candidate[] =>
  candidatesBy({ fact: 'the reservations, and which pods there are', settle: `${cli} get ippools.whereabouts.cni.cncf.io -A -o yaml; ${cli} get pods -A -o wide` }, [
    ['reservations of pods that are gone', 'a podref in spec.allocations is no pod, or the pod that waits', 'each is a pod that runs', 'reservations-leaked'],
    ['the range is too small', 'each address is held by a pod that runs', 'fewer reservations than addresses', 'address-range-used-up'],
  ]); // prettier-ignore

const WORDS = new RegExp(
  [RANGE_USED_UP, NODE_HAS_NONE, NO_SUCH_POOL, BAD_EXCLUSIONS].map(({ source }) => `(?:${source})`).join('|'),
);

const sentence = ({ text }: Said): string => {
  if (RANGE_USED_UP.test(text)) return 'whereabouts has no address left in the range';
  if (NODE_HAS_NONE.test(text)) return 'nv-ipam has no free address in the block of the node';
  if (NO_SUCH_POOL.test(text))
    return `nv-ipam on the node knows no pool ${NO_SUCH_POOL.exec(text)?.groups?.['pool'] ?? ''}`;
  return 'nv-ipam refuses the exclusions of the pool';
};

const check = (facts: Facts): readonly Statement[] =>
  sayings(
    said(facts, `${RULE}/refused`, WORDS),
    { over: isPodOver, clear: 'pods that were once refused an address run' },
    (one) => ({
      because: `${one.podName ?? 'A pod'}${one.node === undefined ? '' : ` on ${one.node}`} gets no address on its secondary network: ${sentence(one)}`,
      // A pool serves many nodes: a scope of its own would part the pod from the pool at fault.
      scope: one.node === undefined ? {} : { node: one.node },
      sameAs: sentence(one),
      candidates: RANGE_USED_UP.test(one.text) ? ofWhereabouts(facts) : ofNvIpam(facts, one.node ?? 'NODE'),
    }),
  );

const NONE =
  'failed to allocate IP for container: rpc error: code = ResourceExhausted desc = no free addresses in the allocated range';

export const podsGetNoAddress = defineRule({
  id: RULE,
  title: 'Pods get no address on a secondary network',
  severity: 'error',
  role: 'symptom',
  needs: [],
  lines: { refused: WORDS },
  explain:
    'The kubelet repeats the sandbox until the IPAM plug-in gives an address. nv-ipam says ResourceExhausted where the block of the node is used up, NotFound where the node has no block of that pool, Internal where the exclusions are refused; whereabouts says that it could not allocate in the range.',
  sources: ['reference ipam-maintenance-power.md 1.7'],
  causedBy: ['node-blocks-excluded', 'exclusions-overlap', 'pool-invalid', 'pool-too-small', 'pool-missing', 'pool-selects-no-node', 'ipam-store-corrupt', 'reservations-leaked', 'address-range-used-up'],
  check,
  remedy: () => [{ text: 'Settle first which it is; restarting the pods changes nothing.' }],
  cases: [
    { name: 'an event of the kubelet', kind: 'broken', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', NONE)], says: 'no free address' },
    { name: 'described text', kind: 'broken', objects: [], texts: { 'describe.txt': `Name:         nccl-0\nNamespace:    jobs\nNode:         a/192.0.2.1\nEvents:\n  Warning  FailedCreatePodSandBox  kubelet  rpc error: code = NotFound desc = configuration for pool rail-9 not found\n` }, says: 'jobs/nccl-0 on a' },
    { name: 'the pod runs since', kind: 'healthy', objects: [aUserPod('nccl-0', 'a', true), aPodEvent('nccl-0', NONE)] },
    { name: 'the main network has no address', kind: 'look-alike', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', 'failed to allocate for range 0: no IP addresses available in range set: 10.42.0.1-10.42.0.254')] },
  ],
}); // prettier-ignore
