/** docs/driver-upgrades.md tells every known defect and shows every state. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DEFECTS } from '../src/core/driver/defects.ts';
import { UPGRADE_STATES } from '../src/core/driver/upgrade-state.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../docs/driver-upgrades.md'), 'utf8');

test('the table of defects has a row for each, in order, and no other', () => {
  const rows = Array.from(page.matchAll(/^\| (D\d+) \|/gm), ([, id]) => id);
  expect(rows).toEqual(Object.keys(DEFECTS));
});

test('the picture shows every state', () => {
  const picture = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const missing = UPGRADE_STATES.filter((state) => state !== '' && !picture.includes(`: ${state}\n`));
  expect(missing).toEqual(['post-maintenance-required']);
});
