/**
 * A plan as a file: steps as data, each with an act out of a closed list, the condition that says when it is done, and a way
 * back; the facts that it rests on; and what a person should know before. How plans are made is left to plan-*.ts, how a step
 * is carried out to app/steps.
 */
import { z } from 'zod';
import { rolloutSpec } from '../model/crd/rollout.ts';
import { fail, ok, type Result } from '../result.ts';

const target = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  plural: z.string(),
  namespace: z.string().exactOptional(),
  name: z.string(),
});

/** On objects that a plan made: the name of the plan. */
export const MADE_BY_KEY = 'nicwright.dev/made-by';

/** A JSON merge patch. */
const body = z.record(z.string(), z.unknown());

export const planAct = z.discriminatedUnion('do', [
  /** Our CRDs and our namespace; needs an administrator. */
  z.object({ do: z.literal('install-definitions') }),
  z.object({
    do: z.literal('label-nodes'),
    label: z.string(),
    /** Null takes it off. */
    value: z.nullable(z.string()),
    nodes: z.array(z.string()),
  }),
  z.object({
    do: z.literal('patch-object'),
    target,
    patch: body,
    /** How the fields of the patch stand before it. Where they stand otherwise by now, nothing is changed. */
    from: body.exactOptional(),
  }),
  /** The object carries the mark of its plan (`MADE_BY_KEY`); one of that name without the mark is left alone. */
  z.object({ do: z.literal('create-object'), target, object: body }),
  /** Only where it carries the mark. */
  z.object({ do: z.literal('delete-object'), target, madeBy: z.string() }),
  /** These very pods, each by its uid; one that is gone or was made anew is left. */
  z.object({
    do: z.literal('delete-pods'),
    pods: z.array(z.object({ namespace: z.string(), name: z.string(), uid: z.string() })),
  }),
  z.object({ do: z.literal('rollout'), name: z.string(), spec: rolloutSpec }),
  /** Node by node: the next when the new pod is Ready. */
  z.object({
    do: z.literal('restart-pods'),
    namespace: z.string(),
    selector: z.string(),
    nodes: z.array(z.string()),
  }),
]);
export type PlanTarget = z.infer<typeof target>;
export type PlanAct = z.infer<typeof planAct>;

/** What is looked at to tell that a step is done; asked before it, too, so that nothing is done twice. */
export const planProof = z.discriminatedUnion('is', [
  z.object({ is: z.literal('definitions-served') }),
  z.object({
    is: z.literal('nodes-labelled'),
    label: z.string(),
    value: z.nullable(z.string()),
    nodes: z.array(z.string()),
  }),
  /** Every field of `fields` is as written there; null: it is absent. */
  z.object({
    is: z.literal('object-has'),
    target,
    fields: body,
    /** And DaemonSets follow it: some select by this label and value, or (null) none does any more. */
    daemonSets: z.object({ label: z.string(), value: z.nullable(z.string()) }).exactOptional(),
  }),
  z.object({ is: z.literal('object-absent'), target }),
  z.object({
    is: z.literal('pods-gone'),
    pods: z.array(z.object({ namespace: z.string(), name: z.string(), uid: z.string() })),
  }),
  z.object({ is: z.literal('rollout-complete'), name: z.string() }),
  /** No pod of those that ran when the step began runs any more, and their successors are Ready. */
  z.object({
    is: z.literal('pods-restarted'),
    namespace: z.string(),
    selector: z.string(),
    nodes: z.array(z.string()),
  }),
]);
export type PlanProof = z.infer<typeof planProof>;

const step = z.object({
  id: z.string(),
  title: z.string(),
  because: z.string(),
  act: planAct,
  proof: planProof,
  back: z.union([z.object({ act: planAct, proof: planProof }), z.object({ none: z.string() })]),
});
export type PlanStep = z.infer<typeof step>;

const blocker = z.object({ on: z.string(), because: z.string(), wayOut: z.string() });
export type PlanBlocker = z.infer<typeof blocker>;

const plannedNode = z.object({
  node: z.string(),
  restart: z.string(),
  because: z.string(),
  changes: z.array(z.string()),
  evicts: z.array(z.string()),
  loses: z.array(z.string()),
  state: z.string(),
  minutes: z.int(),
});
export type PlannedVisit = z.infer<typeof plannedNode>;

export const PLAN_VERSION = 'nicwright.dev/v1alpha1';

export const plan = z.object({
  apiVersion: z.literal(PLAN_VERSION),
  kind: z.literal('Plan'),
  metadata: z.object({ name: z.string(), from: z.array(z.string()) }),
  goal: z.string(),
  /** Over all of `facts`. */
  fingerprint: z.string(),
  facts: z.record(z.string(), z.string()),
  visits: z.array(plannedNode),
  /** Nodes with cards of which the input does not tell whether anything waits there. */
  untold: z.array(z.string()).default([]),
  /** Of how many nodes the firmware was read and judged. */
  judged: z.int().default(0),
  /** Groups of nodes that go together, in order. */
  waves: z.array(z.object({ name: z.string(), nodes: z.array(z.string()) })),
  minutes: z.int(),
  effects: z.array(z.string()),
  blockers: z.array(blocker),
  /** What the input could not tell. */
  gaps: z.array(z.object({ what: z.string(), because: z.string(), settle: z.string().exactOptional() })),
  steps: z.array(step),
});
export type Plan = z.infer<typeof plan>;

/** One sentence where the document is no plan of ours. */
export const readPlan = (document: unknown, source: string): Result<Plan> => {
  const read = plan.safeParse(document);
  if (read.success) return ok(read.data);
  const [issue] = read.error.issues;
  return fail(
    'usage-plan',
    `${source} is no plan: ${issue?.path.join('.') === '' ? 'it' : (issue?.path.join('.') ?? 'it')}: ${issue?.message ?? 'cannot be read'}; make one with nicwright plan activate-firmware or plan fix, and -o yaml.`,
  );
};
