/** A host whose key changes while its node is drained: it is neither asked nor changed, and the visit is held with the sentence. */
import { expect, test } from 'vitest';
import { silentLog } from '../../src/core/ports/log.ts';
import { runSeed } from './run-of-seed.ts';

test('a changed host key holds the visit, and nothing is guessed', { timeout: 60_000 }, async () => {
  const said: string[] = [];
  const run = await runSeed({
    seed: 243,
    meet: { fault: 'host-key-changed', stage: 'drain' },
    log: { ...silentLog, info: (line) => void said.push(line) },
  });
  expect(run.violations).toEqual([]);
  expect(
    said.filter((line) => /in stage tasks for .* The host key of \S+ has changed\. Nothing was sent/.test(line)),
  ).not.toEqual([]);
  // Once the key is right again and a person said resume, it goes on to its end.
  expect(run.isComplete).toBe(true);
});
