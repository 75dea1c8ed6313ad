/**
 * What is remembered of one visit: an annotation on its node, written before each act and holding times, not timers. Whoever
 * finds it after a crash goes on where it stands. What is kept after the visit is one short line on the node (lastVisit).
 */
import { z } from 'zod';
import { RUNGS } from '../firmware/rung.ts';
import type { ArmJournal } from '../power/arm-journal.ts';
import { POWER_PHASES, type PowerJournal } from '../power/power-journal.ts';
import { fail, ok, type Result } from '../result.ts';
import { STAGES } from './stages.ts';

export const VISIT_KEY = 'nicwright.dev/visit';
export const LAST_VISIT_KEY = 'nicwright.dev/last-visit';

/** Annotations of one object share 256 KiB; ours stays small, so that a node is read at once. */
const MOST_BYTES = 4096;

const power: z.ZodType<PowerJournal> = z.object({
  phase: z.enum(POWER_PHASES),
  sinceMs: z.number(),
  bootIdBefore: z.string(),
  offReads: z.int(),
  unwantedOn: z.int(),
  asked: z
    .object({ request: z.enum(['on', 'off', 'graceful-off', 'ac-cycle']), atMs: z.number(), times: z.int() })
    .exactOptional(),
  unanswered: z.int(),
  bmcWentAway: z.literal(true).exactOptional(),
  acUnproved: z.literal(true).exactOptional(),
  failure: z.enum(['off-failed', 'off-not-kept', 'on-failed', 'boot-timeout']).exactOptional(),
});

const arm: z.ZodType<ArmJournal> = z.object({
  card: z.string(),
  asked: z.object({ atMs: z.number(), times: z.int() }).exactOptional(),
  downReads: z.int(),
  silentSinceMs: z.number().exactOptional(),
});

const journal = z.object({
  rollout: z.string(),
  /** Of the Rollout object: another one of the same name is another owner. */
  uid: z.string(),
  stage: z.enum(STAGES),
  sinceMs: z.number(),
  beganMs: z.number(),
  /** What the node does at present, as it was last said. */
  because: z.string(),
  /** What a person can do about what it waits for. */
  wayOut: z.string().exactOptional(),
  /** `ours`, or whose cordon was found: that one is left. */
  cordon: z.string().exactOptional(),
  /** Marks that keep others away, by id, and what stood there before (null: nothing). */
  quieted: z.record(z.string(), z.nullable(z.string())).exactOptional(),
  /** Resources that the node offered when it left, functions that answered, and how links and ports ran (gates/link-gates.ts). */
  left: z
    .object({
      resources: z.record(z.string(), z.string()),
      functions: z.array(z.string()),
      links: z.record(z.string(), z.array(z.string())).exactOptional(),
      ports: z.record(z.string(), z.array(z.string())).exactOptional(),
    })
    .exactOptional(),
  /** The restart that is under way, or comes next. */
  rung: z.enum(RUNGS),
  /** Restarts that were begun for what is wanted now. */
  tried: z.array(z.enum(RUNGS)).exactOptional(),
  /** Settings that were asked to be written. */
  staged: z.array(z.string()).exactOptional(),
  power: power.exactOptional(),
  /** Arm sides of BlueFields that go down before the power of the host. */
  arms: z.array(arm).exactOptional(),
  /** Since when the BMC has told nothing. */
  silentSinceMs: z.number().exactOptional(),
  /** A restart that no power machine watches: asked of the host, or of a person. */
  asked: z
    .object({
      bootIdBefore: z.string(),
      atMs: z.number(),
      times: z.int(),
      /** What came back of it, where the act itself tells: that of a firmware reset does. */
      answer: z.object({ done: z.boolean(), said: z.string() }).exactOptional(),
    })
    .exactOptional(),
  /** What the last act was answered where it was not made: gone once acts are made again, and with the stage. */
  refused: z.string().exactOptional(),
  held: z.object({ from: z.enum(STAGES), atMs: z.number(), because: z.string(), wayOut: z.string() }).exactOptional(),
  /** The person's word (spec.retryHeldBefore) for which it tried again last. */
  retried: z.string().exactOptional(),
  /** The visit turns back without having changed anything. */
  abandoned: z.literal(true).exactOptional(),
});

export type VisitJournal = z.infer<typeof journal>;

const lastVisit = z.object({
  rollout: z.string(),
  uid: z.string(),
  outcome: z.enum(['returned', 'abandoned']),
  at: z.string(),
  tried: z.array(z.enum(RUNGS)),
});

export type LastVisit = z.infer<typeof lastVisit>;

const parsed = <T>(schema: z.ZodType<T>, key: string, text: string): Result<T> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('held-journal', `the annotation ${key} is no JSON; a person has to look at the node and remove it.`);
  }
  const read = schema.safeParse(value);
  if (read.success) return ok(read.data);
  const where = read.error.issues[0]?.path.join('.') ?? '';
  return fail(
    'held-journal',
    `the annotation ${key} cannot be read at ${where === '' ? 'its root' : where}; a newer release may have written it.`,
  );
};

export const readJournal = (text: string): Result<VisitJournal> => parsed(journal, VISIT_KEY, text);
export const readLastVisit = (text: string): Result<LastVisit> => parsed(lastVisit, LAST_VISIT_KEY, text);

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 3)}...`);

/** An answer as the journal keeps it: the same answer is the same words, however long it was. */
export const asRefusal = (message: string): string => cut(message.trim(), 240);

/** What a node does, with what its last act was answered where that was no success. */
export const withRefusal = (because: string, refused: string | undefined): string =>
  refused === undefined ? because : `${because}; last answer: ${refused}`;

const write = (visit: VisitJournal): string => JSON.stringify(visit);

/** At most 4 KB: sentences are cut first, then what the node left with is reduced to what can be compared. */
export const showJournal = (visit: VisitJournal): string => {
  const { wayOut } = visit;
  const brief = {
    ...visit,
    because: cut(visit.because, 400),
    ...(wayOut !== undefined && { wayOut: cut(wayOut, 300) }),
  };
  const { held } = brief;
  const short =
    held === undefined
      ? brief
      : { ...brief, held: { ...held, because: cut(held.because, 600), wayOut: cut(held.wayOut, 300) } };
  if (write(short).length <= MOST_BYTES || short.left === undefined) return write(short);
  const { resources, functions } = short.left;
  // What is left out is said to be not compared when the node comes back.
  const fewer = { ...short, left: { resources, functions: functions.slice(0, 32) } };
  if (write(fewer).length <= MOST_BYTES) return write(fewer);
  const { staged: _staged, ...rest } = fewer;
  return write({
    ...rest,
    left: { resources: Object.fromEntries(Object.entries(rest.left.resources).slice(0, 24)), functions: [] },
  });
};
