/** SR-IOV objects for tests: the least that a case needs, and what it says over it. */
import type { KubeObject } from '../core/model/kube-object.ts';
import { emptySnapshot } from '../core/snapshot/snapshot.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';

const SRIOV = 'sriovnetwork.openshift.io/v1';
const NAMESPACE = 'network-operator';

type Fields = Readonly<Record<string, unknown>>;

const object = (apiVersion: string, kind: string, name: string, fields: Fields): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: NAMESPACE },
  ...fields,
});

/** A policy that no rule has anything against, for PF ens1f0np0 of aPf. */
export const aPolicy = (name: string, spec: Fields = {}): KubeObject =>
  object(SRIOV, 'SriovNetworkNodePolicy', name, {
    spec: {
      resourceName: name.replaceAll(/\W/g, ''),
      priority: 99,
      nodeSelector: {},
      nicSelector: { vendor: '15b3', pfNames: ['ens1f0np0'] },
      numVfs: 8,
      deviceType: 'netdevice',
      linkType: 'eth',
      ...spec,
    },
  });

/** An entry of status.interfaces: a ConnectX-7 whose firmware has 8 VFs. */
export const aPf = (fields: Fields = {}): Fields => ({
  name: 'ens1f0np0',
  altNames: ['ens1f0'],
  pciAddress: '0000:3b:00.0',
  vendor: '15b3',
  deviceID: '1021',
  driver: 'mlx5_core',
  mtu: 1500,
  totalvfs: 8,
  linkType: 'ETH',
  ...fields,
});

export const aNodeState = (name: string, interfaces: readonly Fields[] = [aPf()]): KubeObject =>
  object(SRIOV, 'SriovNetworkNodeState', name, { spec: {}, status: { interfaces } });

export const aNode = (
  name: string,
  labels: Readonly<Record<string, string>> = {},
  status: Fields = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  status,
});

export const aPoolConfig = (name: string, spec: Fields): KubeObject =>
  object(SRIOV, 'SriovNetworkPoolConfig', name, { spec });

export const anOperatorConfig = (spec: Fields = {}, name = 'default'): KubeObject =>
  object(SRIOV, 'SriovOperatorConfig', name, { spec });

/** A snapshot of these objects and host texts, each from a file of its own. */
export const snapshotOf = (objects: readonly KubeObject[], texts: Readonly<Record<string, string>> = {}): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((one) => ({
    object: one,
    origin: { source: `${one.kind}-${one.metadata.name}.yaml`, line: 1 },
  })),
  texts: Object.entries(texts).map(([source, text]) => ({
    kind: 'host',
    text,
    origin: { source },
    ...(source.includes('/') ? { node: source.slice(0, source.indexOf('/')) } : {}),
  })),
});
