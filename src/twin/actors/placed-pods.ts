/**
 * What a scheduler keeps of the pods that have a node, so that it need not look at all of them for each pod that waits: how
 * many of one controller are where, and on which nodes stand pods that keep others away.
 */
import { digList, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { controllerUid } from './controller-pods.ts';

/** Counts by two names; what is counted down to nothing is forgotten. */
class Counts {
  readonly #counts = new Map<string, Map<string, number>>();

  of(name: string): ReadonlyMap<string, number> {
    return this.#counts.get(name) ?? NONE;
  }

  add(name: string, place: string, amount: 1 | -1): void {
    const places = this.#counts.get(name) ?? new Map<string, number>();
    const count = (places.get(place) ?? 0) + amount;
    if (count > 0) places.set(place, count);
    else places.delete(place);
    if (places.size > 0) this.#counts.set(name, places);
    else this.#counts.delete(name);
  }
}

const NONE: ReadonlyMap<string, number> = new Map();

const keepsOthersAway = (pod: KubeObject): boolean =>
  digList(pod, 'spec', 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution').length > 0;

const GUARDS = 'guards';

export class PlacedPods {
  readonly #counts = new Counts();

  /** Of a change of a pod; `object` is undefined where it is gone. */
  follow(before: KubeObject | undefined, object: KubeObject | undefined): void {
    const [was, is] = [digText(before, 'spec', 'nodeName'), digText(object, 'spec', 'nodeName')];
    if (was === is) return;
    if (before !== undefined && was !== undefined) this.#count(before, was, -1);
    if (object !== undefined && is !== undefined) this.#count(object, is, 1);
  }

  /** By node, pods of the same controller as this one. */
  siblings(pod: KubeObject): ReadonlyMap<string, number> {
    return this.#counts.of(`controller ${controllerUid(pod) ?? ''}`);
  }

  /** Nodes with pods that keep others away. */
  guarded(): Iterable<string> {
    return this.#counts.of(GUARDS).keys();
  }

  #count(pod: KubeObject, node: string, amount: 1 | -1): void {
    const owner = controllerUid(pod);
    if (owner !== undefined) this.#counts.add(`controller ${owner}`, node, amount);
    if (keepsOthersAway(pod)) this.#counts.add(GUARDS, node, amount);
  }
}
