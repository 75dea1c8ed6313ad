/**
 * The contract between the case runner and a room: a kind answers what is given and never sees what is expected.
 * Comparison, mutation and counting are the runner's (run-cases.ts); what a room may vary is stated here as data.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Which of two truths a kind answers: what the upstream program does, or what we do where we deviate. */
export type Answering = 'upstream' | 'ours';

export interface CaseInput {
  /** The case's `given`, with the row's `given` merged over it when the case has rows. */
  readonly given: JsonObject;
  /** The whole case without expect, want, rows, passes: name, kind, group, tier, ... */
  readonly about: JsonObject;
  /** The row without its expectation, when the case has rows (for example `value` of version_validation). */
  readonly row?: JsonObject;
  readonly answering: Answering;
  /** In a case with passes: what happens before each pass (its `event`), null where nothing does. */
  readonly events?: readonly (string | null)[];
}

export interface CaseContext {
  /** The top of the case file without `cases`: fixtures, keys, defaults, meta, ... */
  readonly file: JsonObject;
  /** Text of a sample named in a case as `file:NAME` (data/samples-host/NAME under NICWRIGHT_SHARED). */
  readonly readSample: (name: string) => string;
  /** YAML by 1.2 rules, all documents of one text (port read-yaml). */
  readonly readYaml: (text: string) => readonly Json[];
}

export interface CaseKind {
  /**
   * The full observed answer, in the shape of the expectation. Objects are compared key by key: every key expected
   * must be there; a key expected that the answer lacks fails the case. Use a matcher (matchers.ts) where equality
   * of the given keys is not what the schema means.
   */
  readonly answer: (input: CaseInput, context: CaseContext) => Record<string, unknown>;
  /** Values an expectation may omit, as the schema on top of the case file says (for example `unallocated: []`). */
  readonly expectDefaults?: JsonObject;
  /** True where a case may carry `want` beside `expect`: both answers are asked for. */
  readonly deviates?: boolean;
}

/** Kinds by name; a name is `kind:NAME` or `group:NAME`, since both words live in their own name space. */
export type CaseKinds = Readonly<Record<`kind:${string}` | `group:${string}`, CaseKind>>;
