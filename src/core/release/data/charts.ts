/** Written by scripts/release-data.ts; do not edit. Chart.yaml of each release and of its sub-charts. */
/* oxlint-disable max-lines */
import type { ChartRecord } from '../chart-record.ts';

export const CHARTS: readonly ChartRecord[] = [
  {
    release: '24.7.0',
    appVersion: 'v24.7.0',
    kubeVersion: '>= 1.21.0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.15.6', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
    ],
    subchartAppVersions: { 'node-feature-discovery': 'v0.15.6', 'sriov-network-operator': '1.2.0' },
  },
  {
    release: '24.10.1',
    appVersion: 'v24.10.1',
    kubeVersion: '>= 1.21.0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.15.6', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'nic-configuration-operator-chart', version: '0.0.1', condition: 'nicConfigurationOperator.enabled' },
    ],
    subchartAppVersions: {
      'nic-configuration-operator-chart': 'latest',
      'node-feature-discovery': 'v0.15.6',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '25.1.0',
    appVersion: 'v25.1.0',
    kubeVersion: '>= 1.21.0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.17.0', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'nic-configuration-operator-chart', version: '0.0.1', condition: 'nicConfigurationOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'nic-configuration-operator-chart': 'latest',
      'node-feature-discovery': 'v0.17.0',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '25.4.0',
    appVersion: 'v25.4.0',
    kubeVersion: '>= 1.21.0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.17.0', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'nic-configuration-operator-chart', version: '0.0.1', condition: 'nicConfigurationOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'nic-configuration-operator-chart': 'latest',
      'node-feature-discovery': 'v0.17.0',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '25.7.0',
    appVersion: 'v25.7.0',
    kubeVersion: '>= 1.21.0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.2.1', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'nic-configuration-operator-chart', version: '0.0.1', condition: 'nicConfigurationOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'nic-configuration-operator-chart': 'latest',
      'node-feature-discovery': 'master',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '25.10.0',
    appVersion: 'v25.10.0',
    kubeVersion: '>= 1.21.0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.2.1', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'node-feature-discovery': 'master',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '26.1.0',
    appVersion: 'v26.1.0',
    kubeVersion: '>= 1.21.0-0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.2.1', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'node-feature-discovery': 'master',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '26.1.1',
    appVersion: 'v26.1.1',
    kubeVersion: '>= 1.21.0-0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.2.1', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'node-feature-discovery': 'master',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '26.1.2',
    appVersion: 'v26.1.2',
    kubeVersion: '>= 1.21.0-0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.2.1', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'node-feature-discovery': 'master',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '26.4.0',
    appVersion: 'v26.4.0',
    kubeVersion: '>= 1.21.0-0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.2.1', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'node-feature-discovery': 'master',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '26.4.1',
    appVersion: 'v26.4.1',
    kubeVersion: '>= 1.21.0-0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.2.1', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'node-feature-discovery': 'master',
      'sriov-network-operator': '1.2.0',
    },
  },
  {
    release: '26.7.0-rc.2',
    appVersion: 'v26.7.0-rc.2',
    kubeVersion: '>= 1.32.0-0',
    dependencies: [
      { name: 'node-feature-discovery', version: '0.2.1', condition: 'nfd.enabled' },
      { name: 'sriov-network-operator', version: '0.1.0', condition: 'sriovNetworkOperator.enabled' },
      { name: 'maintenance-operator-chart', version: '0.0.1', condition: 'maintenanceOperator.enabled' },
    ],
    subchartAppVersions: {
      'maintenance-operator-chart': 'latest',
      'node-feature-discovery': 'master',
      'sriov-network-operator': '1.2.0',
    },
  },
];
