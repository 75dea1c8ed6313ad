/**
 * Required affinity and anti-affinity between pods (kube-scheduler plugin InterPodAffinity): of the pod itself, and the
 * anti-affinity of pods that are there already. Preferred terms move nothing and are not read.
 */
import { dig, digList, digText, isMap } from '../model/dig.ts';
import { readLabelSelector, selects, type LabelRequirement, type LabelSelector } from '../model/label-selector.ts';
import type { Misfit } from './misfits.ts';
import type { NodeRoom } from './node-room.ts';
import type { PodDemand } from './pod-demand.ts';

interface Term {
  readonly topologyKey: string;
  readonly selector: LabelSelector | undefined;
  readonly namespaces: readonly string[];
  readonly everyNamespace: boolean;
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

const labelKeys = (term: unknown, pod: PodDemand): readonly LabelRequirement[] => {
  const equal = digList(term, 'matchLabelKeys').flatMap((key): readonly LabelRequirement[] =>
    typeof key === 'string' && pod.labels[key] !== undefined
      ? [{ key, operator: 'In', values: [pod.labels[key]] }]
      : [],
  );
  const different = digList(term, 'mismatchLabelKeys').flatMap((key): readonly LabelRequirement[] =>
    typeof key === 'string' && pod.labels[key] !== undefined
      ? [{ key, operator: 'NotIn', values: [pod.labels[key]] }]
      : [],
  );
  return [...equal, ...different];
};

const termsOf = (pod: PodDemand, kind: 'podAffinity' | 'podAntiAffinity'): readonly Term[] =>
  digList(pod.affinity, kind, REQUIRED).map((term) => {
    const names = digList(term, 'namespaces').filter((name) => typeof name === 'string');
    const selector = readLabelSelector(dig(term, 'labelSelector'));
    const namespaceSelector = dig(term, 'namespaceSelector');
    return {
      topologyKey: digText(term, 'topologyKey') ?? '',
      selector: selector === undefined ? undefined : [...selector, ...labelKeys(term, pod)],
      namespaces: names.length === 0 && namespaceSelector === undefined ? [pod.namespace] : names,
      // Only the empty selector is decided here, which means every namespace; labels of namespaces are not in reach.
      everyNamespace: isMap(namespaceSelector) && Object.keys(namespaceSelector).length === 0,
    };
  });

const matches = ({ selector, namespaces, everyNamespace }: Term, pod: PodDemand): boolean =>
  selector !== undefined && (everyNamespace || namespaces.includes(pod.namespace)) && selects(selector, pod.labels);

const domainOf = (room: NodeRoom, key: string): string | undefined => room.labels[key];

/** Whether a pod that the term matches is in the same domain as `room`. */
const isNear = (term: Term, room: NodeRoom, rooms: readonly NodeRoom[]): boolean => {
  const domain = domainOf(room, term.topologyKey);
  return (
    domain !== undefined &&
    rooms.some((other) => domainOf(other, term.topologyKey) === domain && other.pods.some((pod) => matches(term, pod)))
  );
};

const anywhere = (term: Term, rooms: readonly NodeRoom[]): boolean =>
  rooms.some((room) => domainOf(room, term.topologyKey) !== undefined && room.pods.some((pod) => matches(term, pod)));

/** `rooms` are all nodes of the cluster, the node in question among them. */
export const affinityMisfits = (pod: PodDemand, room: NodeRoom, rooms: readonly NodeRoom[]): readonly Misfit[] => {
  const found: Misfit[] = [];
  const affinity = termsOf(pod, 'podAffinity');
  // The first pod of a group may go anywhere: its own terms match itself and nobody else is there yet.
  const isFirst =
    affinity.length > 0 &&
    affinity.every((term) => matches(term, pod) && !anywhere(term, rooms)) &&
    affinity.every(({ topologyKey }) => domainOf(room, topologyKey) !== undefined);
  if (!isFirst && affinity.some((term) => !isNear(term, room, rooms)))
    found.push({ kind: 'pod-affinity', because: `no pod that this one wants near is at ${room.name}` });
  if (termsOf(pod, 'podAntiAffinity').some((term) => isNear(term, room, rooms)))
    found.push({ kind: 'pod-anti-affinity', because: `a pod that this one keeps away from is at ${room.name}` });
  const refusing = rooms
    .flatMap((other) => other.pods.map((there) => ({ other, there })))
    .find(({ other, there }) =>
      termsOf(there, 'podAntiAffinity').some((term) => {
        const domain = domainOf(other, term.topologyKey);
        return domain !== undefined && domain === domainOf(room, term.topologyKey) && matches(term, pod);
      }),
    );
  if (refusing !== undefined)
    found.push({
      kind: 'pod-anti-affinity',
      because: `${refusing.there.namespace}/${refusing.there.name} keeps pods like this one away from ${room.name}`,
    });
  return found;
};
