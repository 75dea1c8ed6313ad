/**
 * Logs whose names join pod and container by a dash (`POD-CONTAINER-previous.log`, `POD-init-CONTAINER.log` of NVIDIA's
 * network operator sosreport): which part is the pod only the pods themselves tell. The longest pod name counts.
 */
import { digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { SnapshotObject, SnapshotText } from './snapshot.ts';

const containersOf = (pod: KubeObject): readonly string[] =>
  ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    digList(pod, 'spec', list).flatMap((container) => digText(container, 'name') ?? []),
  );

/** `pods/NAME.log`, but not the tree of a must-gather, where a folder names each part. */
const JOINED = /(?:^|[/!])pods\/(?<name>[^/]+?)(?<previous>-previous)?\.log$/;

const placeOf = (
  name: string,
  pods: ReadonlyMap<string, KubeObject>,
): { readonly pod: KubeObject; readonly container?: string } | undefined => {
  for (let end = name.length; end > 0; end = name.lastIndexOf('-', end - 1)) {
    const pod = pods.get(name.slice(0, end));
    if (pod === undefined) continue;
    const rest = name.slice(end + 1);
    const names = containersOf(pod);
    const only = names.length === 1 ? names[0] : undefined;
    const container =
      rest === ''
        ? only
        : (names.find((one) => one === rest) ??
          names.find((one) => [`init-${one}`, `ephemeral-${one}`].includes(rest)) ??
          rest.replace(/^(?:init|ephemeral)-/, ''));
    return { pod, ...(container !== undefined && { container }) };
  }
  return undefined;
};

export const placeLogs = (
  texts: readonly SnapshotText[],
  objects: readonly SnapshotObject[],
): readonly SnapshotText[] => {
  const pods = new Map(
    objects.flatMap(({ object }) => (object.kind === 'Pod' ? [[object.metadata.name, object] as const] : [])),
  );
  if (pods.size === 0) return texts;
  return texts.map((text) => {
    if (text.kind !== 'log' || text.namespace !== undefined) return text;
    const groups = JOINED.exec(text.origin.source)?.groups;
    if (groups === undefined) return text;
    const placed = placeOf(groups['name'] ?? '', pods);
    if (placed === undefined) return text;
    const { namespace, name } = placed.pod.metadata;
    return {
      kind: 'log',
      text: text.text,
      origin: text.origin,
      pod: name,
      ...(namespace !== undefined && { namespace }),
      ...(placed.container !== undefined && { container: placed.container }),
      ...(groups['previous'] !== undefined && { previous: true }),
    };
  });
};
