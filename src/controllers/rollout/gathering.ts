/** What the facts of one visit are gathered with, and the reads that several of them share. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PODS, SRIOV_NODE_STATES } from '../../core/model/kube-resource.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { VisitBase } from '../../core/visit/visit-facts.ts';
import type { ClusterReads } from './cluster-reads.ts';
import type { RolloutPorts } from './rollout-ports.ts';

export interface Gathering {
  readonly ports: RolloutPorts;
  readonly reads: ClusterReads;
  readonly object: KubeObject;
  readonly base: VisitBase;
  readonly signal: AbortSignal;
}

export const podsOf = ({ reads, base, signal }: Gathering): Promise<KubeResult<readonly KubeObject[]>> =>
  reads.all(PODS, { fieldSelector: `spec.nodeName=${base.node.name}` }, signal);

export const nodeStateOf = async ({ reads, base, signal }: Gathering): Promise<KubeResult<KubeObject | undefined>> => {
  const found = await reads.all(SRIOV_NODE_STATES, { fieldSelector: `metadata.name=${base.node.name}` }, signal);
  return found.ok ? { ok: true, value: found.value[0] } : found;
};
