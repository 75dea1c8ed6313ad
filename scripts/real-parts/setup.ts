/**
 * npm run setup:real [-- STEP...]   builds or installs the real programs that tests run against, into one cache folder.
 * A step that stands is skipped; one whose versions changed is made anew. Without names: all steps.
 * What the machine lacks is said and skipped; under NICWRIGHT_REQUIRE_REAL=1 it counts as failed.
 * Exit 0 nothing failed, 1 a step failed, 2 an unknown step.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import type { RealPart, StepOutcome } from './real-part.ts';
import { runLogged } from './run-logged.ts';
import { withLock } from './with-lock.ts';

const sources = import.meta.dirname;
const cache = cacheFolder();

const loadSteps = async (): Promise<readonly RealPart[]> => {
  const files = (await readdir(path.join(sources, 'steps'))).filter((file) => file.endsWith('.ts')).sort();
  const parts = await Promise.all(
    files.map(async (file) => ((await import(`./steps/${file}`)) as { default: RealPart }).default),
  );
  return inOrder(parts);
};

/** What a step needs stands before it; else the order of names. */
const inOrder = (parts: readonly RealPart[]): readonly RealPart[] => {
  const ordered: RealPart[] = [];
  const place = (part: RealPart, asked: readonly string[]): void => {
    if (ordered.includes(part)) return;
    if (asked.includes(part.name)) throw new Error(`steps need each other in a circle: ${asked.join(', ')}`);
    for (const need of part.needs ?? []) {
      const other = parts.find(({ name }) => name === need);
      if (other === undefined) throw new Error(`step ${part.name} needs a step "${need}", and there is none`);
      place(other, [...asked, part.name]);
    }
    ordered.push(part);
  };
  for (const part of parts) place(part, []);
  return ordered;
};

const hashOf = async (part: RealPart): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify(part.pins));
  for (const input of part.inputs ?? []) hash.update(await readFile(path.join(sources, input)));
  return hash.digest('hex');
};

const stands = async (mark: string, hash: string): Promise<boolean> =>
  (await readFile(mark, 'utf8').catch(() => '')).trim() === hash;

type Ending = 'stands' | 'done' | 'lacking' | 'failed';

const runStep = async (part: RealPart, label: string): Promise<Ending> => {
  const mark = path.join(cache, `${part.name}.done`);
  const hash = await hashOf(part);
  if (await stands(mark, hash)) {
    console.log(`${label} ${part.name}: stands`);
    return 'stands';
  }
  console.log(`${label} ${part.name}: ${part.why}`);
  const log = path.join(cache, 'log', `${part.name}.log`);
  const say = (line: string): void => console.log(`${' '.repeat(label.length)} ${line}`);
  const started = performance.now();
  await rm(mark, { force: true });
  await rm(log, { force: true });
  let outcome: StepOutcome;
  try {
    outcome = await part.run({ cache, sources, say, run: (...call) => runLogged(log, ...call) });
  } catch (error) {
    say(`failed: ${error instanceof Error ? error.message : String(error)}`);
    return 'failed';
  }
  if ('lacks' in outcome) {
    say(`skipped: ${outcome.lacks}`);
    return 'lacking';
  }
  await writeFile(mark, `${hash}\n`);
  say(`done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return 'done';
};

const main = async (names: readonly string[]): Promise<number> => {
  const all = await loadSteps();
  const unknown = names.find((name) => all.every((part) => part.name !== name));
  if (unknown !== undefined) {
    console.error(`there is no step "${unknown}"; the steps are ${all.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  await mkdir(path.join(cache, 'bin'), { recursive: true });
  await mkdir(path.join(cache, 'log'), { recursive: true });
  console.log(`real parts in ${cache}`);
  const count: Record<Ending, number> = { stands: 0, done: 0, lacking: 0, failed: 0 };
  for (const [index, part] of chosen.entries()) {
    const label = `[${index + 1}/${chosen.length}]`;
    count[await withLock(path.join(cache, `${part.name}.lock`), () => runStep(part, label))] += 1;
  }
  console.log(`${count.done} made, ${count.stands} stood, ${count.lacking} skipped, ${count.failed} failed`);
  const required = process.env['NICWRIGHT_REQUIRE_REAL'] === '1';
  return count.failed > 0 || (required && count.lacking > 0) ? 1 : 0;
};

process.exitCode = await main(process.argv.slice(2));
