/** Fields of SriovNetworkNodePolicies whose right value is certain: a priority, a link type, ports that were renamed. */
import type { Facts } from '../../diagnosis/facts.ts';
import { dig, digList, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { SRIOV_POLICIES } from '../../model/kube-resource.ts';
import { ok, type Result } from '../../result.ts';
import { cannot, type Fix, type FixAsked } from './fixer.ts';
import { patchStep } from './patch-step.ts';

const REST_ON_POOLS = ['SriovNetworkPoolConfig'];
const TAKES_EFFECT =
  'the operator sets VFs up anew where the policy changes them: pods lose those VFs, and nodes may be drained, as many at once as their pool allows';

/** `policy-priority-missing/overridden SriovNetworkNodePolicy wide`: the last word names the policy. */
const policyOf = ({ facts, problem }: FixAsked): KubeObject | undefined =>
  facts.object('SriovNetworkNodePolicy', problem.fingerprint.split(' ').at(-1) ?? '')?.object;

export const fixPriority = (asked: FixAsked): Result<Fix> => {
  const policy = policyOf(asked);
  if (policy === undefined || dig(policy, 'spec', 'priority') !== undefined)
    return cannot(
      'The input does not show the policy that has no priority; kubectl get sriovnetworknodepolicies -A -o yaml does.',
    );
  const { name } = policy.metadata;
  return ok({
    steps: [
      patchStep(
        policy,
        SRIOV_POLICIES.plural,
        { spec: { priority: 99 } },
        {
          id: `priority-of-${name}`,
          title: `Give policy ${name} the priority 99, which the webhook would have written`,
          because: asked.problem.summary,
        },
      ),
    ],
    effects: [TAKES_EFFECT],
    restsOn: REST_ON_POOLS,
  });
};

export const fixLinkType = ({ facts, problem }: FixAsked): Result<Fix> => {
  if (!problem.fingerprint.endsWith('/IB '))
    return cannot(
      'Either the policy or the port has the wrong link type, and which is meant only the switch at the other end tells: take linkType out of the policy, or set LINK_TYPE_Pn in the firmware of the port.',
    );
  const names = new Set(
    problem.scopes.flatMap(({ node, pci }) =>
      (facts.node(node ?? '')?.nodeState?.wanted ?? [])
        .filter((wanted) => wanted.pci === pci)
        .flatMap(({ groups }) => groups.map(({ policyName }) => policyName)),
    ),
  );
  const policies = [...names].flatMap((name) => facts.object('SriovNetworkNodePolicy', name)?.object ?? []);
  if (policies.length === 0)
    return cannot(
      'The input does not show the policy of these ports; kubectl get sriovnetworknodepolicies -A -o yaml does.',
    );
  // A policy that takes an Ethernet port too cannot be for InfiniBand.
  const mixed = policies.find(({ metadata: { name } }) => takes(facts, name, 'ETH'));
  if (mixed !== undefined)
    return cannot(
      `Policy ${mixed.metadata.name} also takes Ethernet ports; split it into one policy for each link type.`,
    );
  return ok({
    steps: policies.map((policy) => {
      const isVfio = digText(policy, 'spec', 'deviceType') === 'vfio-pci';
      return patchStep(
        policy,
        SRIOV_POLICIES.plural,
        { spec: { linkType: 'ib', ...(!isVfio && { isRdma: true }) } },
        {
          id: `link-type-of-${policy.metadata.name}`,
          title: `Say in policy ${policy.metadata.name} that its ports are InfiniBand (linkType: ib${isVfio ? '' : ', isRdma: true'})`,
          because: problem.summary,
        },
      );
    }),
    effects: [TAKES_EFFECT],
    restsOn: REST_ON_POOLS,
  });
};

const takes = (facts: Facts, policy: string, linkType: string): boolean =>
  facts.nodes.some((node) => {
    const state = facts.node(node)?.nodeState;
    return state?.wanted.some(
      ({ pci, groups }) =>
        groups.some(({ policyName }) => policyName === policy) &&
        state.seen.find((seen) => seen.pci === pci)?.linkType === linkType,
    );
  });

/** The name that a newer kernel gives the same port: `ens7f0` is `ens7f0np0`. Undefined where that is not certain. */
const renamed = (entry: string, seen: ReadonlySet<string>): string | undefined => {
  const [name = '', range] = entry.split('#');
  const found = [...seen].filter((one) => one.startsWith(`${name}np`) && /^\d+$/.test(one.slice(name.length + 2)));
  const [only] = found;
  return seen.has(name) || found.length !== 1 || only === undefined
    ? undefined
    : `${only}${range === undefined ? '' : `#${range}`}`;
};

export const fixRenamedPorts = (asked: FixAsked): Result<Fix> => {
  const policy = policyOf(asked);
  const names = digList(policy, 'spec', 'nicSelector', 'pfNames').filter((name) => typeof name === 'string');
  const seen = new Set(
    asked.facts.nodes.flatMap((node) =>
      (asked.facts.node(node)?.nodeState?.seen ?? []).flatMap(({ name }) => name ?? []),
    ),
  );
  const wanted = names.map((name) => renamed(name, seen));
  if (policy === undefined || names.length === 0 || wanted.includes(undefined))
    return cannot(
      'What the policy was meant to select cannot be told from what it says: only ports that a newer kernel renamed (ens7f0 to ens7f0np0) have a certain name.',
    );
  return ok({
    steps: [
      patchStep(
        policy,
        SRIOV_POLICIES.plural,
        { spec: { nicSelector: { pfNames: wanted } } },
        {
          id: `ports-of-${policy.metadata.name}`,
          title: `Name the ports of policy ${policy.metadata.name} as the nodes have them: ${wanted.join(', ')}`,
          because: asked.problem.summary,
        },
      ),
    ],
    effects: [
      'the policy takes effect: VFs are made, firmware may be written, and nodes may be drained and restarted, as many at once as their pool allows',
    ],
    restsOn: REST_ON_POOLS,
  });
};
