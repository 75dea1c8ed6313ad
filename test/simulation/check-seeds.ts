/** Many seeds in a row, as the tests run them: what they broke, and which faults met which stages. */
import { FAULTS, MET_STAGES, replayLine, runSeed } from './run-of-seed.ts';

export interface SeedsChecked {
  /** One line for each seed that breaks a rule, with how to see it again. */
  readonly broken: readonly string[];
  /** `fault stage` that no seed brought together. */
  readonly unmet: readonly string[];
  readonly complete: number;
}

/** Every fault in every stage. */
export const CELLS: readonly string[] = FAULTS.flatMap((fault) => MET_STAGES.map((stage) => `${fault} ${stage}`));

export const checkSeeds = async (from: number, count: number): Promise<SeedsChecked> => {
  const broken: string[] = [];
  const met = new Set<string>();
  let complete = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const run = await runSeed({ seed });
    for (const cell of run.met) met.add(cell);
    if (run.isComplete) complete += 1;
    if (run.violations.length > 0) broken.push(`${run.violations.join('; ')}  replay: ${replayLine(seed)}`);
  }
  return { broken, unmet: CELLS.filter((cell) => !met.has(cell)), complete };
};
