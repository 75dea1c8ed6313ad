/**
 * Which pods each PodDisruptionBudget covers, kept as pods and budgets change, so that nobody walks over all pods of a namespace
 * for each that becomes ready. What is counted of them is disruption-budgets.ts.
 */
import { objectPath, type KubeObject } from '../../core/model/kube-object.ts';
import { readLabelSelector, selects, type LabelSelector } from '../../core/model/label-selector.ts';
import { dig, digTexts } from '../../core/model/dig.ts';

interface Budget {
  readonly spec: unknown;
  readonly selector: LabelSelector;
  readonly pods: Map<string, KubeObject>;
}

interface Pod {
  readonly labels: unknown;
  /** Of the budgets when it was looked which of them cover it. */
  readonly round: number;
  readonly paths: readonly string[];
}

const NONE: readonly string[] = [];

export class CoveredPods {
  readonly #podsIn: (namespace: string) => readonly KubeObject[];
  /** By namespace and path, in the order of names. */
  readonly #budgets = new Map<string, Map<string, Budget>>();
  readonly #pods = new Map<string, Pod>();
  #round = 0;

  constructor(podsIn: (namespace: string) => readonly KubeObject[]) {
    this.#podsIn = podsIn;
  }

  of(budget: KubeObject): Iterable<KubeObject> {
    return this.#in(budget).get(objectPath(budget))?.pods.values() ?? [];
  }

  followBudget(type: 'ADDED' | 'MODIFIED' | 'DELETED', budget: KubeObject): void {
    const path = objectPath(budget);
    const here = this.#in(budget);
    const spec = budget['spec'];
    if (type !== 'DELETED' && here.get(path)?.spec === spec) return;
    this.#round += 1;
    here.delete(path);
    const selector = type === 'DELETED' ? undefined : readLabelSelector(dig(budget, 'spec', 'selector'));
    if (selector === undefined) return;
    const pods = this.#podsIn(namespaceOf(budget)).filter((pod) => selects(selector, labelsOf(pod)));
    const known = [
      ...here,
      [path, { spec, selector, pods: new Map(pods.map((pod) => [pod.metadata.name, pod])) }] as const,
    ];
    this.#budgets.set(namespaceOf(budget), new Map(known.toSorted(([one], [other]) => (one < other ? -1 : 1))));
  }

  /** The answer names the budgets that cover the pod, in order. */
  followPod(type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: KubeObject): readonly string[] {
    const here = this.#in(pod);
    const { uid = '', name, labels } = pod.metadata;
    if (here.size === 0) {
      this.#pods.delete(uid);
      return NONE;
    }
    const before = this.#pods.get(uid);
    const isKnown = before !== undefined && before.labels === labels && before.round === this.#round;
    const paths = isKnown ? before.paths : this.#covering(here, pod);
    if (!isKnown) for (const path of before?.paths ?? []) here.get(path)?.pods.delete(name);
    for (const path of paths)
      if (type === 'DELETED') here.get(path)?.pods.delete(name);
      else here.get(path)?.pods.set(name, pod);
    if (type === 'DELETED') this.#pods.delete(uid);
    else this.#pods.set(uid, { labels, round: this.#round, paths });
    return paths;
  }

  #covering(here: ReadonlyMap<string, Budget>, pod: KubeObject): readonly string[] {
    const labels = labelsOf(pod);
    return [...here].flatMap(([path, { selector }]) => (selects(selector, labels) ? [path] : []));
  }

  #in(object: KubeObject): Map<string, Budget> {
    const namespace = namespaceOf(object);
    let here = this.#budgets.get(namespace);
    if (here === undefined) {
      here = new Map();
      this.#budgets.set(namespace, here);
    }
    return here;
  }
}

const namespaceOf = ({ metadata: { namespace = 'default' } }: KubeObject): string => namespace;

const labelsOf = (pod: KubeObject): Readonly<Record<string, string>> => digTexts(pod, 'metadata', 'labels');
