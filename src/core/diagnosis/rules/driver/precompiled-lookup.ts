/** What the operator said of a precompiled driver that it did not find, and whether it can have asked the registry at all. */
import { dig, digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { compareVersions } from '../../../release/version.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { said, type Said } from '../../said.ts';
import { aNicClusterPolicy } from '../world-operator.ts';

export const PRECOMPILED_WORDS =
  /ForcePrecompiled is enabled and precompiled (?:tag|image) was not found(?::\s*(?<tag>[\w.+-]+))?/i;
/** Before, a registry that could not be asked looked like one without the tag (network-operator PR #1661). */
const TELLS_APART = '25.7.0';

interface PrecompiledLookup {
  readonly policy: SnapshotObject | undefined;
  /** Empty where the policy names none. */
  readonly repository: string;
  readonly image: string;
  readonly said: readonly Said[];
  /** The policy stopped insisting: what was said is history. */
  readonly isOver: boolean;
  /** The release tells a refusal from an empty answer, or the registry is open to all. */
  readonly wasAsked: boolean;
  readonly evidence: readonly Evidence[];
}

/** `rule` is the one whose pattern `said` is PRECOMPILED_WORDS. */
export const precompiledLookup = (facts: Facts, rule: string): PrecompiledLookup => {
  const policies = facts.objects('NicClusterPolicy');
  const [policy] = policies;
  const release = operatorRelease(facts)?.version;
  const repository = digText(policy?.object, 'spec', 'ofedDriver', 'repository') ?? '';
  return {
    policy,
    repository,
    image: digText(policy?.object, 'spec', 'ofedDriver', 'image') ?? 'doca-driver',
    said: said(facts, `${rule}/said`, PRECOMPILED_WORDS),
    isOver: policies.some(({ object }) => dig(object, 'spec', 'ofedDriver', 'forcePrecompiled') === false),
    wasAsked:
      (release !== undefined && compareVersions(release, TELLS_APART) >= 0) || repository.startsWith('nvcr.io/nvidia/'),
    evidence:
      policy === undefined
        ? []
        : [
            fieldEvidence(policy, ['spec', 'ofedDriver', 'forcePrecompiled']),
            fieldEvidence(policy, ['spec', 'ofedDriver', 'repository']),
          ],
  };
};

/** The command that shows which driver tags the registry has. */
export const listTags = ({ repository, image }: PrecompiledLookup, tag: string | undefined): string =>
  `skopeo list-tags docker://${repository === '' ? 'REPOSITORY' : repository}/${image} | grep ${tag ?? 'KERNEL'}`;

/** For the rules' cases: a policy whose driver the operator refused to deploy. */
export const PRECOMPILED_MESSAGE =
  'failed to create k8s objects from manifest: failed to render objects: ForcePrecompiled is enabled and precompiled tag was not found: 25.04-0.6.1.0-2-5.15.0-130-generic-ubuntu22.04-amd64';
export const aPrecompiledPolicy = (spec: Readonly<Record<string, unknown>>, message = PRECOMPILED_MESSAGE) =>
  aNicClusterPolicy(
    { ofedDriver: { image: 'doca-driver', version: '25.04-0.6.1.0-2', ...spec } },
    { state: 'notReady', appliedStates: [{ name: 'state-OFED', state: 'error', message }] },
  );
