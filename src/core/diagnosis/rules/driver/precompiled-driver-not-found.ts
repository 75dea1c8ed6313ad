/** The operator makes no driver DaemonSet, since the precompiled image that the policy insists on is not found. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { sayings } from '../../said.ts';
import {
  aPrecompiledPolicy,
  listTags,
  PRECOMPILED_MESSAGE,
  PRECOMPILED_WORDS,
  precompiledLookup,
} from './precompiled-lookup.ts';

const RULE = 'precompiled-driver-not-found';

const check = (facts: Facts): readonly Statement[] => {
  const lookup = precompiledLookup(facts, RULE);
  const { repository } = lookup;
  if (lookup.said.length === 0)
    return lookup.policy === undefined ? [] : [{ says: 'clear', scope: {}, saw: 'the operator misses no precompiled driver' }];
  if (!lookup.isOver && !lookup.wasAsked)
    return [
      {
        says: 'unknown',
        scope: {},
        lack: {
          what: 'which driver tags the registry lists',
          why: 'this release says "not found" too when it could not ask the registry',
          settle: listTags(lookup, lookup.said.at(-1)?.groups['tag']),
        },
      },
    ];
  return sayings(lookup.said, { over: () => lookup.isOver, clear: 'the policy no longer insists on a precompiled driver' }, ({ groups: { tag } }) => ({
    scope: {},
    because: `No driver is deployed: the policy insists on a precompiled driver (forcePrecompiled), and ${repository === '' ? 'the registry' : repository} has none for this version and kernel${tag === undefined ? '' : ` (${tag})`}`,
    confidence: 'likely',
    sameAs: 'precompiled',
    evidence: lookup.evidence,
  }));
}; // prettier-ignore

const PUBLIC = { repository: 'nvcr.io/nvidia/mellanox', forcePrecompiled: true };

export const precompiledDriverNotFound = defineRule({
  id: RULE,
  title: 'The precompiled driver that the policy insists on is not found',
  severity: 'error',
  role: 'cause',
  needs: ['nicClusterPolicy'],
  lines: { said: PRECOMPILED_WORDS },
  explain:
    'With forcePrecompiled the operator lists the tags of the driver image and wants VERSION-KERNEL-OS-ARCH among them; without it, it makes no DaemonSet at all. Up to release 25.4 a list that could not be had counted as an empty one, so a missing pull Secret or certificate looks the same; there this rule states nothing of a private registry.',
  sources: ['reference network-operator.md 1.9', 'network-operator #1322, #1661, #1771'],
  check,
  remedy: (_, facts) => [
    { text: 'See whether the tag is there with the credentials and certificates of the operator.', command: `${facts.cli} logs -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} deployment/network-operator | grep -i -e tag -e registry` },
    { text: 'Build and push the image for this kernel, boot a kernel that has one, or set forcePrecompiled to false so that the driver is built on the node.', risk: 'building on the node takes up to 12 minutes and needs packages from outside' },
  ],
  cases: [
    { name: 'the public registry has none', kind: 'broken', objects: [aPrecompiledPolicy(PUBLIC)], says: 'has none for this version and kernel' },
    { name: 'no such words', kind: 'healthy', objects: [aPrecompiledPolicy(PUBLIC, '')] },
    { name: 'no policy was looked at', kind: 'lacking', objects: [], texts: { 'network-operator-x.log': `ERROR ${PRECOMPILED_MESSAGE}\n` }, says: 'NicClusterPolicy' },
    { name: 'a private registry, of an unknown release', kind: 'lacking', objects: [aPrecompiledPolicy({ ...PUBLIC, repository: 'registry.example.com/mellanox' })], says: 'which driver tags' },
    { name: 'the policy no longer insists', kind: 'look-alike', objects: [aPrecompiledPolicy({ ...PUBLIC, forcePrecompiled: false })] },
  ],
}); // prettier-ignore
