/** The objects of a live cluster: every kind of core/snapshot/live-kinds.ts that is served and may be read. */
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf, resourceName } from '../../core/model/kube-resource.ts';
import type { KubeApi, Selection, ServedResource } from '../../core/ports/kube-api.ts';
import type { KubeFault } from '../../core/ports/kube-fault.ts';
import { isOperatorGroup, LIVE_KINDS, type LiveKind, operatorKinds } from '../../core/snapshot/live-kinds.ts';
import { prune } from '../../core/snapshot/prune.ts';
import { type Gap, kindKey } from '../../core/snapshot/snapshot.ts';
import { inParallel } from './in-parallel.ts';
import { DEFAULT_LIMITS, type LiveOptions } from './live-options.ts';
import type { MissingRight } from './live-rights.ts';
import { listAll } from './list-all.ts';

export interface LiveObjects {
  readonly objects: readonly KubeObject[];
  readonly gaps: readonly Gap[];
  /** Kinds that were listed whole. */
  readonly listed: ReadonlySet<string>;
  readonly missing: readonly MissingRight[];
}

interface Wanted {
  readonly resource: ServedResource;
  readonly hides: string;
  readonly labelSelector?: string;
}

/** Everything but what only the operators' namespaces are read for. */
export const readObjects = (
  api: KubeApi,
  served: readonly ServedResource[],
  options: LiveOptions,
): Promise<LiveObjects> => {
  const wanted = [
    ...LIVE_KINDS.filter(({ operatorsOnly }) => operatorsOnly !== true).flatMap((kind) => servedAs(kind, served)),
    ...operatorKinds(served).map((resource) => ({ resource, hides: `the ${resource.kind} objects` })),
  ];
  return readAll(api, wanted, options.namespaces, options);
};

/** ConfigMaps and Helm records, where the operators live. */
export const readOperatorObjects = (
  api: KubeApi,
  served: readonly ServedResource[],
  namespaces: readonly string[],
  options: LiveOptions,
): Promise<LiveObjects> => {
  const wanted = LIVE_KINDS.filter(({ operatorsOnly }) => operatorsOnly === true).flatMap((kind) =>
    servedAs(kind, served),
  );
  return readAll(api, wanted, namespaces, options);
};

const servedAs = (kind: LiveKind, served: readonly ServedResource[]): readonly Wanted[] =>
  served
    .filter(({ group, plural, preferred }) => group === kind.group && plural === kind.plural && preferred)
    .map((resource) => ({
      resource,
      hides: kind.hides,
      ...(kind.labelSelector !== undefined && { labelSelector: kind.labelSelector }),
    }));

const readAll = async (
  api: KubeApi,
  wanted: readonly Wanted[],
  namespaces: readonly string[] | undefined,
  options: LiveOptions,
): Promise<LiveObjects> => {
  let done = 0;
  const parts = await inParallel(options.limits?.atOnce ?? DEFAULT_LIMITS.atOnce, wanted, async (one) => {
    const part = await readKind(api, one, namespaces, options);
    done += 1;
    options.progress?.(`read ${resourceName(one.resource)} (${done} of ${wanted.length} kinds)`);
    return part;
  });
  return {
    objects: parts.flatMap(({ objects }) => objects),
    gaps: parts.flatMap(({ gaps }) => gaps),
    missing: parts.flatMap(({ missing }) => missing),
    listed: new Set(parts.flatMap(({ listed }) => [...listed])),
  };
};

const readKind = async (
  api: KubeApi,
  { resource, hides, labelSelector }: Wanted,
  namespaces: readonly string[] | undefined,
  options: LiveOptions,
): Promise<LiveObjects> => {
  const objects: KubeObject[] = [];
  const gaps: Gap[] = [];
  const missing: MissingRight[] = [];
  const list = async (namespace?: string): Promise<KubeFault | undefined> => {
    const selection: Selection = {
      ...(namespace !== undefined && { namespace }),
      ...(labelSelector !== undefined && { labelSelector }),
      ...nodeSelection(resource, options),
    };
    const { items, fault } = await listAll(api, options.clock, resource, { ...selection, ...signalOf(options) });
    for (const item of items) if (isWanted(resource, item, options)) objects.push(item);
    return fault;
  };

  const name = resourceName(resource);
  const report = (fault: KubeFault, where: string): void => {
    const settle = `kubectl auth can-i list ${name}${where}`;
    if (fault.code !== 'kube-forbidden') {
      gaps.push({ what: name, because: `${fault.message} That hides ${hides}.`, settle });
      return;
    }
    missing.push({ right: `list ${name}${where}`, hides });
    gaps.push({ what: name, because: `we have no right to list them there; that hides ${hides}`, settle });
  };
  const everywhere = !resource.namespaced || namespaces === undefined;
  const places = everywhere ? [undefined] : namespaces;
  const chosen = resource.kind === 'Node' && options.nodes !== undefined;
  let whole = everywhere && labelSelector === undefined && !chosen;
  for (const place of places) {
    const fault = await list(place);
    if (fault === undefined) continue;
    whole = false;
    report(fault, place === undefined ? (resource.namespaced ? ' -A' : '') : ` -n ${place}`);
    // Who may not read all namespaces may still read the one that is theirs.
    if (fault.code === 'kube-forbidden' && resource.namespaced && place === undefined)
      await list(options.homeNamespace);
  }
  for (const object of objects) prune(object);
  const listed = new Set(whole ? [kindKey(resource.kind, apiVersionOf(resource))] : []);
  return { objects, gaps, missing, listed };
};

const signalOf = ({ signal }: LiveOptions): { readonly signal?: NonNullable<LiveOptions['signal']> } =>
  signal === undefined ? {} : { signal };

const nodeSelection = ({ group, plural }: ServedResource, { nodes }: LiveOptions): Selection =>
  group === '' && plural === 'nodes' && nodes?.labelSelector !== undefined
    ? { labelSelector: nodes.labelSelector }
    : {};

/** What is left out of a list that was read: definitions of others' CRDs, and nodes that were not named. */
const isWanted = ({ group, plural }: ServedResource, item: KubeObject, { nodes }: LiveOptions): boolean => {
  if (plural === 'customresourcedefinitions') return isOperatorGroup(digText(item, 'spec', 'group') ?? '');
  if (group === '' && plural === 'nodes' && nodes?.names !== undefined) return nodes.names.includes(item.metadata.name);
  return true;
};
