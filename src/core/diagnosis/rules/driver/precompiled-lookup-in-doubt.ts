/** The operator makes no driver DaemonSet: it has no precompiled image, or it could not ask the registry for one. */
import { candidatesBy } from '../../candidates.ts';
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

const RULE = 'precompiled-lookup-in-doubt';

const check = (facts: Facts): readonly Statement[] => {
  const lookup = precompiledLookup(facts, RULE);
  const { repository } = lookup;
  if (lookup.said.length === 0 || lookup.wasAsked)
    return lookup.policy === undefined ? [] : [{ says: 'clear', scope: {}, saw: 'no lookup of a precompiled driver is in doubt' }];
  return sayings(lookup.said, { over: () => lookup.isOver, clear: 'the policy no longer insists on a precompiled driver' }, ({ groups: { tag } }) => ({
    scope: {},
    because: `No driver is deployed: the operator found no precompiled driver${tag === undefined ? '' : ` ${tag}`}${repository === '' ? '' : ` in ${repository}`}, and this release says so too when it could not ask the registry`,
    confidence: 'proven',
    sameAs: 'precompiled',
    evidence: lookup.evidence,
    candidates: candidatesBy({ fact: 'which driver tags the registry lists', settle: listTags(lookup, tag) }, [
      ['no such tag was ever made', 'the list lacks it', 'the list has it', 'precompiled-driver-not-found'],
      ['the operator may not ask the registry (pull Secret, certificate, proxy)', 'the list has the tag; the operator log has 401 or x509', 'the operator lists other tags of the same repository', 'registry-needs-credentials'],
    ]),
  }));
}; // prettier-ignore

const PRIVATE = { repository: 'registry.example.com/mellanox', forcePrecompiled: true };

export const precompiledLookupInDoubt = defineRule({
  id: RULE,
  title: 'No precompiled driver was found, or the registry could not be asked',
  severity: 'error',
  role: 'symptom',
  needs: ['nicClusterPolicy'],
  lines: { said: PRECOMPILED_WORDS },
  causedBy: ['registry-needs-credentials', 'registry-unreachable'],
  explain:
    'Up to release 25.4 the operator says that it found no precompiled tag also when it could not list the tags: without the pull Secret, behind a proxy, or with a certificate it does not trust. The list of tags, read with the same credentials, tells which it is.',
  sources: ['network-operator #1661, #1771'],
  check,
  remedy: (_, facts) => [
    { text: 'List the tags with the credentials of ofedDriver.imagePullSecrets; if the tag is there, mend the way of the operator to the registry.', command: `${facts.cli} logs -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} deployment/network-operator | grep -i -e tag -e registry` },
  ],
  cases: [
    { name: 'a private registry, of an unknown release', kind: 'broken', objects: [aPrecompiledPolicy(PRIVATE)], says: 'could not ask the registry' },
    { name: 'no such words', kind: 'healthy', objects: [aPrecompiledPolicy(PRIVATE, '')] },
    { name: 'no policy was looked at', kind: 'lacking', objects: [], texts: { 'network-operator-x.log': `ERROR ${PRECOMPILED_MESSAGE}\n` }, says: 'NicClusterPolicy' },
    { name: 'the public registry can be asked by all', kind: 'look-alike', objects: [aPrecompiledPolicy({ ...PRIVATE, repository: 'nvcr.io/nvidia/mellanox' })] },
    { name: 'the policy no longer insists', kind: 'look-alike', objects: [aPrecompiledPolicy({ ...PRIVATE, forcePrecompiled: false })] },
  ],
}); // prettier-ignore
