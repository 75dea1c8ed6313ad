/**
 * How many pods each controller has, kept as pods change, so that nobody walks over all of its pods for each that does.
 * Finished pods count nowhere.
 */
import { isReady } from '../../core/drain/pod-facts.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { controllerUid, isGoing, isOver } from './controller-pods.ts';

export interface PodCount {
  /** Those that nobody has sent away. */
  readonly alive: number;
  /** Of the living. */
  readonly ready: number;
  readonly going: number;
}

const NONE: PodCount = { alive: 0, ready: 0, going: 0 };
const GOING: PodCount = { alive: 0, ready: 0, going: 1 };
const UNREADY: PodCount = { alive: 1, ready: 0, going: 0 };
const READY: PodCount = { alive: 1, ready: 1, going: 0 };

/** What one pod adds to the count of its controller. */
const shareOf = (pod: KubeObject): PodCount =>
  isOver(pod) ? NONE : isGoing(pod) ? GOING : isReady(pod) ? READY : UNREADY;

export class PodCounts {
  readonly #counts = new Map<string, PodCount>();

  of(controller: string): PodCount {
    return this.#counts.get(controller) ?? NONE;
  }

  /** Of a change of a pod; `object` is undefined where it is gone. */
  follow(before: KubeObject | undefined, object: KubeObject | undefined): void {
    if (before !== undefined) this.#add(before, -1);
    if (object !== undefined) this.#add(object, 1);
  }

  #add(pod: KubeObject, sign: 1 | -1): void {
    const controller = controllerUid(pod);
    if (controller === undefined) return;
    const [count, share] = [this.of(controller), shareOf(pod)];
    const alive = count.alive + sign * share.alive;
    const going = count.going + sign * share.going;
    if (alive + going === 0) this.#counts.delete(controller);
    else this.#counts.set(controller, { alive, ready: count.ready + sign * share.ready, going });
  }
}
