/**
 * What a pod asks of a node, read once: effective requests, host ports, selectors, tolerations. The sum over containers
 * follows k8s.io/component-helpers resource.PodRequests; which node can give it is left to misfits.ts.
 */
import { dig, digFlag, digList, digMap, digNumber, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Labels } from '../model/label-selector.ts';
import { quantityMilli } from '../model/quantity.ts';
import type { Toleration } from '../model/taint.ts';

/** Thousandths by resource name. */
export type Amounts = ReadonlyMap<string, bigint>;

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

export interface PodDemand {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly requests: Amounts;
  readonly hostPorts: readonly HostPort[];
  readonly nodeName?: string;
  readonly nodeSelector: Labels;
  /** spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution. */
  readonly requiredNodes?: unknown;
  readonly tolerations: readonly Toleration[];
  /** spec.affinity, for the terms between pods. */
  readonly affinity: unknown;
  readonly spread: readonly unknown[];
  readonly gates: readonly string[];
  /** Claims and other volumes whose place this room cannot know. */
  readonly claims: readonly string[];
}

const add = (into: Map<string, bigint>, amounts: Amounts): void => {
  for (const [name, amount] of amounts) into.set(name, (into.get(name) ?? 0n) + amount);
};

const raise = (into: Map<string, bigint>, amounts: Amounts): void => {
  for (const [name, amount] of amounts) if (amount > (into.get(name) ?? 0n)) into.set(name, amount);
};

/** A missing request is taken from the limit, as the API server defaults it. */
const requestsOf = (resources: unknown): Amounts => {
  const amounts = new Map<string, bigint>();
  for (const [name, quantity] of Object.entries({ ...digMap(resources, 'limits'), ...digMap(resources, 'requests') })) {
    const milli = quantityMilli(quantity);
    if (milli !== undefined) amounts.set(name, milli);
  }
  return amounts;
};

const quantities = (map: Readonly<Record<string, unknown>>): Amounts =>
  new Map(
    Object.entries(map).flatMap(([name, quantity]) => {
      const milli = quantityMilli(quantity);
      return milli === undefined ? [] : [[name, milli] as const];
    }),
  );

const POD_LEVEL = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** Containers together, or the largest init step, whichever is more; sidecars count with both; then the overhead. */
export const podRequests = (pod: unknown): Amounts => {
  const total = new Map<string, bigint>();
  for (const container of digList(pod, 'spec', 'containers')) add(total, requestsOf(dig(container, 'resources')));
  const sidecars = new Map<string, bigint>();
  const steps = new Map<string, bigint>();
  for (const container of digList(pod, 'spec', 'initContainers')) {
    const own = requestsOf(dig(container, 'resources'));
    if (digText(container, 'restartPolicy') === 'Always') {
      add(total, own);
      add(sidecars, own);
      raise(steps, sidecars);
    } else {
      const step = new Map(sidecars);
      add(step, own);
      raise(steps, step);
    }
  }
  raise(total, steps);
  for (const [name, amount] of requestsOf(dig(pod, 'spec', 'resources'))) if (POD_LEVEL(name)) total.set(name, amount);
  add(total, quantities(digMap(pod, 'spec', 'overhead')));
  return total;
};

const portsOf = (pod: unknown): readonly HostPort[] => {
  const hostNetwork = digFlag(pod, 'spec', 'hostNetwork') === true;
  const sidecars = digList(pod, 'spec', 'initContainers').filter(
    (container) => digText(container, 'restartPolicy') === 'Always',
  );
  return [...digList(pod, 'spec', 'containers'), ...sidecars].flatMap((container) =>
    digList(container, 'ports').flatMap((port): readonly HostPort[] => {
      const number = digNumber(port, 'hostPort') ?? (hostNetwork ? digNumber(port, 'containerPort') : undefined) ?? 0;
      return number > 0
        ? [{ ip: digText(port, 'hostIP') ?? '0.0.0.0', protocol: digText(port, 'protocol') ?? 'TCP', port: number }]
        : [];
    }),
  );
};

const claimsOf = (pod: unknown): readonly string[] =>
  digList(pod, 'spec', 'volumes').flatMap((volume) => {
    const claim = digText(volume, 'persistentVolumeClaim', 'claimName');
    return claim ?? (dig(volume, 'ephemeral') === undefined ? [] : (digText(volume, 'name') ?? []));
  });

export const podDemand = (pod: KubeObject): PodDemand => {
  const nodeName = digText(pod, 'spec', 'nodeName');
  const requiredNodes = dig(pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  return {
    name: pod.metadata.name,
    namespace: pod.metadata.namespace ?? 'default',
    labels: digTexts(pod, 'metadata', 'labels'),
    requests: podRequests(pod),
    hostPorts: portsOf(pod),
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    nodeSelector: digTexts(pod, 'spec', 'nodeSelector'),
    ...(requiredNodes === undefined || requiredNodes === null ? {} : { requiredNodes }),
    tolerations: digList(pod, 'spec', 'tolerations') as readonly Toleration[],
    affinity: dig(pod, 'spec', 'affinity'),
    spread: digList(pod, 'spec', 'topologySpreadConstraints'),
    gates: digList(pod, 'spec', 'schedulingGates').map((gate) => digText(gate, 'name') ?? '?'),
    claims: claimsOf(pod),
  };
};
