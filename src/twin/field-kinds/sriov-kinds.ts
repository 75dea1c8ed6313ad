/**
 * Kinds of the SR-IOV network operator, version sriovnetwork.openshift.io/v1, as the network operator 25.7.0 ships them.
 * Pools, policies and node states are read by core/sriov.
 */
import { column, type FieldKind } from './field-kind.ts';
import {
  between,
  countOrPercent,
  fields,
  flag,
  integer,
  labelSelector,
  listOf,
  mapOf,
  oneOf,
  orElse,
  text,
} from './schema-words.ts';

const SRIOV = { group: 'sriovnetwork.openshift.io', version: 'v1', scope: 'Namespaced' } as const;

const OVS_BRIDGE = fields({ datapathType: text, externalIDs: mapOf(text), otherConfig: mapOf(text) });
const OVS_INTERFACE = fields({
  externalIDs: mapOf(text),
  mtuRequest: integer,
  options: mapOf(text),
  otherConfig: mapOf(text),
  type: text,
});

const POLICY: FieldKind = {
  ...SRIOV,
  plural: 'sriovnetworknodepolicies',
  kind: 'SriovNetworkNodePolicy',
  spec: fields(
    {
      resourceName: text,
      nodeSelector: mapOf(text),
      nicSelector: fields({
        vendor: text,
        deviceID: text,
        pfNames: listOf(text),
        rootDevices: listOf(text),
        netFilter: text,
      }),
      numVfs: between(0),
      priority: between(0, 99),
      mtu: between(1),
      deviceType: orElse(oneOf('netdevice', 'vfio-pci'), 'netdevice'),
      isRdma: flag,
      needVhostNet: flag,
      linkType: oneOf('eth', 'ETH', 'ib', 'IB'),
      eSwitchMode: oneOf('legacy', 'switchdev'),
      vdpaType: oneOf('virtio', 'vhost'),
      externallyManaged: flag,
      excludeTopology: flag,
      bridge: fields({ ovs: fields({ bridge: OVS_BRIDGE, uplink: fields({ interface: OVS_INTERFACE }) }) }),
    },
    ['nicSelector', 'nodeSelector', 'numVfs', 'resourceName'],
  ),
  status: fields({}),
};

const BRIDGES = fields({
  ovs: listOf(
    fields(
      {
        name: text,
        bridge: OVS_BRIDGE,
        uplinks: listOf(fields({ name: text, pciAddress: text, interface: OVS_INTERFACE }, ['pciAddress'])),
      },
      ['name'],
    ),
  ),
});

const SYSTEM = fields({
  ovsConfig: orElse(mapOf(text), { 'hw-offload': 'true' }),
  rdmaMode: oneOf('shared', 'exclusive'),
});

const VF_GROUP = fields({
  deviceType: text,
  isRdma: flag,
  mtu: integer,
  policyName: text,
  resourceName: text,
  vdpaType: text,
  vfRange: text,
});

const VF = fields(
  {
    vfID: integer,
    pciAddress: text,
    name: text,
    driver: text,
    vendor: text,
    deviceID: text,
    mac: text,
    guid: text,
    mtu: integer,
    Vlan: integer,
    assigned: text,
    representorName: text,
    vdpaType: text,
  },
  ['pciAddress', 'vfID'],
);

const NODE_STATE: FieldKind = {
  ...SRIOV,
  plural: 'sriovnetworknodestates',
  kind: 'SriovNetworkNodeState',
  columns: [
    column('Sync Status', '.status.syncStatus'),
    column('Desired Sync State', '.metadata.annotations.sriovnetwork\\.openshift\\.io/desired-state'),
    column('Current Sync State', '.metadata.annotations.sriovnetwork\\.openshift\\.io/current-state'),
    column('Age', '.metadata.creationTimestamp', 'date'),
  ],
  spec: fields({
    bridges: BRIDGES,
    interfaces: listOf(
      fields(
        {
          name: text,
          pciAddress: text,
          numVfs: integer,
          mtu: integer,
          linkType: text,
          eSwitchMode: text,
          externallyManaged: flag,
          vfGroups: listOf(VF_GROUP),
        },
        ['pciAddress'],
      ),
    ),
    system: SYSTEM,
  }),
  status: fields({
    bridges: BRIDGES,
    interfaces: listOf(
      fields(
        {
          name: text,
          pciAddress: text,
          vendor: text,
          deviceID: text,
          driver: text,
          mac: text,
          mtu: integer,
          numVfs: integer,
          totalvfs: integer,
          linkType: text,
          linkSpeed: text,
          linkAdminState: text,
          eSwitchMode: text,
          netFilter: text,
          externallyManaged: flag,
          Vfs: listOf(VF),
        },
        ['pciAddress'],
      ),
    ),
    lastSyncError: text,
    syncStatus: text,
    system: SYSTEM,
  }),
};

const POOL_CONFIG: FieldKind = {
  ...SRIOV,
  plural: 'sriovnetworkpoolconfigs',
  kind: 'SriovNetworkPoolConfig',
  spec: fields({
    maxUnavailable: countOrPercent,
    nodeSelector: labelSelector,
    ovsHardwareOffloadConfig: fields({ name: text, otherConfig: orElse(mapOf(text), { 'hw-offload': 'true' }) }),
    rdmaMode: oneOf('shared', 'exclusive'),
  }),
  status: fields({}),
};

const OPERATOR_CONFIG: FieldKind = {
  ...SRIOV,
  plural: 'sriovoperatorconfigs',
  kind: 'SriovOperatorConfig',
  spec: fields({
    configDaemonNodeSelector: mapOf(text),
    configurationMode: oneOf('daemon', 'systemd'),
    disableDrain: flag,
    disablePlugins: listOf(oneOf('mellanox')),
    enableInjector: flag,
    enableOperatorWebhook: flag,
    enableOvsOffload: flag,
    featureGates: mapOf(flag),
    logLevel: between(0, 2),
    useCDI: flag,
  }),
  status: fields({ injector: text, operatorWebhook: text }),
};

export const SRIOV_KINDS: readonly FieldKind[] = [POLICY, NODE_STATE, POOL_CONFIG, OPERATOR_CONFIG];
