/** What containers wrote: of each the present run and the one before it, as a kubelet keeps them. */
import type { KubeObject } from '../../core/model/kube-object.ts';

export class ContainerLogs {
  readonly #runs = new Map<string, string[][]>();

  /** A new run begins; the answer appends a line to it. */
  begin(pod: KubeObject, container: string): (line: string) => void {
    const key = keyOf(pod, container);
    const lines: string[] = [];
    this.#runs.set(key, [...(this.#runs.get(key) ?? []), lines].slice(-2));
    return (line) => void lines.push(`${line}\n`);
  }

  /** Undefined where there was no such run. */
  read(pod: KubeObject, container: string, previous: boolean): string | undefined {
    return this.#runs
      .get(keyOf(pod, container))
      ?.at(previous ? -2 : -1)
      ?.join('');
  }

  forget(pod: KubeObject): void {
    const prefix = `${pod.metadata.uid ?? ''}/`;
    for (const key of this.#runs.keys()) if (key.startsWith(prefix)) this.#runs.delete(key);
  }
}

const keyOf = (pod: KubeObject, container: string): string => `${pod.metadata.uid ?? ''}/${container}`;
