/** Sections of the NicClusterPolicy that have to go, and a policy that stands under a name that nobody reads. */
import { dig, digList, digText, isMap } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { NIC_CLUSTER_POLICIES } from '../../model/kube-resource.ts';
import { POLICY_NAME } from '../../nicpolicy/components.ts';
import { ok, type Result } from '../../result.ts';
import { createStep } from './create-step.ts';
import { cannot, type Fix, type FixAsked } from './fixer.ts';
import { patchStep } from './patch-step.ts';

const policyOf = ({ facts }: FixAsked): KubeObject | undefined => facts.object('NicClusterPolicy', POLICY_NAME)?.object;

export const fixRefusedRepoConfig = (asked: FixAsked): Result<Fix> => {
  const policy = policyOf(asked);
  const field = asked.problem.fingerprint.endsWith('certConfig') ? 'certConfig' : 'repoConfig';
  const at = `spec.ofedDriver.${field}`;
  if (policy === undefined || dig(policy, 'spec', 'ofedDriver', field) === undefined)
    return cannot(`The input does not show the policy that holds ${at}; kubectl get nicclusterpolicies -o yaml does.`);
  return ok({
    steps: [
      patchStep(
        policy,
        NIC_CLUSTER_POLICIES.plural,
        { spec: { ofedDriver: { [field]: null } } },
        {
          id: `without-${field.toLowerCase()}`,
          title: `Take ${at} out of the policy`,
          because: asked.problem.summary,
        },
      ),
    ],
    effects: [
      'changes of the driver section that waited behind it reach the nodes now: with autoUpgrade they are upgraded in turn',
      'a build that needs packages from that repository fails for want of them; a release that knows the distribution is then the way',
    ],
  });
};

/** Resources that the plug-in of the NicClusterPolicy offers; undefined where its configuration cannot be read. */
const offeredBy = (policy: KubeObject): readonly string[] | undefined => {
  const text = digText(policy, 'spec', 'sriovDevicePlugin', 'config');
  if (text === undefined) return [];
  try {
    const config: unknown = JSON.parse(text);
    return digList(config, 'resourceList').map((one) => digText(one, 'resourceName') ?? '?');
  } catch {
    return undefined;
  }
};

export const fixTwoOwners = (asked: FixAsked): Result<Fix> => {
  const policy = policyOf(asked);
  if (policy === undefined || !isMap(dig(policy, 'spec', 'sriovDevicePlugin')))
    return cannot(
      'The NicClusterPolicy of the input asks for no device plugin, so the second owner is another one; look at metadata.managedFields of the DaemonSet.',
    );
  const offered = offeredBy(policy);
  const given = new Set(
    asked.facts.objects('SriovNetworkNodePolicy').map(({ object }) => digText(object, 'spec', 'resourceName')),
  );
  const lost = offered?.filter((name) => !given.has(name));
  if (lost === undefined)
    return cannot(
      'The configuration in spec.sriovDevicePlugin cannot be read, so which resources would go away is not told.',
    );
  if (lost.length > 0)
    return cannot(
      `Only the plug-in of the NicClusterPolicy offers ${lost.join(', ')}, and taking it out takes that away from pods: move to release 25.1 or later, where both have names of their own, or give that resource a SriovNetworkNodePolicy first.`,
    );
  return ok({
    steps: [
      patchStep(
        policy,
        NIC_CLUSTER_POLICIES.plural,
        { spec: { sriovDevicePlugin: null } },
        {
          id: 'one-device-plugin',
          title: 'Take spec.sriovDevicePlugin out of the NicClusterPolicy',
          because: asked.problem.summary,
        },
      ),
    ],
    effects: [
      'the network operator deletes the DaemonSet, and the SR-IOV operator makes it again: for a minute nodes offer no VFs; pods that run keep theirs',
    ],
    restsOn: ['SriovNetworkNodePolicy'],
  });
};

export const fixPolicyName = (asked: FixAsked): Result<Fix> => {
  const policies = asked.facts.objects('NicClusterPolicy');
  const [only] = policies;
  if (only === undefined || policies.length > 1)
    return cannot('There are several NicClusterPolicies, and which of them is meant cannot be told.');
  if (dig(only.object, 'spec', 'ofedDriver') !== undefined)
    return cannot(
      `${only.object.metadata.name} has a driver section: under the right name it loads the driver on every node with an adapter at once, which is a roll-out to plan and no repair.`,
    );
  const { name } = only.object.metadata;
  const object: KubeObject = {
    apiVersion: only.object.apiVersion,
    kind: only.object.kind,
    metadata: { name: POLICY_NAME },
    spec: only.object['spec'],
  };
  return ok({
    steps: [
      createStep(object, NIC_CLUSTER_POLICIES.plural, asked.planName, {
        id: 'policy-by-its-name',
        title: `Create NicClusterPolicy ${POLICY_NAME} with the spec of ${name}`,
        because: asked.problem.summary,
      }),
    ],
    effects: [`the components of ${name} start; ${name} itself stays, owns nothing, and can be deleted later`],
  });
};
