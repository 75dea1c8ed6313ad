/** Scripts that call kubectl and that no container of the input starts: what they need is not known, and is said so. */
import { digTexts } from '../../model/dig.ts';
import type { Origin, SnapshotObject } from '../../snapshot/snapshot.ts';
import type { GivenScript } from './container-start.ts';
import type { ContainerNeeds } from './read-container.ts';

export interface UncalledScript {
  /** `ConfigMap/ns/name run.sh`, or the file. */
  readonly name: string;
  readonly origin: Origin;
}

const CALLS_API = /^[^#\n]*\b(?:kubectl|oc) /m;

export const uncalledScripts = (
  objects: readonly SnapshotObject[],
  given: readonly GivenScript[],
  containers: readonly ContainerNeeds[],
): readonly UncalledScript[] => {
  const followed = new Set(containers.flatMap((one) => [...one.followedTexts]));
  const inMaps = objects
    .filter(({ object }) => object.kind === 'ConfigMap')
    .flatMap(({ object, origin, lineOf }) =>
      Object.entries(digTexts(object, 'data'))
        .filter(([key, text]) => (key.endsWith('.sh') || text.startsWith('#!')) && CALLS_API.test(text))
        .filter(([, text]) => !followed.has(text))
        .map(([key]): UncalledScript => {
          const line = lineOf?.(['data', key]) ?? origin.line;
          return {
            name: `ConfigMap/${object.metadata.namespace ?? ''}/${object.metadata.name} ${key}`,
            origin: { source: origin.source, ...(line === undefined ? {} : { line }) },
          };
        }),
    );
  return [...given.map(({ file }): UncalledScript => ({ name: file, origin: { source: file, line: 1 } })), ...inMaps];
};
