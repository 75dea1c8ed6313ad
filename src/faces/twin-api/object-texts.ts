/**
 * The JSON of stored objects, made once for all who watch them: objects are frozen and shared, so their text can be too. Only
 * the newest are kept, since watchers are near each other.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';

const KEPT = 2_048;

export class ObjectTexts {
  readonly #texts = new Map<KubeObject, string>();

  of(object: KubeObject): string {
    const known = this.#texts.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify(object);
    const [oldest] = this.#texts.size < KEPT ? [] : this.#texts.keys();
    if (oldest !== undefined) this.#texts.delete(oldest);
    this.#texts.set(object, text);
    return text;
  }
}
