/** The operator makes no driver DaemonSet, since the precompiled image that the policy insists on is not found. */
import { dig, digText } from '../../../model/dig.ts';
import { candidatesBy } from '../../candidates.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { compareVersions } from '../../../release/version.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { aNicClusterPolicy } from '../world-operator.ts';

const RULE = 'precompiled-driver-not-found';
const WORDS = /ForcePrecompiled is enabled and precompiled (?:tag|image) was not found(?::\s*(?<tag>[\w.+-]+))?/i;
/** Before, a registry that could not be asked looked like one without the tag (network-operator PR #1661). */
const TELLS_APART = '25.7.0';

/** The error stands only while the policy still insists. */
const insists = (facts: Facts): boolean =>
  facts
    .objects('NicClusterPolicy')
    .every(({ object }) => dig(object, 'spec', 'ofedDriver', 'forcePrecompiled') !== false);

const check = (facts: Facts): readonly Statement[] => {
  const release = operatorRelease(facts)?.version;
  const policy = facts.objects('NicClusterPolicy')[0];
  const repository = digText(policy?.object, 'spec', 'ofedDriver', 'repository') ?? '';
  const isSure = (release !== undefined && compareVersions(release, TELLS_APART) >= 0) || repository.startsWith('nvcr.io/nvidia/');
  const found = sayings(said(facts, `${RULE}/said`, WORDS), { over: () => !insists(facts), clear: 'the policy no longer insists on a precompiled driver' }, (one) => ({
    scope: {},
    because: isSure
      ? `No driver is deployed: the policy insists on a precompiled driver (forcePrecompiled), and ${repository === '' ? 'the registry' : repository} has none for this version and kernel${one.groups['tag'] === undefined ? '' : ` (${one.groups['tag']})`}`
      : `No driver is deployed: the operator found no precompiled driver${one.groups['tag'] === undefined ? '' : ` ${one.groups['tag']}`}${repository === '' ? '' : ` in ${repository}`}, and this release says so too when it could not ask the registry`,
    confidence: isSure ? 'likely' : 'possible',
    sameAs: 'precompiled',
    evidence: policy === undefined ? [] : [fieldEvidence(policy, ['spec', 'ofedDriver', 'forcePrecompiled']), fieldEvidence(policy, ['spec', 'ofedDriver', 'repository'])],
    candidates: candidatesBy({ fact: 'which driver tags the registry lists', settle: `skopeo list-tags docker://${repository === '' ? 'REPOSITORY' : repository}/${digText(policy?.object, 'spec', 'ofedDriver', 'image') ?? 'doca-driver'} | grep ${one.groups['tag'] ?? 'KERNEL'}` }, [
      ['no such tag was ever made', 'the list lacks it', 'the list has it'],
      ['the operator may not ask the registry (pull Secret, certificate, proxy)', 'the list has the tag; the operator log has 401 or x509', 'the operator lists other tags of the same repository'],
    ]),
  }));
  return found.length > 0 || policy === undefined ? found : [{ says: 'clear', scope: {}, saw: 'the operator misses no precompiled driver' }];
}; // prettier-ignore

const MESSAGE =
  'failed to create k8s objects from manifest: failed to render objects: ForcePrecompiled is enabled and precompiled tag was not found: 25.04-0.6.1.0-2-5.15.0-130-generic-ubuntu22.04-amd64';
const policy = (spec: Readonly<Record<string, unknown>>, message = MESSAGE) =>
  aNicClusterPolicy(
    { ofedDriver: { image: 'doca-driver', version: '25.04-0.6.1.0-2', ...spec } },
    { state: 'notReady', appliedStates: [{ name: 'state-OFED', state: 'error', message }] },
  );

export const precompiledDriverNotFound = defineRule({
  id: RULE,
  title: 'The precompiled driver that the policy insists on is not found',
  severity: 'error',
  role: 'cause',
  needs: ['nicClusterPolicy'],
  lines: { said: WORDS },
  explain:
    'With forcePrecompiled the operator lists the tags of the driver image and wants VERSION-KERNEL-OS-ARCH among them; without it, it makes no DaemonSet at all. Up to release 25.4 a list that could not be had counted as an empty one, so a missing pull Secret or certificate looks the same.',
  sources: ['reference network-operator.md 1.9', 'network-operator #1322, #1661, #1771'],
  check,
  remedy: (_, facts) => [
    { text: 'See whether the tag is there with the credentials and certificates of the operator.', command: `${facts.cli} logs -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} deployment/network-operator | grep -i -e tag -e registry` },
    { text: 'Build and push the image for this kernel, boot a kernel that has one, or set forcePrecompiled to false so that the driver is built on the node.', risk: 'building on the node takes up to 12 minutes and needs packages from outside' },
  ],
  cases: [
    { name: 'the public registry has none', kind: 'broken', objects: [policy({ repository: 'nvcr.io/nvidia/mellanox', forcePrecompiled: true })], says: 'has none for this version and kernel' },
    { name: 'no such words', kind: 'healthy', objects: [policy({ repository: 'nvcr.io/nvidia/mellanox', forcePrecompiled: true }, '')] },
    { name: 'no policy was looked at', kind: 'lacking', objects: [], texts: { 'network-operator-x.log': `ERROR ${MESSAGE}\n` }, says: 'NicClusterPolicy' },
    { name: 'the policy no longer insists', kind: 'look-alike', objects: [policy({ repository: 'nvcr.io/nvidia/mellanox', forcePrecompiled: false })] },
  ],
}); // prettier-ignore
