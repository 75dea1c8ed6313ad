/**
 * Who owns which fields, and what an apply or another write makes of it (k8s.io/apimachinery pkg/util/managedfields;
 * structured-merge-diff merge/update.go). Reading and writing of metadata.managedFields is here too.
 */
import { dig, digList, digText, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { sameJson, without } from '../stored-value.ts';
import {
  difference,
  EMPTY,
  type FieldSet,
  fromFieldsV1,
  intersection,
  isEmpty,
  recursiveDifference,
  toFieldsV1,
  union,
  withNamedFields,
} from './field-set.ts';
import type { Shape } from './shape.ts';
import { compare, fieldSetOf, merge, removeItems } from './typed-value.ts';

export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
}

interface Owned extends Manager {
  /** Empty where the entry has none. */
  readonly time: string;
  readonly set: FieldSet;
  /** The entry that is stored, until something of it changes. */
  readonly entry?: object;
}

type Managers = ReadonlyMap<string, Owned>;

/** An applier is the same in every version; another writer is not. */
const idOf = ({ name, operation, apiVersion, subresource = '' }: Manager): string =>
  JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource]);

/** Never owned by anybody (managedfields/internal/stripmeta.go). */
const NOT_OWNED: ReadonlySet<string> = new Set(['f:apiVersion', 'f:kind', 'f:metadata']);

const NOT_OWNED_METADATA: FieldSet = fromFieldsV1({
  'f:name': {},
  'f:namespace': {},
  'f:creationTimestamp': {},
  'f:selfLink': {},
  'f:uid': {},
  'f:clusterName': {},
  'f:generation': {},
  'f:managedFields': {},
  'f:resourceVersion': {},
});

const strip = (set: FieldSet): FieldSet => {
  const members = new Set([...set.members].filter((element) => !NOT_OWNED.has(element)));
  const children = new Map(
    [...set.children].filter(([element]) => element === 'f:metadata' || !NOT_OWNED.has(element)),
  );
  const metadata = children.get('f:metadata');
  if (metadata !== undefined) {
    const left = recursiveDifference(metadata, NOT_OWNED_METADATA);
    if (isEmpty(left)) children.delete('f:metadata');
    else children.set('f:metadata', left);
  }
  return { members, children };
};

/** What this way of writing does not write is not owned by it. */
const withoutField = ({ members, children }: FieldSet, field: string): FieldSet => ({
  members: new Set([...members].filter((element) => element !== field)),
  children: new Map([...children].filter(([element]) => element !== field)),
});

const readManagers = (object: KubeObject): Managers => {
  const managers = new Map<string, Owned>();
  for (const entry of digList(object, 'metadata', 'managedFields')) {
    const one: Owned = {
      name: digText(entry, 'manager') ?? '',
      operation: digText(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
      apiVersion: digText(entry, 'apiVersion') ?? '',
      subresource: digText(entry, 'subresource'),
      time: digText(entry, 'time') ?? '',
      set: fromFieldsV1(dig(entry, 'fieldsV1')),
      ...(isMap(entry) && Object.isFrozen(entry) && { entry }),
    };
    managers.set(idOf(one), one);
  }
  return managers;
};

const writeManagers = (object: KubeObject, managers: Managers): KubeObject => {
  const entries = [...managers.values()]
    .filter(({ set }) => !isEmpty(set))
    .toSorted(
      (one, other) =>
        compareTexts(one.operation, other.operation) ||
        compareTexts(one.time, other.time) ||
        compareTexts(one.name, other.name) ||
        compareTexts(one.apiVersion, other.apiVersion) ||
        compareTexts(one.subresource ?? '', other.subresource ?? ''),
    )
    .map((owned) => owned.entry ?? entryOf(owned));
  const metadata = without(object.metadata, 'managedFields');
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } };
};

const entryOf = ({ name, operation, apiVersion, time, set, subresource }: Owned): object => ({
  manager: name,
  operation,
  apiVersion,
  ...(time !== '' && { time }),
  fieldsType: 'FieldsV1',
  fieldsV1: toFieldsV1(set),
  ...(subresource !== undefined && { subresource }),
});

const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export const isManaged = (object: KubeObject): boolean => digList(object, 'metadata', 'managedFields').length > 0;

const unmanaged = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: without(object.metadata, 'managedFields'),
});

const withSet = ({ entry, ...owned }: Owned, set: FieldSet): Owned =>
  set === owned.set && entry !== undefined ? { ...owned, entry } : { ...owned, set };

