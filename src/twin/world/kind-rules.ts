/** What the server does with objects of one kind beyond storing them. Kinds say only where they differ from PLAIN. */
import { isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { builtInShape } from './apply/shape.ts';
import type { Shape } from './apply/shape.ts';
import type { Cause } from './status.ts';
import type { JsonMap } from './stored-value.ts';

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

export interface KindRules {
  /** Status is written by its subresource alone, and not with the rest. */
  readonly statusApart: boolean;
  /** metadata.generation counts changes of the spec; of Deployments, those of the annotations too. */
  readonly countsGeneration: boolean | 'with-annotations';
  /** Metadata that is not written with the status. */
  readonly apartFromStatus: readonly string[];
  /** An update that does not say from which version it starts is refused. */
  readonly needsVersion: boolean;
  /** An update of what is absent creates it. */
  readonly createsOnUpdate: boolean;
  /** Of a CustomResourceDefinition: unstructured, no strategic merge patch. */
  readonly isCustom: boolean;
  readonly subresources: readonly string[];
  readonly columns: readonly PrinterColumn[];
  /** Fields that a field selector may name, besides metadata.name and metadata.namespace. */
  readonly selectable: readonly string[];
  /** What becomes of dependents when a delete does not say it. */
  readonly propagation: 'Background' | 'Orphan';
  /** Which texts may be names. */
  readonly names: 'subdomain' | 'label' | 'path-segment';
  readonly shape: Shape;
  /** Top-level fields of a built-in kind that hold JSON of any form, kept as it is. */
  readonly rawFields: readonly string[];
  /** A new object before anything is set in it, as the server's own encoding shows it. */
  readonly zero: JsonMap;
  /** Maps, as `parent/field`, that a strategic merge patch does not merge. */
  readonly replacedMaps: readonly string[];
  /** What of the configuration of an apply does not fit the schema, in the server's words; undefined where it fits. */
  readonly configFault: (config: KubeObject) => string | undefined;
  /** Times of a condition that are shown where nobody set them: as null. */
  readonly conditionTimes: JsonMap;
  /** Prunes and fills in defaults: on every write. What is as it was in `before` is complete. */
  readonly complete: (object: KubeObject, before?: KubeObject) => KubeObject;
  /** What the server sets on a new object, whatever was sent. */
  readonly onCreate: (object: KubeObject) => KubeObject;
  /** What the server keeps of the old object, or changes with it. */
  readonly onUpdate: (object: KubeObject, before: KubeObject) => KubeObject;
  readonly validate: (object: KubeObject, before: KubeObject | undefined) => readonly Cause[];
  /** Of a status that is written. */
  readonly validateStatus: (object: KubeObject) => readonly Cause[];
  /** What the server keeps of the old status. */
  readonly onStatusUpdate: (object: KubeObject, before: KubeObject) => KubeObject;
}

/** Of kinds without conditions. */
export const NO_TIMES: JsonMap = {};

export const PLAIN: KindRules = {
  statusApart: false,
  apartFromStatus: [],
  countsGeneration: false,
  needsVersion: false,
  createsOnUpdate: false,
  isCustom: false,
  subresources: [],
  columns: [],
  selectable: [],
  propagation: 'Background',
  names: 'subdomain',
  shape: builtInShape,
  rawFields: [],
  replacedMaps: [],
  zero: {},
  configFault: () => undefined,
  conditionTimes: NO_TIMES,
  complete: (object) => object,
  onCreate: (object) => object,
  onUpdate: (object) => object,
  validate: () => [],
  validateStatus: () => [],
  onStatusUpdate: (object) => object,
};

/** A kind with spec and status, as most are. */
export const WITH_STATUS: KindRules = {
  ...PLAIN,
  statusApart: true,
  countsGeneration: true,
  subresources: ['status'],
  conditionTimes: { lastTransitionTime: null },
  zero: { spec: {}, status: {} },
  onCreate: (object) => ({ ...object, status: {} }),
};

/** `defaults` where the map says nothing. */
export const orDefaults = (map: JsonMap, defaults: JsonMap): JsonMap => {
  let filled: Record<string, unknown> | undefined;
  for (const key in defaults) {
    if (map[key] !== undefined) continue;
    filled ??= { ...map };
    filled[key] = defaults[key];
  }
  return filled ?? map;
};

/** The map with one of its inner maps changed; itself where that is the same. */
export const changeMap = (map: JsonMap, key: string, change: (inner: JsonMap) => JsonMap): JsonMap => {
  const there = map[key];
  const changed = change(isMap(there) ? there : {});
  return changed === there ? map : { ...map, [key]: changed };
};

/** The map with every entry of one of its lists changed; itself where there is no such list, or nothing changes. */
export const changeEach = (map: JsonMap, key: string, change: (entry: JsonMap) => JsonMap): JsonMap => {
  const list = map[key];
  if (!Array.isArray(list)) return map;
  const changed = list.map((entry: unknown) => (isMap(entry) ? change(entry) : entry));
  return changed.every((entry, at) => entry === list[at]) ? map : { ...map, [key]: changed };
};
