/** The shape of a row of the request tables: one request that a kubectl command makes, and when it makes it. */

/** What has to be the case for a request to be made; the wording goes into reports. */
export const STATES = {
  absent: 'the object does not exist',
  differs: 'the object already exists and differs',
  unmet: 'the condition is not yet true',
  lingers: 'the object is still there after the delete',
  uncordoned: 'not already cordoned',
  cordoned: 'cordoned before',
  changes: 'it changes the object',
  owned: 'a pod is owned by a DaemonSet',
  evicts: 'a pod is there to evict',
  unmeasured: 'no metrics are found',
} as const;
export type State = keyof typeof STATES;

export interface RequestRow {
  readonly verb: string;
  /** Absent: the resource that the call names. Else `group/plural`, with an empty group for the core. */
  readonly on?: string;
  /** `scale`, or `@subresource` for the value of that flag. */
  readonly sub?: string;
  /**
   * Whose name the request carries: the target's (the rule for rows without `on` in `named`), `each` object's that a
   * list found, `none`, or another name in words (`podOfTarget`).
   */
  readonly name?: 'target' | 'each' | 'none' | 'podOfTarget';
  /** Absent: the namespace of the call. `all`: no namespace. Else a fixed one. */
  readonly scope?: string;
  /** A read by name through kubectl's object builder: where nothing is found, the namespace is read too. */
  readonly lookup?: true;
  readonly given?: string;
  readonly unless?: string;
  /** Only for these target types, `group/plural` joined by blanks. */
  readonly types?: string;
  readonly notTypes?: string;
  readonly state?: State;
  readonly tolerate?: true;
  readonly alt?: string;
  readonly server?: true;
  /** Asked by kubectl's reflector, which asks again when it is denied (measured). */
  readonly hangs?: true;
}

export interface CommandRow {
  /**
   * What stands in the arguments: `resources` (TYPE NAME, TYPE/NAME, -f), `pairs` (resources, then key=value),
   * `pods` (POD or TYPE/NAME), `nodes`, `manifests` (-f alone), `new` (a name to be created), `nothing`.
   */
  readonly takes: 'resources' | 'pairs' | 'account' | 'pods' | 'nodes' | 'manifests' | 'new' | 'nothing';
  /** For a target with a name, and for an object of a file unless `manifest` says otherwise. */
  readonly named?: readonly RequestRow[];
  /** For a type without names: -l, --all, or nothing at all. */
  readonly listed?: readonly RequestRow[];
  readonly manifest?: readonly RequestRow[];
  /** Once a call, whatever its targets. */
  readonly always?: readonly RequestRow[];
  /** A question, whose status a script looks at; others are there to do something. */
  readonly asks?: true;
  /** For `pods` and `nodes`: the type of a bare name. */
  readonly type?: string;
}
