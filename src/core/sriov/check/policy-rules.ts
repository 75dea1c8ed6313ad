/** Traps of a policy alone, seen without any node. */
import { dig } from '../../model/dig.ts';
import { pciAddress } from '../../model/pci-address.ts';
import { isIgnoredPolicy, policyProblems } from '../network-node-policy.ts';
import type { SourcedPolicy, SriovWorld } from '../sriov-world.ts';
import { CHART_NICS, VENDOR_NVIDIA } from '../supported-nics.ts';
import { baseName, parsePfName } from '../vf-range.ts';
import { validateStatic } from '../webhook/validate-static.ts';
import type { CheckContext } from './check-context.ts';
import type { TrapSighting } from './trap-finding.ts';
import { showField } from './trap-finding.ts';
import type { TrapName } from './traps.ts';

/** The usual upper limit of NUM_OF_VFS (sriov.md 3.1); the webhook's own is 128. */
const FIRMWARE_LIMIT = 127;

type PolicyRule = (sourced: SourcedPolicy, world: SriovWorld) => readonly TrapSighting[];

const sight = ({ source }: SourcedPolicy, trap: TrapName, path: TrapSighting['path'], says: string): TrapSighting => ({
  trap,
  source,
  path,
  says,
});

const crd: PolicyRule = (sourced) =>
  policyProblems(sourced.source.object).map(({ path, problem }) =>
    sight(sourced, 'crd-refuses', path, `${showField(path)}: ${problem}`),
  );

const apiVersion: PolicyRule = (sourced) => {
  const found = sourced.source.object.apiVersion;
  return found === 'sriovnetwork.openshift.io/v1'
    ? []
    : [
        sight(
          sourced,
          'unknown-api-version',
          ['apiVersion'],
          `apiVersion ${found} is not known here and is read as v1`,
        ),
      ];
};

const ranges: PolicyRule = (sourced) =>
  sourced.policy.spec.nicSelector.pfNames.flatMap((entry, index) => {
    const parsed = parsePfName(entry);
    return parsed.ok
      ? []
      : [sight(sourced, 'range-stops-operator', ['spec', 'nicSelector', 'pfNames', index], parsed.fault.message)];
  });

/** Reported once by the rule that knows more about it. */
const isToldElsewhere = (path: TrapSighting['path'], { policy }: SourcedPolicy): boolean => {
  const [, , kind, index] = path;
  const entry = kind === 'pfNames' && typeof index === 'number' ? policy.spec.nicSelector.pfNames[index] : undefined;
  return entry !== undefined && !parsePfName(entry).ok;
};

const webhook: PolicyRule = (sourced, { nics }) => {
  const verdict = validateStatic(sourced.policy, { nics });
  if (verdict.accept || isToldElsewhere(verdict.path, sourced)) return [];
  const isModel = verdict.path.includes('vendor') || verdict.path.includes('deviceID');
  return [sight(sourced, isModel ? 'model-not-supported' : 'webhook-refuses', verdict.path, verdict.reason)];
};

const priority: PolicyRule = (sourced) =>
  dig(sourced.source.object, 'spec', 'priority') === undefined
    ? [sight(sourced, 'priority-missing', ['spec'], 'spec.priority is missing: 0 (strongest) without the mutating webhook, 99 (weakest) with it')]
    : []; // prettier-ignore

const rdma: PolicyRule = (sourced) => {
  const { linkType, deviceType, isRdma } = sourced.policy.spec;
  return linkType.toLowerCase() === 'ib' && deviceType !== 'vfio-pci' && !isRdma
    ? [
        sight(
          sourced,
          'rdma-missing',
          ['spec'],
          'linkType ib without isRdma: false without the mutating webhook, true with it',
        ),
      ]
    : [];
};

const namespace: PolicyRule = (sourced, world) => {
  const own = sourced.policy.namespace;
  return world.namespace === undefined || own === '' || own === world.namespace
    ? []
    : [
        sight(
          sourced,
          'other-namespace',
          ['metadata', 'namespace'],
          `it is in ${own}, the operator in ${world.namespace}`,
        ),
      ];
};

const isHexId = (id: string): boolean => /^[0-9a-f]{4}$/.test(id);

const forms: PolicyRule = (sourced) => {
  const { vendor, deviceID, rootDevices } = sourced.policy.spec.nicSelector;
  const ids = Object.entries({ vendor, deviceID }).filter(([, id]) => id !== '' && !isHexId(id));
  return [
    ...ids.map(([key, id]) =>
      sight(
        sourced,
        'selector-never-matches',
        ['spec', 'nicSelector', key],
        `${key} ${JSON.stringify(id)} matches no PF`,
      ),
    ),
    ...rootDevices.flatMap((address, index) => {
      const long = pciAddress(address);
      if (long === address) return [];
      const meant = long === undefined ? '' : `; meant is probably ${long}`;
      const path = ['spec', 'nicSelector', 'rootDevices', index];
      return [
        sight(sourced, 'selector-never-matches', path, `root device ${JSON.stringify(address)} matches no PF${meant}`),
      ];
    }),
  ];
};

