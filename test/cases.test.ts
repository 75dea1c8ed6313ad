/** Every shared case passes, and every altered expectation is refused (npm run cases -- --mutate). */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import type { Json, JsonObject } from '../src/testing/cases/case-kind.ts';
import { ALL_KINDS } from '../src/testing/cases/kinds/index.ts';
import { runCases } from '../src/testing/cases/run-cases.ts';
import { hasShared, SHARED, WHERE_ABSENT } from './shared-folder.ts';

const files = hasShared ? readdirSync(path.join(SHARED, 'cases')).filter((name) => name.endsWith('.yaml')) : ['cases'];

describe.skipIf(!hasShared)(`shared cases${WHERE_ABSENT}`, () => {
  test.each(files)('%s', (name) => {
    const file = readYaml(readFileSync(path.join(SHARED, 'cases', name), 'utf8'))[0] as JsonObject;
    const context = {
      readSample: (sample: string) => readFileSync(path.join(SHARED, 'data/samples-host', sample), 'utf8'),
      readYaml: (text: string) => readYaml(text) as Json[],
    };
    const run = runCases(file, ALL_KINDS, context, { mutate: true });
    expect(run.failed).toEqual([]);
    expect(run.unknownKinds).toEqual([]);
  });
});
