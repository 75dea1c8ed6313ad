/** How long a command line takes from nothing: `version`, and the main job on the example. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Measured, Workload } from '../workload.ts';

const bin = path.resolve(import.meta.dirname, '../../bin/nicwright.mjs');

const timed = (...args: string[]): number => {
  const began = performance.now();
  execFileSync(process.execPath, [bin, ...args], { stdio: 'ignore' });
  return (performance.now() - began) / 1000;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const run = (): Measured => {
  timed('version');
  timed('start', '--once');
  const version = median(Array.from({ length: 9 }, () => timed('version')));
  const start = median(Array.from({ length: 5 }, () => timed('start', '--once')));
  return { seconds: version, checksum: '-', detail: `start --once ${start.toFixed(3)} s` };
};

export const workload: Workload = {
  name: 'nicwright version, cache warm',
  aim: '<= 0.150 s; start --once <= 3 s',
  run,
};