const doubles: PolicyRule = (sourced) => {
  const { pfNames } = sourced.policy.spec.nicSelector;
  const names = pfNames.map(baseName);
  return pfNames.flatMap((entry, index) => {
    const first = names.indexOf(names[index] ?? '');
    if (first === index) return [];
    const says = `${JSON.stringify(entry)} has no effect: ${JSON.stringify(pfNames[first])} stands before it`;
    return [sight(sourced, 'second-range-ignored', ['spec', 'nicSelector', 'pfNames', index], says)];
  });
};

const numbers: PolicyRule = (sourced) => {
  const { numVfs, nicSelector } = sourced.policy.spec;
  const path = ['spec', 'numVfs'];
  if (numVfs === 0 && typeof dig(sourced.source.object, 'spec', 'numVfs') === 'number')
    return [sight(sourced, 'no-vfs', path, 'numVfs is 0')];
  const mayBeNvidia = nicSelector.vendor === '' || nicSelector.vendor === VENDOR_NVIDIA;
  return numVfs > FIRMWARE_LIMIT && mayBeNvidia
    ? [
        sight(
          sourced,
          'above-firmware-limit',
          path,
          `numVfs ${numVfs} is more than the usual limit of ${FIRMWARE_LIMIT}`,
        ),
      ]
    : [];
};

const vdpa: PolicyRule = (sourced) =>
  sourced.policy.spec.isRdma && sourced.policy.spec.vdpaType !== ''
    ? [sight(sourced, 'rdma-with-vdpa', ['spec', 'vdpaType'], `isRdma and vdpaType ${sourced.policy.spec.vdpaType} exclude each other`)]
    : []; // prettier-ignore

const sharedIds: PolicyRule = (sourced, { nics }) => {
  const { deviceID, pfNames, rootDevices } = sourced.policy.spec.nicSelector;
  const vf = nics.vfDeviceOf(deviceID);
  if (vf === undefined || pfNames.length + rootDevices.length > 0) return [];
  const others = CHART_NICS.filter((nic) => nic.vf === vf && nic.pf !== deviceID).map(({ pf }) => pf);
  return others.length === 0
    ? []
    : [
        sight(
          sourced,
          'vf-id-shared',
          ['spec', 'nicSelector', 'deviceID'],
          `VFs of ${deviceID} have the id ${vf}, as those of ${others.join(', ')}: the device plugin cannot tell them apart`,
        ),
      ];
};

const RULES: readonly PolicyRule[] = [
  apiVersion,
  namespace,
  ranges,
  webhook,
  priority,
  rdma,
  forms,
  doubles,
  numbers,
  vdpa,
  sharedIds,
];

/** One of the two stands within the other. */
const touch = (a: TrapSighting['path'], b: TrapSighting['path']): boolean =>
  a.slice(0, b.length).every((key, index) => key === b[index]);

const ofOne = (sourced: SourcedPolicy, world: SriovWorld): readonly TrapSighting[] => {
  if (isIgnoredPolicy(sourced.policy))
    return [sight(sourced, 'default-policy', ['metadata', 'name'], 'the policy has no effect')];
  const refused = crd(sourced, world);
  // What the API server refuses is read as not set, so what else is said about those fields would be about nothing.
  const others = RULES.flatMap((rule) => rule(sourced, world)).filter(
    ({ path }) => path.length === 1 || !refused.some((one) => touch(path, one.path)),
  );
  return [...refused, ...others];
};

const duplicates = (policies: readonly SourcedPolicy[]): readonly TrapSighting[] => {
  const seen = new Map<string, SourcedPolicy>();
  return policies.flatMap((sourced) => {
    const first = seen.get(sourced.policy.name);
    seen.set(sourced.policy.name, sourced);
    if (first === undefined) return [];
    const { source, line } = first.source.origin;
    const at = line === undefined ? source : `${source}:${line}`;
    return [sight(sourced, 'duplicate-policy', ['metadata', 'name'], `a policy of this name stands at ${at} already`)];
  });
};

export const policyRules = ({ world }: CheckContext): readonly TrapSighting[] => [
  ...duplicates(world.policies),
  ...world.policies.flatMap((sourced) => ofOne(sourced, world)),
];
