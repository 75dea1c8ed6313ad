/**
 * Which pods lose something when NICs of their node change: by the resources they ask for, by their networks, and what
 * the API cannot show (reference page section 5.6).
 */
import { dig, digFlag, digList, digMap, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';

/** What is done to the node; decides which pods have to go. */
export const DRAIN_PURPOSES = ['vf-change', 'driver-reload', 'restart'] as const;

export type DrainPurpose = (typeof DRAIN_PURPOSES)[number];

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const RESOURCE_NAME = 'k8s.v1.cni.cncf.io/resourceName';

/** Prefixes under which device plug-ins offer NICs, and what under them is none. */
const NIC_PREFIXES = ['nvidia.com/', 'rdma/', 'mellanox.com/', 'openshift.io/'];
const NOT_NICS = /^nvidia\.com\/(?:gpu|mig-|pgpu|vgpu)/;

/** RDMA devices shared by all pods of a node: they sit on the PF and outlive a change of its VFs. */
const SHARED_RDMA = /^rdma\//;

/** What is known of the cluster's NIC resources beyond their usual names. */
export interface NicResources {
  /** Full names, `nvidia.com/resibp24s0`. */
  readonly vfs: ReadonlySet<string>;
  /** Networks by `namespace/name` and the resource each needs; one without a resource uses no VF. */
  readonly networks: ReadonlyMap<string, string | undefined>;
}

export const NO_NIC_RESOURCES: NicResources = { vfs: new Set(), networks: new Map() };

const isNicResource = (name: string, { vfs }: NicResources): boolean =>
  vfs.has(name) || (NIC_PREFIXES.some((prefix) => name.startsWith(prefix)) && !NOT_NICS.test(name));

/** Resources asked for by any container. */
const resourcesOf = (pod: KubeObject): readonly string[] =>
  ['containers', 'initContainers'].flatMap((list) =>
    digList(pod, 'spec', list).flatMap((container) => [
      ...Object.keys(digMap(container, 'resources', 'requests')),
      ...Object.keys(digMap(container, 'resources', 'limits')),
    ]),
  );

/** `ns/name` of each network in the annotation: `a, b@net1, other/c`, or the JSON form. */
export const networksOf = (pod: KubeObject): readonly string[] => {
  const text = digText(pod, 'metadata', 'annotations', NETWORKS)?.trim() ?? '';
  const home = pod.metadata.namespace ?? 'default';
  if (text === '') return [];
  if (text.startsWith('[')) {
    try {
      const read: unknown = JSON.parse(text);
      return (Array.isArray(read) ? read : []).map(
        (entry) => `${digText(entry, 'namespace') ?? home}/${digText(entry, 'name') ?? ''}`,
      );
    } catch {
      return [`${home}/${text}`];
    }
  }
  return text.split(',').map((part) => {
    const name = part.trim().split('@')[0] ?? '';
    return name.includes('/') ? name : `${home}/${name}`;
  });
};

/** Why a pod is touched, as the end of `it ...`; undefined when nothing shows that it is. */
export type Touch = string | undefined;

const byResource = (pod: KubeObject, purpose: DrainPurpose, known: NicResources): Touch => {
  const resource = resourcesOf(pod).find(
    (name) => isNicResource(name, known) && (purpose !== 'vf-change' || known.vfs.has(name) || !SHARED_RDMA.test(name)),
  );
  return resource === undefined ? undefined : `requests ${resource}`;
};

/** A network whose resource is not known counts: it may need a VF. */
const byNetwork = (pod: KubeObject, purpose: DrainPurpose, { networks }: NicResources): Touch => {
  const network = networksOf(pod).find(
    (name) => purpose !== 'vf-change' || !networks.has(name) || networks.get(name) !== undefined,
  );
  return network === undefined ? undefined : `is on network ${network}`;
};

const byClaim = (pod: KubeObject): Touch => {
  const claim = digList(pod, 'spec', 'resourceClaims')[0];
  return claim === undefined ? undefined : `has the device claim ${digText(claim, 'name') ?? 'unnamed'}`;
};

/** Whether, and why, the pod has to go for this purpose. A restart ends every pod. */
export const touchOf = (pod: KubeObject, purpose: DrainPurpose, known: NicResources = NO_NIC_RESOURCES): Touch =>
  purpose === 'restart'
    ? 'ends when the node restarts'
    : (byResource(pod, purpose, known) ?? byNetwork(pod, purpose, known) ?? byClaim(pod));

const DEVICE_PATHS = ['/dev', '/dev/', '/dev/infiniband', '/dev/infiniband/'];

/**
 * A pod that could use RDMA over the node's own network without asking for anything: host network, and either privileged
 * or with the device files. Whether it does cannot be seen from the API.
 */
export const mayUseHostRdma = (pod: KubeObject): boolean => {
  if (digFlag(pod, 'spec', 'hostNetwork') !== true) return false;
  const isPrivileged = digList(pod, 'spec', 'containers').some(
    (container) => digFlag(container, 'securityContext', 'privileged') === true,
  );
  const hasDevices = digList(pod, 'spec', 'volumes').some((volume) =>
    DEVICE_PATHS.includes(digText(volume, 'hostPath', 'path') ?? ''),
  );
  return isPrivileged || hasDevices;
};

/** Resources and networks of NICs as policies, network attachments and nodes of a cluster show them. */
export const nicResources = (objects: readonly KubeObject[]): NicResources => {
  const short = new Set<string>();
  const vfs = new Set<string>();
  const networks = new Map<string, string | undefined>();
  for (const object of objects) {
    if (object.kind === 'SriovNetworkNodePolicy') short.add(digText(object, 'spec', 'resourceName') ?? '');
    if (object.kind === 'NetworkAttachmentDefinition') {
      const resource = digText(object, 'metadata', 'annotations', RESOURCE_NAME);
      networks.set(`${object.metadata.namespace ?? 'default'}/${object.metadata.name}`, resource);
      if (resource !== undefined && !SHARED_RDMA.test(resource)) vfs.add(resource);
    }
  }
  for (const object of objects)
    if (object.kind === 'Node')
      for (const name of Object.keys(dig(object, 'status', 'allocatable') ?? {}))
        if (name.includes('/') && short.has(name.slice(name.indexOf('/') + 1))) vfs.add(name);
  return { vfs, networks };
};
