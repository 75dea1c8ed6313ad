/**
 * Where values went that releases stopped reading: to another value, to a field of the NicClusterPolicy, or nowhere
 * (reference page network-operator.md 2.2, 2.3). Data; ignored-keys.ts finds which of them a file uses.
 */
import { compareVersions } from './version.ts';

export interface KeyMove {
  readonly key: string;
  /** The first release that no longer reads it. */
  readonly gone: string;
  /** The value that replaces it, in the same values file. */
  readonly value?: string;
  /** The field of the NicClusterPolicy that replaces it. */
  readonly field?: string;
  readonly because: string;
}

const byHand = 'the chart renders no NicClusterPolicy any more; you write the object yourself';

// prettier-ignore
export const KEY_MOVES: readonly KeyMove[] = [
  { key: 'psp', gone: '24.1.0', because: 'pod security policies are no longer deployed' },
  { key: 'deployCR', gone: '24.10.0', because: byHand },
  { key: 'ofedDriver.initContainer', gone: '24.10.0', value: 'operator.ofedDriver.initContainer', because: 'the init container became a setting of the operator' },
  { key: 'ofedDriver', gone: '24.10.0', field: 'spec.ofedDriver', because: byHand },
  { key: 'rdmaSharedDevicePlugin', gone: '24.10.0', field: 'spec.rdmaSharedDevicePlugin', because: byHand },
  { key: 'sriovDevicePlugin', gone: '24.10.0', field: 'spec.sriovDevicePlugin', because: byHand },
  { key: 'ibKubernetes', gone: '24.10.0', field: 'spec.ibKubernetes', because: byHand },
  { key: 'nvIpam', gone: '24.10.0', field: 'spec.nvIpam', because: byHand },
  { key: 'secondaryNetwork.ipamPlugin', gone: '24.10.0', field: 'spec.secondaryNetwork.ipamPlugin up to 25.7, spec.nvIpam from 25.10', because: byHand },
  { key: 'secondaryNetwork', gone: '24.10.0', field: 'spec.secondaryNetwork', because: `${byHand}, and nothing else deploys multus and the CNI plugins` },
  { key: 'nicFeatureDiscovery', gone: '24.10.0', field: 'spec.nicFeatureDiscovery', because: byHand },
  { key: 'docaTelemetryService', gone: '24.10.0', field: 'spec.docaTelemetryService', because: byHand },
  { key: 'nodeAffinity', gone: '24.10.0', field: 'spec.nodeAffinity', because: byHand },
  { key: 'tolerations', gone: '24.10.0', field: 'spec.tolerations', because: byHand },
  { key: 'nicConfigurationOperator', gone: '25.10.0', field: 'spec.nicConfigurationOperator', because: 'the sub-chart was deprecated in 25.4 and removed; the component lives on in the NicClusterPolicy' },
  { key: 'nic-configuration-operator-chart', gone: '25.10.0', field: 'spec.nicConfigurationOperator', because: 'the sub-chart was deprecated in 25.4 and removed; the component lives on in the NicClusterPolicy' },
];

/** The move that explains why a release does not read a key: the longest one that covers it. */
export const moveOf = (path: string, release: string): KeyMove | undefined =>
  KEY_MOVES.filter(
    ({ key, gone }) => (path === key || path.startsWith(`${key}.`)) && compareVersions(gone, release) <= 0,
  )
    .sort((a, b) => b.key.length - a.key.length)
    .at(0);
