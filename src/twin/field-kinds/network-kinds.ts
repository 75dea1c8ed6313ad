/** Networks that pods are attached to: those of the SR-IOV operator, of the network operator, and what both render. */
import { AGE, column, type FieldKind } from './field-kind.ts';
import { between, fields, integer, listOf, oneOf, orElse, text } from './schema-words.ts';

const SRIOV = { group: 'sriovnetwork.openshift.io', version: 'v1', scope: 'Namespaced', status: fields({}) } as const;

const LINK_STATE = oneOf('auto', 'enable', 'disable');
const VLAN_ID = between(0, 4095);
const ON_OFF = oneOf('on', 'off');

const SRIOV_NETWORK: FieldKind = {
  ...SRIOV,
  plural: 'sriovnetworks',
  kind: 'SriovNetwork',
  spec: fields(
    {
      resourceName: text,
      networkNamespace: text,
      capabilities: text,
      ipam: text,
      metaPlugins: text,
      linkState: LINK_STATE,
      logFile: text,
      logLevel: orElse(oneOf('panic', 'error', 'warning', 'info', 'debug', ''), 'info'),
      maxTxRate: between(0),
      minTxRate: between(0),
      spoofChk: ON_OFF,
      trust: ON_OFF,
      vlan: between(0, 4096),
      vlanProto: oneOf('802.1q', '802.1Q', '802.1ad', '802.1AD'),
      vlanQoS: between(0, 7),
    },
    ['resourceName'],
  ),
};

const SRIOV_IB_NETWORK: FieldKind = {
  ...SRIOV,
  plural: 'sriovibnetworks',
  kind: 'SriovIBNetwork',
  spec: fields(
    {
      resourceName: text,
      networkNamespace: text,
      capabilities: text,
      ipam: text,
      metaPlugins: text,
      linkState: LINK_STATE,
    },
    ['resourceName'],
  ),
};

const OVS_NETWORK: FieldKind = {
  ...SRIOV,
  plural: 'ovsnetworks',
  kind: 'OVSNetwork',
  spec: fields(
    {
      resourceName: text,
      networkNamespace: text,
      bridge: text,
      capabilities: text,
      interfaceType: text,
      ipam: text,
      metaPlugins: text,
      mtu: integer,
      trunk: listOf(fields({ id: VLAN_ID, minID: VLAN_ID, maxID: VLAN_ID })),
      vlan: VLAN_ID,
    },
    ['resourceName'],
  ),
};

const MELLANOX = {
  group: 'mellanox.com',
  version: 'v1alpha1',
  scope: 'Cluster',
  columns: [column('Status', '.status.state'), AGE],
} as const;

const STATE = oneOf('notReady', 'ready', 'error');

const HOST_DEVICE_NETWORK: FieldKind = {
  ...MELLANOX,
  plural: 'hostdevicenetworks',
  kind: 'HostDeviceNetwork',
  spec: fields({ networkNamespace: text, resourceName: text, ipam: text }),
  status: fields(
    {
      state: STATE,
      reason: text,
      hostDeviceNetworkAttachmentDef: text,
      appliedStates: listOf(
        fields({ name: text, state: oneOf('ready', 'notReady', 'ignore', 'error'), message: text }, ['name', 'state']),
      ),
    },
    ['state'],
  ),
};

const MACVLAN_NETWORK: FieldKind = {
  ...MELLANOX,
  plural: 'macvlannetworks',
  kind: 'MacvlanNetwork',
  spec: fields({
    networkNamespace: text,
    master: text,
    mode: oneOf('bridge', 'private', 'vepa', 'passthru'),
    mtu: between(0),
    ipam: text,
  }),
  status: fields({ state: STATE, reason: text, macvlanNetworkAttachmentDef: text }, ['state']),
};

const IPOIB_NETWORK: FieldKind = {
  ...MELLANOX,
  plural: 'ipoibnetworks',
  kind: 'IPoIBNetwork',
  spec: fields({ networkNamespace: text, master: text, ipam: text }),
  status: fields({ state: STATE, reason: text, ipoibNetworkAttachmentDef: text }, ['state']),
};

const ATTACHMENT: FieldKind = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  scope: 'Namespaced',
  plural: 'network-attachment-definitions',
  kind: 'NetworkAttachmentDefinition',
  singular: 'network-attachment-definition',
  shortNames: ['net-attach-def'],
  spec: fields({ config: text }),
};

export const NETWORK_KINDS: readonly FieldKind[] = [
  SRIOV_NETWORK,
  SRIOV_IB_NETWORK,
  OVS_NETWORK,
  HOST_DEVICE_NETWORK,
  MACVLAN_NETWORK,
  IPOIB_NETWORK,
  ATTACHMENT,
];
