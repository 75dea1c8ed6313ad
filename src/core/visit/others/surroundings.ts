/**
 * What of a cluster tells about others that act on one node. In a live cluster every watched kind was read, or nothing gets
 * here; an input may lack some, which a plan tells as a gap.
 */
import { digTexts } from '../../model/dig.ts';
import { readLabelSelector, selects } from '../../model/label-selector.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { OtherAtWork, OtherToQuiet } from './other.ts';

export interface Surroundings {
  readonly node: KubeObject;
  readonly nodeState?: KubeObject | undefined;
  /** By `Kind.group`: the watched kinds, all DaemonSets and Deployments. A kind that is not served has no objects; one that is absent here was not read. */
  readonly kinds: ReadonlyMap<string, readonly KubeObject[]>;
  /** Pods on this node. */
  readonly pods: readonly KubeObject[];
}

/** One family of others: how they are seen at work, and how each offers to be kept away. */
export interface Family {
  readonly atWork: (around: Surroundings) => readonly OtherAtWork[];
  readonly toQuiet?: (around: Surroundings) => readonly OtherToQuiet[];
}

/** `key`: `Kind.group`. */
export const objectsIn = ({ kinds }: Surroundings, key: string): readonly KubeObject[] => kinds.get(key) ?? [];

export const labelsOf = (object: unknown): Readonly<Record<string, string>> => digTexts(object, 'metadata', 'labels');
export const annotationsOf = (object: unknown): Readonly<Record<string, string>> =>
  digTexts(object, 'metadata', 'annotations');

/** Whether this LabelSelector object means the labels of that one; one that cannot be read may well mean it. */
export const mayMean = (selector: unknown, object: unknown): boolean => {
  const read = readLabelSelector(selector);
  return read === undefined || selects(read, labelsOf(object));
};

export const wait = (who: string, because: string, wayOut: string): OtherAtWork => ({
  who,
  because,
  wayOut,
  stance: 'wait',
});

/** `MachineHealthCheck ns/name`. */
export const named = ({ kind, metadata: { namespace, name } }: KubeObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** ` -n ns`, for commands. */
export const inNamespace = ({ metadata: { namespace } }: KubeObject): string =>
  namespace === undefined ? '' : ` -n ${namespace}`;
