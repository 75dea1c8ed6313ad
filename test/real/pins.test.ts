/** pins.json is the list that people read; go.mod is what Go builds from. They say the same. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pinsOf } from '../../scripts/real-parts/pins.ts';

const SOURCES = path.join(import.meta.dirname, '../../scripts/real-parts');

test.each(['kubernetes', 'kubectl-1.32'])('go.mod of %s requires what pins.json names', (step) => {
  const goMod = readFileSync(path.join(SOURCES, step, 'go.mod'), 'utf8');
  for (const [module, version] of Object.entries(pinsOf(step)))
    expect(goMod.split('\n').map((line) => line.trim())).toContain(`${module} ${version}`);
});

test('kwok and its stages are of one version', () => {
  expect(pinsOf('kwok-stages')['sigs.k8s.io/kwok']).toBe(pinsOf('kubernetes')['sigs.k8s.io/kwok']);
});

test('every step has its pins', () => {
  for (const file of readdirSync(path.join(SOURCES, 'steps')))
    expect(Object.keys(pinsOf(file.replace(/\.ts$/, ''))).length).toBeGreaterThan(0);
});
