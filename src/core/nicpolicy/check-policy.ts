/** Every check of a policy object, worst first, with the upgrade block that would fit the cluster. */
import type { KubeObject } from '../model/kube-object.ts';
import { digMap, digTexts, isMap, dig } from '../model/dig.ts';
import { objectsOf, type Gap, type Snapshot } from '../snapshot/snapshot.ts';
import { checkComponentImages } from './check-component-images.ts';
import { checkFields } from './check-fields.ts';
import { checkUpgradePolicy, losesLocalData, proposedBlock } from './check-upgrade-policy.ts';
import { componentOfField, COMPONENTS } from './components.ts';
import { driverWorkloads, workloadGaps, type DriverWorkloads } from './driver-workloads.ts';
import { previewRemoval } from './leftovers.ts';
import { policyConflicts, SHARED_SECTIONS } from './policy-overlap.ts';
import type { PolicyFinding } from './policy-finding.ts';
import { checkSafeLoadImage } from './safe-load.ts';
import type { PolicyBlock } from './upgrade-policy.ts';

/** An upgrade block that fits the cluster, and the pods whose local data goes with the consent that it gives. */
export interface Proposal {
  readonly block: PolicyBlock;
  readonly losesLocalData: readonly string[];
}

export interface PolicyCheck {
  readonly object: string;
  readonly findings: readonly PolicyFinding[];
  /** Absent without a cluster, and without a driver section. */
  readonly proposal?: Proposal;
  readonly gaps: readonly Gap[];
}

const RANK = { error: 0, warning: 1, note: 2 } as const;

const hasField = (object: KubeObject, field: string): boolean => dig(object, 'spec', ...field.split('.')) !== undefined;

/** Sections that the cluster's policy has and the file lacks: applying the file removes them. */
const checkRemovals = (object: KubeObject, release: string, cluster: Snapshot): readonly PolicyFinding[] => {
  const live = objectsOf(cluster, object.kind)
    .map((entry) => entry.object)
    .find(({ metadata }) => metadata.name === object.metadata.name);
  if (live === undefined || object.kind !== 'NicClusterPolicy') return [];
  return COMPONENTS.filter(({ field }) => hasField(live, field) && !hasField(object, field)).flatMap(({ field }) => {
    const component = componentOfField(field);
    if (component === undefined) return [];
    const { dies, destroys } = previewRemoval(cluster, component, release);
    const crds = component.destroys.map((kind) => kind.split('.')[0]).join(', ');
    const loss =
      component.destroys.length === 0
        ? ''
        : destroys.length === 0
          ? `; its CRDs go too, and with them every ${crds}`
          : `; with its CRDs every ${crds} goes: ${dies.length} in the input (${dies.slice(0, 3).join(', ')})`;
    return [
      {
        severity: 'warning' as const,
        path: ['spec'],
        because: `the cluster's policy has spec.${field} and this file does not: applying it removes the component${loss}${field === 'ofedDriver' ? ', and unloads the driver under running pods without a drain' : ''}`,
        wayOut:
          component.destroys.length === 0
            ? 'keep the section, or mean it'
            : 'back those objects up first, or keep the section',
      },
    ];
  });
};

const sectionsOf = (object: KubeObject): readonly string[] =>
  Object.keys(digMap(object, 'spec')).filter((key) => SHARED_SECTIONS.includes(key));

const checkOverlap = (
  object: KubeObject,
  others: readonly KubeObject[],
  nodes: readonly KubeObject[],
): readonly PolicyFinding[] => {
  const same = ({ kind, metadata }: KubeObject): boolean =>
    kind === object.kind && metadata.name === object.metadata.name;
  const policies = [object, ...others.filter((other) => !same(other))];
  const cluster = policies.find(({ kind }) => kind === 'NicClusterPolicy');
  const nodePolicies = policies
    .filter(({ kind }) => kind === 'NicNodePolicy')
    .map((policy) => ({
      name: policy.metadata.name,
      sections: sectionsOf(policy),
      nodeSelector: digTexts(policy, 'spec', 'nodeSelector'),
    }));
  const fleet = nodes.map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} }));
  return policyConflicts(cluster === undefined ? [] : sectionsOf(cluster), nodePolicies, fleet)
    .filter((line) => !line.includes(' characters; '))
    .map((because) => ({
      severity: 'error',
      path: ['spec'],
      because: `${because}; the webhook refuses it, and without the webhook the status becomes error`,
    }));
};

export interface PolicyQuestion {
  readonly object: KubeObject;
  /** In the chart table. */
  readonly release: string;
  /** Further policies of the same file. */
  readonly beside: readonly KubeObject[];
  readonly cluster?: Snapshot;
}

const proposalFor = (workloads: DriverWorkloads): Proposal => {
  const block = proposedBlock(workloads);
  return { block, losesLocalData: block.drain === undefined ? [] : losesLocalData(workloads, block.drain) };
};

export const checkPolicy = ({ object, release, beside, cluster }: PolicyQuestion): PolicyCheck => {
  const workloads = cluster === undefined ? undefined : driverWorkloads(cluster);
  const all = (kind: string): readonly KubeObject[] =>
    cluster === undefined ? [] : objectsOf(cluster, kind).map((entry) => entry.object);
  const others = [...beside, ...all('NicClusterPolicy'), ...all('NicNodePolicy')];
  const findings = [
    ...checkFields(object, release),
    ...checkComponentImages(object, release),
    ...checkUpgradePolicy(object, workloads),
    ...checkOverlap(object, others, all('Node')),
    ...(cluster === undefined ? [] : checkRemovals(object, release, cluster)),
    ...(cluster === undefined ? [] : checkSafeLoadImage(object, cluster)),
  ].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  const wantsProposal = workloads !== undefined && isMap(dig(object, 'spec', 'ofedDriver'));
  return {
    object: `${object.kind}/${object.metadata.name}`,
    findings,
    ...(wantsProposal ? { proposal: proposalFor(workloads) } : {}),
    gaps: isMap(dig(object, 'spec', 'ofedDriver')) ? workloadGaps(cluster) : [],
  };
};
