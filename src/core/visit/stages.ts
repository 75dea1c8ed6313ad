/**
 * The journey of a visit: its stages in order, what each is for, what has to be read for it, and how long it may take. What
 * happens in a stage is decided by its rule (stage-rules/), and who may begin by budget.ts.
 */
import type { FactName } from './visit-facts.ts';

export const STAGES = [
  'gate',
  'quiet',
  'cordon',
  'jobs',
  'drain',
  'tasks',
  'restart',
  'verify',
  'release',
  'prove',
  'uncordon',
  'returned',
  'held',
] as const;
export type Stage = (typeof STAGES)[number];

export interface StageKind {
  /** Reads after the node's name: `dgx030 is drained ...`. */
  readonly about: string;
  /** Gathered anew for every decision; where one of them cannot be told, nothing is done. */
  readonly needs: readonly FactName[];
  /** How long it may take before the visit is held. Absent: the rule itself ends it, or nothing does. */
  readonly limitMs?: number;
}

const MINUTE = 60_000;

export const STAGE_KINDS: Readonly<Record<Stage, StageKind>> = {
  gate: {
    about: 'waits until nobody else is at work on it, its pods may go, and its power can be switched',
    needs: ['others', 'pods', 'power', 'belongings', 'ways'],
  },
  quiet: {
    about: 'is hidden from controllers that would act on it meanwhile',
    needs: ['others'],
    limitMs: 30 * MINUTE,
  },
  cordon: { about: 'is cordoned', needs: [], limitMs: 10 * MINUTE },
  jobs: { about: 'waits for the jobs that may end by themselves', needs: ['pods'] },
  drain: { about: 'is drained', needs: ['pods'] },
  tasks: { about: 'gets the firmware settings written that are wanted', needs: ['firmware'], limitMs: 15 * MINUTE },
  restart: { about: 'is restarted', needs: ['pods', 'power'] },
  verify: { about: 'is asked whether its firmware runs what is wanted', needs: ['firmware'], limitMs: 20 * MINUTE },
  release: {
    about: 'is shown again to the controllers that it was hidden from',
    needs: ['marks'],
    limitMs: 10 * MINUTE,
  },
  prove: { about: 'has to offer what was promised, and what it left with', needs: ['offer'], limitMs: 30 * MINUTE },
  uncordon: { about: 'is given back', needs: ['others'], limitMs: 30 * MINUTE },
  returned: { about: 'is back', needs: [] },
  held: { about: 'is held: a person has to look', needs: [] },
};

/** Stages in which nothing was done to the host yet: from them a visit may turn back. */
const BEFORE_RESTART: readonly Stage[] = ['gate', 'quiet', 'cordon', 'jobs', 'drain', 'tasks'];

export const mayTurnBack = (stage: Stage): boolean => BEFORE_RESTART.includes(stage);
