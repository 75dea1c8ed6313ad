/**
 * What of an input belongs to DPF and to the operators of this field: namespaces, accounts and pods, found by kinds, images
 * and labels. No namespace name is assumed.
 */
import { dig, digList, digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import type { Facts } from '../../facts.ts';

const DPF_GROUP = /^(?:provisioning|svc|operator|vpc|storage|noderesources)\.dpu\.nvidia\.com\//;

/** Kinds that users keep in namespaces of their own say nothing about where DPF runs. */
const DPF_KINDS = new Set(['DPFOperatorConfig', 'DPU', 'DPUSet', 'DPUNode', 'DPUDevice', 'BFB', 'DPUFlavor']);

const DPF_IMAGE = /(?:^|\/)(?:dpf-[\w-]+|dms|hostdriver|hostnetwork[\w-]*)(?:[:@]|$)/;

/** Images of the operators around it, for workloads of which no pod was ever made. */
const FIELD_IMAGE =
  /(?:^|\/)(?:network-operator|sriov-network-[\w-]+|nv-ipam|nvidia-k8s-ipam|doca-driver|mofed)[\w-]*(?:[:@]|$)/;

export const DMS_LABEL = 'provisioning.dpu.nvidia.com/component';

const podSpecOf = ({ object }: SnapshotObject): unknown => {
  if (object.kind === 'Pod') return dig(object, 'spec');
  return ['ReplicaSet', 'Deployment', 'DaemonSet', 'StatefulSet', 'Job'].includes(object.kind)
    ? dig(object, 'spec', 'template', 'spec')
    : undefined;
};

const imagesOf = (entry: SnapshotObject): readonly string[] => {
  const spec = podSpecOf(entry);
  if (spec === undefined) return [];
  return ['containers', 'initContainers'].flatMap((key) =>
    digList(spec, key).flatMap((container) => digText(container, 'image') ?? []),
  );
};

export interface Estate {
  /** Namespaces in which DPF runs. */
  readonly dpf: ReadonlySet<string>;
  /** Those, and the namespaces of every operator of this field. */
  readonly field: ReadonlySet<string>;
}

const known = new WeakMap<Facts, Estate>();

export const estateOf = (facts: Facts): Estate => {
  const before = known.get(facts);
  if (before !== undefined) return before;
  const dpf = new Set<string>();
  const field = new Set<string>(facts.operators.namespaces);
  for (const entry of facts.snapshot.objects) {
    const { kind, apiVersion, metadata } = entry.object;
    if (metadata.namespace === undefined) continue;
    const images = imagesOf(entry);
    if (
      (DPF_GROUP.test(apiVersion) && DPF_KINDS.has(kind)) ||
      metadata.labels?.[DMS_LABEL] !== undefined ||
      images.some((image) => DPF_IMAGE.test(image))
    )
      dpf.add(metadata.namespace);
    else if (images.some((image) => FIELD_IMAGE.test(image))) field.add(metadata.namespace);
  }
  for (const namespace of dpf) field.add(namespace);
  const estate = { dpf, field };
  known.set(facts, estate);
  return estate;
};

/** The namespace of DPF for commands: the one that was found, or the word to replace. */
export const dpfNamespaceOf = (facts: Facts): string => [...estateOf(facts).dpf][0] ?? 'NAMESPACE';

const DMS_CONTAINERS = new Set(['dms', 'dms-init', 'hostagent', 'rshim-preflight', 'devlink-grace-period']);

/** The pod that installs cards from a host: `dms`, from 25.10 on `hostagent` (dpf.md 2.2, 5.2). */
export const isDmsPod = ({ object }: SnapshotObject): boolean => {
  const label = digText(object, 'metadata', 'labels', DMS_LABEL);
  if (label === 'dms' || label === 'hostagent') return true;
  const isOwned = digList(object, 'metadata', 'ownerReferences').some((owner) =>
    ['DPU', 'DPFOperatorConfig'].includes(digText(owner, 'kind') ?? ''),
  );
  if (!isOwned && !/-(?:dms|hostagent)$/.test(object.metadata.name)) return false;
  return ['containers', 'initContainers'].some((key) =>
    digList(object, 'spec', key).some((container) => DMS_CONTAINERS.has(digText(container, 'name') ?? '')),
  );
};

const knownPods = new WeakMap<Facts, readonly SnapshotObject[]>();

/** Looked for once: a large cluster has many pods, and many rules ask. */
export const dmsPods = (facts: Facts): readonly SnapshotObject[] => {
  const pods = knownPods.get(facts) ?? facts.objects('Pod').filter(isDmsPod);
  knownPods.set(facts, pods);
  return pods;
};

/** Names that accounts and workloads of this field have, for lines that name nothing else. */
const FIELD_NAME =
  /\b(?:dpf|dms|dpu|dpuservice|servicechainset|kamaji-cm|static-cm|hostagent|sriov|network-operator|nvidia-network-operator|nv-ipam|nic-configuration|nic-feature-discovery|mofed|ofed|whereabouts|multus|maintenance-operator)(?:-|\b)/;

export const isFieldName = (name: string): boolean => FIELD_NAME.test(name);

/** Whether an object in `namespace` named `name` is one of this field's operators'. */
export const isOurs = (facts: Facts, namespace: string | undefined, name: string): boolean =>
  (namespace !== undefined && estateOf(facts).field.has(namespace)) || isFieldName(name);
