/** Kinds of cases-sriov.yaml that core/sriov answers: the functions behind `sriov render` and `sriov check`. */
import { applyPolicy, draftsOf, specsOf } from '../../../core/sriov/apply-policy.ts';
import type { ResourceConfig } from '../../../core/sriov/device-plugin-config.ts';
import type { DrainNode } from '../../../core/sriov/drain/drain-controller.ts';
import { drainPass } from '../../../core/sriov/drain/drain-controller.ts';
import { settle } from '../../../core/sriov/drain/follow-acts.ts';
import type { DrainWorld } from '../../../core/sriov/drain/follow-acts.ts';
import { extendedResource, verifyResources } from '../../../core/sriov/extended-resources.ts';
import { updateNeeded } from '../../../core/sriov/needs-update.ts';
import { readPolicySpec } from '../../../core/sriov/network-node-policy.ts';
import type { SriovNetworkNodePolicy } from '../../../core/sriov/network-node-policy.ts';
import { readInterfaceSpec, readInterfaceStatus } from '../../../core/sriov/network-node-state.ts';
import type { InterfaceSpec, InterfaceStatus } from '../../../core/sriov/network-node-state.ts';
import { nameResolver, resolvePfNames } from '../../../core/sriov/nic-selector.ts';
import { maxUnavailable, readPoolConfig } from '../../../core/sriov/pool-config.ts';
import { preparePolicy } from '../../../core/sriov/prepared-policy.ts';
import { policyRenderer } from '../../../core/sriov/render-policies.ts';
import { CHART_NICS, supportedNics } from '../../../core/sriov/supported-nics.ts';
import { mutatePolicy } from '../../../core/sriov/webhook/mutate-policy.ts';
import { resourceNameProblem } from '../../../core/sriov/webhook/resource-name.ts';
import { validateOnNode } from '../../../core/sriov/webhook/validate-node.ts';
import { validatePair } from '../../../core/sriov/webhook/validate-pair.ts';
import { validateStatic } from '../../../core/sriov/webhook/validate-static.ts';
import type { Verdict } from '../../../core/sriov/webhook/verdict.ts';
import { dig, digFlag, digList, digMap, digNumber, digText, digTexts } from '../../../core/model/dig.ts';
import type { CaseContext, CaseKinds, JsonObject } from '../case-kind.ts';
import { Matcher } from '../matcher.ts';
import { exactly, inAnyOrder } from '../matchers.ts';

const nics = supportedNics(CHART_NICS);

const policyOf = (value: unknown): SriovNetworkNodePolicy => ({
  name: digText(value, 'name') ?? '',
  namespace: '',
  spec: readPolicySpec(dig(value, 'spec')),
});

/** A case names its node by a fixture, or lists the PFs itself. */
const interfacesOf = (given: JsonObject, { file }: CaseContext): readonly InterfaceStatus[] => {
  const named = digText(given, 'interfacesRef');
  const listed = named === undefined ? digList(given, 'interfaces') : digList(file, 'fixtures', named);
  return listed.map(readInterfaceStatus);
};

/** Keys that upstream leaves out must be missing in the expectation too. */
const exactInterface = (spec: InterfaceSpec): Matcher =>
  exactly({ ...spec, ...(spec.vfGroups === undefined ? {} : { vfGroups: spec.vfGroups.map(exactly) }) });

const exactResource = (resource: ResourceConfig): Matcher =>
  exactly({ ...resource, selectors: exactly(resource.selectors) });

const answerOf = (verdict: Verdict): Record<string, unknown> =>
  verdict.accept ? { accept: true } : { accept: false, reasonContains: verdict.reason };

const drainWorld = (given: JsonObject): DrainWorld => {
  const externalDrainer = digFlag(given, 'useExternalDrainer') === true;
  const names = Array.from({ length: digNumber(given, 'nodes') ?? 0 }, (_, index) => `node${index + 1}`);
  const requests = digTexts(given, 'requests');
  return {
    cordoned: new Set(),
    nodes: names.map((name): DrainNode => ({
      name,
      labels: { name },
      request: requests[name] ?? 'Idle',
      nodeState: {
        desired: requests[name] ?? 'Idle',
        current: 'Idle',
        ...(externalDrainer ? { externalDrainer } : {}),
      },
    })),
    pools: digList(given, 'pools').map((pool) => ({
      ...readPoolConfig({ spec: pool }),
      nodeSelector: [{ key: 'name', operator: 'In', values: digList(pool, 'selects').map(String) }],
    })),
  };
};

const inDrain = ({ nodes }: DrainWorld): number =>
  nodes.filter(({ nodeState }) => nodeState?.current === 'Draining' || nodeState?.current === 'DrainComplete').length;

