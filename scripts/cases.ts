/**
 * npm run cases -- [--mutate] FILE...   runs case files through the same functions that the commands use.
 * Exit 0 all passed, 1 a case differs, 2 an unknown kind or wrong usage, 3 a file that cannot be read.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import type { Json, JsonObject } from '../src/testing/cases/case-kind.ts';
import { ALL_KINDS } from '../src/testing/cases/kinds/index.ts';
import { runCases } from '../src/testing/cases/run-cases.ts';

const shared = path.resolve(process.env['NICWRIGHT_SHARED'] ?? '../shared');
const args = process.argv.slice(2);
const mutate = args.includes('--mutate');
const files = args.filter((arg) => !arg.startsWith('--'));
const badOption = args.find((arg) => arg.startsWith('--') && arg !== '--mutate');

const run = (): number => {
  if (badOption !== undefined || files.length === 0) {
    console.error(
      badOption === undefined ? 'usage: npm run cases -- [--mutate] FILE...' : `unknown option ${badOption}`,
    );
    return 2;
  }
  let passed = 0;
  let failed = 0;
  let notBuilt = 0;
  let mutants = 0;
  let exit = 0;
  for (const file of files) {
    let doc: JsonObject;
    try {
      const read = readYaml(readFileSync(file, 'utf8'))[0];
      if (typeof read !== 'object' || read === null || !Array.isArray((read as JsonObject)['cases']))
        throw new Error('it has no list "cases"');
      doc = read as JsonObject;
    } catch (error) {
      console.error(
        `${file} cannot be read as a case file: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      );
      exit = Math.max(exit, 3);
      continue;
    }
    const result = runCases(doc, ALL_KINDS, { readSample, readYaml: (text) => readYaml(text) as Json[] }, { mutate });
    for (const { name, kind, lines } of result.failed)
      console.log([`${name} (${kind})`, ...lines.map((line) => `    ${line}`)].join('\n'));
    for (const kind of result.unknownKinds) console.error(`${file}: unknown kind ${kind.replace(':', ' ')}`);
    for (const [kind, count] of result.notBuilt) console.log(`not built yet: ${kind.replace(':', ' ')} (${count})`);
    passed += result.passed;
    failed += result.failed.length;
    notBuilt += [...result.notBuilt.values()].reduce((sum, count) => sum + count, 0);
    mutants += result.mutants;
    if (result.unknownKinds.length > 0) exit = Math.max(exit, 2);
  }
  if (mutate) console.log(`${mutants} altered expectations tried`);
  console.log(`${passed} passed, ${failed} failed, 0 skipped${notBuilt > 0 ? `, ${notBuilt} not built yet` : ''}`);
  return exit === 0 && failed > 0 ? 1 : exit;
};

const readSample = (name: string): string => readFileSync(path.join(shared, 'data/samples-host', name), 'utf8');

process.exitCode = run();
