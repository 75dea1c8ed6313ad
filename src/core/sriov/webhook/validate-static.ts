/**
 * What the validating webhook checks of a policy alone, in upstream's order (pkg/webhook/validate.go,
 * staticValidateSriovNetworkNodePolicy). Nodes and other policies are left to validate-node.ts and validate-pair.ts.
 */
import type { PolicySpec, SriovNetworkNodePolicy } from '../network-node-policy.ts';
import { isEmptySelector } from '../nic-selector.ts';
import type { SupportedNics } from '../supported-nics.ts';
import { parseWhole } from '../vf-range.ts';
import { resourceNameProblem } from './resource-name.ts';
import { ACCEPT, refuse } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export interface StaticFacts {
  readonly nics: SupportedNics;
  /** Env DEV_MODE=TRUE: models outside of the list are let through. */
  readonly devMode?: boolean;
}

type Check = (policy: SriovNetworkNodePolicy, facts: StaticFacts) => Verdict | undefined;

/** An empty link type is none, and counts as neither. */
const isNotEthernet = ({ linkType }: PolicySpec): boolean => linkType !== '' && linkType.toLowerCase() !== 'eth';

const hasVdpa = ({ vdpaType }: PolicySpec): boolean => vdpaType === 'virtio' || vdpaType === 'vhost';

const checkName: Check = ({ spec }) => {
  const problem = resourceNameProblem(spec.resourceName);
  return problem === undefined ? undefined : refuse(problem, 'resourceName');
};

const checkSelector: Check = ({ name, spec }) =>
  isEmptySelector(spec.nicSelector)
    ? refuse(
        `at least one of these parameters (vendor, deviceID, pfNames, rootDevices or netFilter) has to be defined in nicSelector in CR ${name}`,
        'nicSelector',
      )
    : undefined;

const checkNetFilter: Check = ({ spec }) => {
  const { netFilter, vendor, deviceID, pfNames, rootDevices } = spec.nicSelector;
  if (netFilter === '') return undefined;
  if (vendor !== '' || deviceID !== '' || pfNames.length > 0 || rootDevices.length > 0)
    return refuse(
      'nicSelector fields vendor, deviceID, pfNames, and rootDevices are not allowed when netFilter is specified',
      'nicSelector',
    );
  if (spec.eSwitchMode !== '') return refuse('eSwitchMode is not supported when netFilter is specified', 'eSwitchMode');
  if (spec.ovs !== undefined)
    return refuse('bridge configuration is not supported when netFilter is specified', 'bridge');
  return isNotEthernet(spec)
    ? refuse(
        `linkType ${JSON.stringify(spec.linkType)} is not allowed when netFilter is specified, only 'eth' or 'ETH' are supported`,
        'linkType',
      )
    : undefined;
};

const checkModel: Check = ({ spec }, { nics, devMode }) => {
  const { vendor, deviceID } = spec.nicSelector;
  if (devMode === true) return undefined;
  if (vendor === '')
    return deviceID === '' || nics.hasDevice(deviceID)
      ? undefined
      : refuse(`device ${deviceID} is not supported`, 'nicSelector', 'deviceID');
  if (!nics.hasVendor(vendor)) return refuse(`vendor ${vendor} is not supported`, 'nicSelector', 'vendor');
  return deviceID === '' || nics.hasModel(vendor, deviceID)
    ? undefined
    : refuse(`vendor/device ${vendor}/${deviceID} is not supported`, 'nicSelector', 'deviceID');
};

const pfNameProblem = (entry: string, numVfs: number): string | undefined => {
  if (!entry.includes('#')) return undefined;
  const [, range = '', ...more] = entry.split('#');
  if (more.length > 0)
    return `failed to parse ${entry} PF name in nicSelector, probably incorrect separator character usage`;
  const [from = '', to, ...rest] = range.split('-');
  if (to === undefined || rest.length > 0)
    return `failed to parse ${entry} PF name nicSelector, probably incorrect range character usage`;
  const start = parseWhole(from);
  if (start === undefined) return `failed to parse ${entry} PF name nicSelector, start range is incorrect`;
  const end = parseWhole(to);
  if (end === undefined) return `failed to parse ${entry} PF name nicSelector, end range is incorrect`;
  if (end < start)
    return `failed to parse ${entry} PF name nicSelector, end range shall not be smaller than start range`;
  if (end >= numVfs) return `failed to parse ${entry} PF name nicSelector, end range exceeds the maximum VF index`;
  return undefined;
};

const checkPfNames: Check = ({ spec }) => {
  for (const [index, entry] of spec.nicSelector.pfNames.entries()) {
    const problem = pfNameProblem(entry, spec.numVfs);
    if (problem !== undefined) return refuse(problem, 'nicSelector', 'pfNames', index);
  }
  return undefined;
};

const checkRdma: Check = ({ spec }) =>
  spec.deviceType === 'vfio-pci' && spec.isRdma
    ? refuse(
        "'deviceType: vfio-pci' conflicts with 'isRdma: true'; Set 'deviceType' to (string)'netdevice' Or Set 'isRdma' to (bool)'false'",
        'isRdma',
      )
    : undefined;

const checkSwitchdev: Check = ({ spec }) =>
  isNotEthernet(spec) && spec.eSwitchMode === 'switchdev'
    ? refuse("'eSwitchMode: switchdev' can be used only with ethernet links", 'eSwitchMode')
    : undefined;

const checkVdpa: Check = ({ spec }) => {
  if (!hasVdpa(spec)) return undefined;
  if (spec.deviceType !== 'netdevice')
    return refuse(
      `'deviceType: ${spec.deviceType}' conflicts with '${spec.vdpaType}'; Set 'deviceType' to (string)'netdevice' Or Remove 'vdpaType'`,
      'vdpaType',
    );
  return spec.eSwitchMode === 'switchdev'
    ? undefined
    : refuse('vdpa requires the device to be configured in switchdev mode', 'vdpaType');
};

const checkBridge: Check = ({ spec }) => {
  if (spec.ovs === undefined) return undefined;
  if (spec.eSwitchMode !== 'switchdev')
    return refuse('software bridge management requires the device to be configured in switchdev mode', 'bridge');
  return spec.externallyManaged
    ? refuse("software bridge management can't be used when the device externally managed", 'bridge')
    : undefined;
};

const CHECKS: readonly Check[] = [
  checkName,
  checkSelector,
  checkNetFilter,
  checkModel,
  checkPfNames,
  checkRdma,
  checkSwitchdev,
  checkVdpa,
  checkBridge,
];

/** The first check that refuses decides. */
export const validateStatic: (policy: SriovNetworkNodePolicy, facts: StaticFacts) => Verdict = (policy, facts) => {
  for (const check of CHECKS) {
    const verdict = check(policy, facts);
    if (verdict !== undefined) return verdict;
  }
  return ACCEPT;
};
