/** Multus is no longer let in by the API server: the token in its kubeconfig on the node has run out, or its account is gone. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said, sayings } from '../../said.ts';
import { aPodEvent, aUserPod } from '../world-ipam.ts';

const RULE = 'multus-unauthorized';
const WORDS =
  /Multus: \[[^\]]*\]: error (?:getting|waiting for) pod: Unauthorized|(?:multus|delegate)[^\n]{0,200}: the server has asked for the client to provide credentials/i;

const check = (facts: Facts): readonly Statement[] =>
  sayings(said(facts, `${RULE}/said`, WORDS), { over: isPodOver, clear: 'pods that Multus once could not set up run' }, (one) => ({
    because: `Multus${one.node === undefined ? '' : ` on ${one.node}`} is refused by the API server (Unauthorized): the token in its kubeconfig is no longer valid, so no pod gets a network`,
    sameAs: 'token',
    lacks: [
      {
        what: `age and end of the token of Multus${one.node === undefined ? '' : ` on ${one.node}`}`,
        why: 'run out: restart Multus; still valid: its ServiceAccount was made anew, or the signing keys of the API server changed',
        settle: `sed -n 's/.*token: //p' /etc/cni/net.d/multus.d/multus.kubeconfig | tr -d '"' | cut -d. -f2 | base64 -d   # on ${one.node ?? 'the node'}`,
      },
    ],
  })); // prettier-ignore

const SAID =
  'plugin type="multus" name="multus-cni-network" failed (add): Multus: [jobs/nccl-0/5a]: error waiting for pod: Unauthorized';

export const multusUnauthorized = defineRule({
  id: RULE,
  title: 'Multus is refused by the API server',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'Multus without its own daemon process runs as a program on the node, with a kubeconfig that its pod wrote when it started. Tokens of pods run out (after an hour to a year, by cluster), and such a kubeconfig is not written again until the Multus pod restarts. Every pod sandbox on the node then fails, with and without a secondary network.',
  sources: ['network-operator #1363', 'multus-cni #852'],
  check,
  remedy: (_, facts) => [
    { text: 'Restart the Multus pods: each writes a fresh kubeconfig.', command: `${facts.cli} rollout restart daemonset -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} kube-multus-ds`, risk: 'pods that start meanwhile are tried again by the kubelet' },
    { text: 'For good: a release whose Multus renews its kubeconfig, or the thick plug-in.' },
  ],
  cases: [
    { name: 'an event of the kubelet', kind: 'broken', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', SAID)], says: 'no longer valid' },
    { name: 'the pod runs since', kind: 'healthy', objects: [aUserPod('nccl-0', 'a', true), aPodEvent('nccl-0', SAID)] },
    { name: 'a registry that asks for credentials', kind: 'look-alike', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', 'failed to authorize: 401 Unauthorized', 'Failed')] },
  ],
}); // prettier-ignore
