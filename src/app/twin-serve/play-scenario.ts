/** A scenario played to its end, to be looked at and then to go on. */
import { fail, ok, type Result } from '../../core/result.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { scenarioNamed, SCENARIOS } from '../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import type { TwinCluster } from './twin-cluster.ts';

const MINUTE_MS = 60_000;
const PATIENCE_MINUTES = 60;

export interface PlayedScenario {
  readonly name: string;
  readonly cluster: TwinCluster;
  /** What a person would collect of it now. */
  readonly snapshot: () => Snapshot;
}

export const playScenario = async (name: string, seed: number): Promise<Result<PlayedScenario>> => {
  const scenario = scenarioNamed(name);
  if (scenario === undefined)
    return fail('usage', `there is no scenario ${name}; there are ${SCENARIOS.map((one) => one.name).join(', ')}.`);
  const twin = createTwin(scenario, seed);
  await twin.runUntil(twin.start + scenario.untilMinutes * MINUTE_MS);
  await untilAllAreUp(twin);
  return ok({ name, cluster: { world: twin.world, clock: twin.clock, machines: twin }, snapshot: twin.snapshot });
};

/** Where nodes restart again and again: the next moment at which there is something to see on all of them, if one comes. */
const untilAllAreUp = async ({ hosts, clock }: Twin): Promise<void> => {
  const end = clock.now() + PATIENCE_MINUTES * MINUTE_MS;
  while (clock.now() < end && [...hosts.values()].some(({ isUp }) => !isUp)) await clock.run(MINUTE_MS);
};