/** Takes from all others what changed. Conflicts: who owns what changed to another value, or came new. */
const takeFromOthers = (
  shape: Shape,
  live: unknown,
  next: unknown,
  managers: Managers,
  self: string,
): {
  readonly managers: Map<string, Owned>;
  readonly conflicts: ReadonlyMap<Owned, FieldSet>;
  readonly changed: ReturnType<typeof compare>;
} => {
  const changed = compare(shape, live, next);
  const touched = union(changed.modified, changed.added);
  const left = new Map<string, Owned>();
  const conflicts = new Map<Owned, FieldSet>();
  for (const [id, owned] of managers) {
    if (id === self) {
      left.set(id, owned);
      continue;
    }
    const inConflict = intersection(owned.set, touched);
    if (!isEmpty(inConflict)) conflicts.set(owned, inConflict);
    const set = difference(difference(owned.set, inConflict), changed.removed);
    if (!isEmpty(set)) left.set(id, withSet(owned, set));
  }
  return { managers: left, conflicts, changed };
};

/**
 * What a write other than apply does to ownership: the answer is `next` with its managedFields. `live` is what was there,
 * or for a new object the kind's zero value. An entry list that `next` brings along counts, else that of `live`.
 */
export const trackUpdate = (
  shape: Shape,
  live: KubeObject,
  next: KubeObject,
  by: Manager,
  time: string,
): KubeObject => {
  const before = readManagers(isManaged(next) ? next : live);
  const self = idOf(by);
  const { managers, changed } = takeFromOthers(shape, unmanaged(live), unmanaged(next), before, self);
  const mine = strip(union(changed.modified, changed.added));
  const past = before.get(self);
  const set = union(difference(past?.set ?? EMPTY, changed.removed), mine);
  if (isEmpty(set)) managers.delete(self);
  else managers.set(self, { ...by, time: isEmpty(mine) ? (past?.time ?? time) : time, set });
  return writeManagers(next, managers);
};

export type Applied =
  | { readonly ok: true; readonly object: KubeObject }
  | { readonly ok: false; readonly conflicts: ReadonlyMap<Manager, FieldSet> };

export interface Apply {
  readonly shape: Shape;
  /** The kind's zero value. */
  readonly zero: KubeObject;
  /** What is there; the zero value for what is to be created. */
  readonly live: KubeObject;
  /** What of `sent` this way of writing writes. */
  readonly config: KubeObject;
  readonly sent: KubeObject;
  readonly by: Manager;
  readonly force: boolean;
  readonly time: string;
}

/** The owner of what was there before anybody was noted down. */
const beforeFirstApply = (apply: Apply): Managers => {
  const managers = readManagers(apply.live);
  if (managers.size > 0 || apply.live.metadata.uid === undefined) return managers;
  const { added, modified } = compare(apply.shape, apply.zero, unmanaged(apply.live));
  const one: Owned = {
    name: 'before-first-apply',
    operation: 'Update',
    apiVersion: apply.by.apiVersion,
    subresource: apply.by.subresource,
    time: apply.time,
    set: withoutField(strip(union(added, modified)), apply.by.subresource === 'status' ? 'f:spec' : 'f:status'),
  };
  return new Map(isEmpty(one.set) ? [] : [[idOf(one), one]]);
};

export const applyConfig = (apply: Apply): Applied => {
  const { shape, config, by, force, time } = apply;
  const before = beforeFirstApply(apply);
  const self = idOf(by);
  const live = unmanaged(apply.live);
  const named = fieldSetOf(shape, unmanaged(config));
  const wanted = strip(named);
  const merged = merge(shape, live, unmanaged(config));
  const past = before.get(self);
  const owned: Managers = new Map([...before, [self, { ...by, time, set: wanted }]]);
  // The name is nobody's, but while an applier says it, it keeps the metadata from going with the last label.
  const naming: Managers = new Map([...before, [self, { ...by, time, set: named }]]);
  const pruned = prune(shape, merged, naming, past?.set ?? EMPTY);
  const { managers, conflicts } = takeFromOthers(shape, live, pruned, owned, self);
  if (!force && conflicts.size > 0) return { ok: false, conflicts };
  const mine = managers.get(self);
  // An apply that changes nothing of what is there has no time, even where it is the first of its manager.
  const isSame = sameJson(live, pruned) && sameJson(live, merge(shape, live, unmanaged(apply.sent)));
  if (mine !== undefined && apply.live.metadata.uid !== undefined && isSame)
    managers.set(self, { ...mine, time: past?.time ?? '' });
  return { ok: true, object: writeManagers(pruned as KubeObject, managers) };
};

/** Takes away what this applier owned and no longer names, unless somebody else owns it (merge/update.go, prune). */
const prune = (shape: Shape, merged: unknown, managers: Managers, last: FieldSet): unknown => {
  if (isEmpty(last)) return merged;
  const lastNamed = withNamedFields(last);
  const bare = removeItems(shape, merged, lastNamed);
  const ownedByAny = withNamedFields([...managers.values()].reduce((all, { set }) => union(all, set), EMPTY));
  const mergedSet = withNamedFields(fieldSetOf(shape, merged));
  const lost = difference(mergedSet, withNamedFields(fieldSetOf(shape, bare)));
  const kept = removeItems(shape, merged, difference(lost, ownedByAny));
  const stillLost = difference(mergedSet, withNamedFields(fieldSetOf(shape, kept)));
  return removeItems(shape, merged, intersection(stillLost, lastNamed));
};