/** The most nodes that were ever draining or drained at once; an expectation is a limit on it. */
const atMost = (peak: number): Matcher =>
  new Matcher(
    `at most ${peak} at once`,
    (limit) =>
      typeof limit === 'number' && peak <= limit
        ? undefined
        : `${peak} nodes at once, expected at most ${JSON.stringify(limit)}`,
    () => [peak - 1],
  );

const drainAnswer = (given: JsonObject): Record<string, unknown> => {
  const start = drainWorld(given);
  let peak = 0;
  const end = settle(start, (world) => {
    peak = Math.max(peak, inDrain(world));
  });
  const faults = end.nodes.map((node) => drainPass(node, end)).filter((pass) => !pass.ok);
  return {
    current: Object.fromEntries(end.nodes.map(({ name, nodeState }) => [name, nodeState?.current])),
    cordoned: inAnyOrder([...end.cordoned]),
    drainComplete: end.nodes.filter(({ nodeState }) => nodeState?.current === 'DrainComplete').length,
    atMostDraining: atMost(peak),
    ...(faults[0] === undefined ? {} : { error: faults[0].fault.message }),
  };
};

export const roomKinds: CaseKinds = {
  'kind:apply': {
    answer: ({ given }, context) => {
      const drafts = draftsOf(digList(given, 'existingSpec').map(readInterfaceSpec));
      const policy = preparePolicy(policyOf(given['policy']));
      const fault = applyPolicy(drafts, interfacesOf(given, context), policy, digFlag(given, 'equalPriority') === true);
      return fault === undefined ? { interfaces: specsOf(drafts).map(exactInterface) } : { error: true };
    },
  },
  'kind:render': {
    answer: ({ given }, context) => {
      const render = policyRenderer(digList(given, 'policies').map(policyOf), { nics });
      const { spec, resourceList } = render({
        labels: digTexts(given, 'nodeLabels'),
        interfaces: interfacesOf(given, context),
      });
      if (!resourceList.ok || (spec !== 'kept' && !spec.ok)) return { error: true };
      return {
        interfaces: spec === 'kept' ? [] : (spec.value.interfaces ?? []).map(exactInterface),
        resourceList: resourceList.value.map(exactResource),
      };
    },
  },
  'kind:extended-resource': {
    answer: ({ given }) => ({
      extendedResource: extendedResource(digText(given, 'resourcePrefix') ?? '', digText(given, 'resourceName') ?? ''),
    }),
  },
  'kind:verify-resources': {
    answer: ({ given }) => {
      const expected = Object.entries(digMap(given, 'expected')).map(([name, count]) => [name, Number(count)] as const);
      const { ok, missing, short, surplus } = verifyResources(new Map(expected), digMap(given, 'allocatable'));
      return { ok, missing: inAnyOrder(missing), short: inAnyOrder(short), surplus: inAnyOrder(surplus) };
    },
  },
  'kind:resolve-pfnames': {
    answer: ({ given }, context) => ({
      pfNames: resolvePfNames(digList(given, 'pfNames').map(String), nameResolver(interfacesOf(given, context))),
    }),
  },
  'kind:validate-static': {
    answer: ({ given }) =>
      answerOf(validateStatic(policyOf(given['policy']), { nics, devMode: digFlag(given, 'devMode') === true })),
  },
  'kind:validate-node': {
    answer: ({ given }, context) => {
      const providerId = digText(given, 'providerID');
      const { verdict, interfaceSelected } = validateOnNode(policyOf(given['policy']), {
        interfaces: interfacesOf(given, context),
        nics,
        ...(providerId === undefined ? {} : { providerId }),
      });
      return { ...answerOf(verdict), interfaceSelected };
    },
  },
  'kind:validate-pair': {
    answer: ({ given }, context) =>
      answerOf(
        validatePair(
          policyOf(given['policy']),
          policyOf(given['against']),
          nameResolver(digFlag(given, 'withNodeState') === true ? interfacesOf(given, context) : []),
        ),
      ),
  },
  'kind:validate-resource-name': {
    answer: ({ given }) => {
      const problem = resourceNameProblem(digText(given, 'resourceName') ?? '');
      return problem === undefined ? { accept: true } : { accept: false, reasonContains: problem };
    },
  },
  'kind:mutate': {
    answer: ({ given }) => {
      const { spec } = mutatePolicy({ metadata: { name: digText(given, 'name') ?? 'policy' }, spec: given['spec'] });
      return { spec: exactly(spec) };
    },
  },
  'kind:max-unavailable': {
    answer: ({ given }) => {
      const allowed = maxUnavailable(given['maxUnavailable'], digNumber(given, 'nodes') ?? 0);
      return allowed.ok ? { allowed: allowed.value } : { error: true };
    },
  },
  'kind:needs-update': {
    answer: ({ given }) => ({
      update: updateNeeded(readInterfaceSpec(given['spec']), readInterfaceStatus(given['status'])) !== undefined,
    }),
  },
  'kind:drain': { answer: ({ given }) => drainAnswer(given) },
};
