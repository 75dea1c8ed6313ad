/**
 * Runs rollouts on generated clusters with the twin's faults, outside the tests: one seed with its log, or many with a count.
 *
 *     node scripts/simulate.ts --seed 17            # what happened, line by line
 *     node scripts/simulate.ts --from 0 --count 500 # which seeds break a safety rule
 */
import { parseArgs } from 'node:util';
import type { Log } from '../src/core/ports/log.ts';
import { replayLine, runSeed } from '../test/simulation/run-of-seed.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '100' },
    'dies-after': { type: 'string' },
  },
});

const nothing = (): void => {};

const tellingLog: Log = {
  debug: nothing,
  info: (message) => console.log(`  ${message}`),
  warn: (message) => console.log(`  ! ${message}`),
  error: (message, _fields, cause) => console.log(`  BUG ${message}`, cause),
};

if (values.seed !== undefined) {
  const diesAfter = values['dies-after'];
  const run = await runSeed({
    seed: Number(values.seed),
    log: tellingLog,
    ...(diesAfter !== undefined && { diesAfter: Number(diesAfter) }),
  });
  console.log(run.twin.log.filter((line) => / host | fault | person |nicwright/.test(line)).join('\n'));
  console.log(JSON.stringify(run.status, undefined, 1), [...run.met].join(', '));
  console.log(run.violations.length === 0 ? 'no rule is broken' : run.violations.join('\n'));
} else {
  const first = Number(values.from);
  const began = performance.now();
  let broken = 0;
  let complete = 0;
  for (let seed = first; seed < first + Number(values.count); seed += 1) {
    const run = await runSeed({ seed });
    if (run.isComplete) complete += 1;
    if (run.violations.length === 0) continue;
    broken += 1;
    console.log(`seed ${seed}: ${run.violations[0] ?? ''}\n  ${replayLine(seed)}`);
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${values.count} seeds in ${seconds.toFixed(1)} s: ${broken} break a safety rule, ${complete} end complete`,
  );
}
