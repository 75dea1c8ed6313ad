/** Runs a scenario of the twin to its end, or to an earlier or later time, and diagnoses what came of it. */
import { diagnose } from '../../core/diagnosis/engine.ts';
import type { Report } from '../../core/diagnosis/report.ts';
import { ALL_RULES } from '../../core/diagnosis/rules/index.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { actWords } from '../../twin/scenarios/act-words.ts';
import { scenarioNamed, SCENARIOS } from '../../twin/scenarios/scenarios.ts';
import { drawFaults } from '../../twin/draw-faults.ts';
import { type FaultName, faultWords, type PlannedFault } from '../../twin/faults.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { nodeOutcomes, type NodeOutcome } from './node-outcome.ts';

const MINUTE_MS = 60_000;

export interface ScenarioStepDone {
  readonly atMinutes: number;
  /** `person applies 8 SriovNetworkNodePolicy`. */
  readonly what: string;
}

export interface ScenarioRun {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  readonly minutes: number;
  /** Those of the scenario's steps that lie in the time that passed. */
  readonly steps: readonly ScenarioStepDone[];
  readonly nodes: readonly NodeOutcome[];
  /** How often each fault struck that was drawn for this run. */
  readonly faults: readonly FaultCount[];
  readonly report: Report;
  /** Every write, and everything that happened outside the API, in order. */
  readonly log: readonly string[];
}

export interface FaultCount {
  readonly fault: FaultName;
  readonly about: string;
  readonly strikes: number;
}

export interface RunOptions {
  readonly name: string;
  readonly seed: number;
  /** From the beginning; absent: as long as the scenario itself says. */
  readonly minutes?: number;
  /** How many faults are drawn by the seed, on top of what the scenario itself does; absent: none. */
  readonly faults?: number;
}

/** They begin in the first three quarters of the run, so that it is seen what becomes of them. */
const drawn = (twin: Twin, count: number, minutes: number): readonly PlannedFault[] =>
  drawFaults(twin.random('faults'), {
    count,
    withinSeconds: minutes * 45,
    mostSeconds: minutes * 15,
    nodes: [...twin.hosts.values()].filter(({ spec }) => spec.adapters.length > 0).map(({ name }) => name),
  });

export const runScenario = async ({ name, seed, minutes, faults = 0 }: RunOptions): Promise<Result<ScenarioRun>> => {
  const scenario = scenarioNamed(name);
  if (scenario === undefined)
    return fail('usage', `there is no scenario ${name}; there are ${SCENARIOS.map((one) => one.name).join(', ')}.`);
  const twin = createTwin(scenario, seed);
  const lasts = minutes ?? scenario.untilMinutes;
  const end = twin.start + lasts * MINUTE_MS;
  const strikes = new Map<FaultName, number>();
  twin.onFault(({ fault }) => strikes.set(fault, (strikes.get(fault) ?? 0) + 1));
  twin.play(drawn(twin, faults, lasts));
  await twin.runUntil(end);
  return ok({
    name,
    about: scenario.about,
    seed,
    minutes: lasts,
    steps: scenario.steps
      .filter(({ atMinutes }) => atMinutes <= lasts)
      .toSorted((a, b) => a.atMinutes - b.atMinutes)
      .map(({ atMinutes, act }) => ({ atMinutes, what: `person ${actWords(act)}` })),
    nodes: nodeOutcomes(twin),
    faults: [...strikes]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([fault, count]) => ({ fault, about: faultWords(fault), strikes: count })),
    report: diagnose(twin.snapshot(), ALL_RULES, { now: end }),
    log: twin.log,
  });
};
