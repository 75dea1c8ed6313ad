/**
 * npm run bench [-- NAME...]   runs the workloads in bench/workloads, each in a process of its own, three times, and
 * prints the medians as a table and as JSON (bench-results.json). It asserts nothing: these are figures, not tests.
 */
import { spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { table } from '../src/faces/cli/table.ts';
import type { BenchResult, Workload } from './workload.ts';

const here = import.meta.dirname;
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const RUNS = 3;

/** One workload in this very process: called by the parent for each run. */
const runOne = async (file: string): Promise<void> => {
  const { workload } = (await import(file)) as { workload: Workload };
  const result = await workload.run();
  process.stdout.write(
    `\nRESULT ${JSON.stringify({ name: workload.name, aim: workload.aim, rssMb: Math.round(process.resourceUsage().maxRSS / 1024), ...result })}\n`,
  );
};

const measure = (file: string): readonly BenchResult[] => {
  const results: BenchResult[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const child = spawnSync(process.execPath, [import.meta.filename, '--one', file], {
      encoding: 'utf8',
      timeout: 600_000,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = child.stdout.split('\n').find((text) => text.startsWith('RESULT '));
    if (line === undefined) {
      process.stderr.write(`${path.basename(file)} gave no result (exit ${child.status ?? 'by signal'})\n`);
      break;
    }
    results.push(JSON.parse(line.slice('RESULT '.length)) as BenchResult);
  }
  return results;
};

const one = process.argv.indexOf('--one');
if (one > 0) {
  await runOne(process.argv[one + 1] ?? '');
} else {
  const files = globSync('workloads/*.ts', { cwd: here })
    .toSorted()
    .filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)));
  const all: BenchResult[] = [];
  for (const file of files) {
    process.stderr.write(`${path.basename(file, '.ts')} ...\n`);
    const runs = measure(path.join(here, file)).toSorted((a, b) => a.seconds - b.seconds);
    const middle = runs[Math.floor(runs.length / 2)];
    if (middle !== undefined) all.push(middle);
  }
  const rows = all.map(({ name, seconds, aim, rssMb, checksum, detail }) => [
    name,
    seconds.toFixed(3),
    aim,
    String(rssMb),
    checksum,
    detail ?? '',
  ]);
  process.stdout.write(`${table(['WORKLOAD', 'SECONDS', 'AIM', 'RSS MB', 'CHECK SUM', 'DETAIL'], rows)}\n`);
  writeFileSync(path.join(here, '..', 'bench-results.json'), `${JSON.stringify(all, undefined, 2)}\n`);
}
