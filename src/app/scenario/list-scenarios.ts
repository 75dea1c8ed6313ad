/** Which scenarios there are, each with what happens in it. What comes of it is told by running it. */
import { actWords } from '../../twin/scenarios/act-words.ts';
import { SCENARIOS } from '../../twin/scenarios/scenarios.ts';
import type { ScenarioStepDone } from './run-scenario.ts';

export interface ScenarioEntry {
  readonly name: string;
  readonly about: string;
  readonly nodes: number;
  readonly minutes: number;
  readonly steps: readonly ScenarioStepDone[];
}

export const listScenarios = (): readonly ScenarioEntry[] =>
  SCENARIOS.map(({ name, about, fleet, untilMinutes, steps }) => ({
    name,
    about,
    nodes: fleet.length,
    minutes: untilMinutes,
    steps: steps.map(({ atMinutes, act }) => ({ atMinutes, what: `person ${actWords(act)}` })),
  }));
