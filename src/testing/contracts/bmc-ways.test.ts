/** Every way by which a plan may have power switched keeps the Bmc contract, or says here why it cannot. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rolloutSpec } from '../../core/model/crd/rollout.ts';

/** Where the suite is run for it, or why it is not. */
const WAYS: Readonly<Record<string, { readonly in: string } | { readonly not: string }>> = {
  redfish: { in: 'src/faces/twin-api/redfish/twin-bmcs.test.ts' },
  ipmi: { in: 'test/real/bmc.real.test.ts' },
  command: { in: 'src/adapters/power-command/command-bmc.test.ts' },
  twin: { in: 'src/twin/hardware/twin-bmc.contract.test.ts' },
  manual: {
    not: 'a person tells no power state, and is no identity (docs/decisions/0013-a-persons-hand-is-no-bmc.md)',
  },
};

const root = path.resolve(import.meta.dirname, '../../..');

test('the ways are those that a rollout names', () => {
  const about = rolloutSpec.shape.power.unwrap().shape.adapter.description ?? '';
  const named = about.slice(about.indexOf(':') + 1).split(',');
  expect(named.map((name) => name.trim()).toSorted()).toEqual(Object.keys(WAYS).toSorted());
});

test.each(Object.entries(WAYS))('%s', (_way, how) => {
  if ('in' in how) expect(readFileSync(path.join(root, how.in), 'utf8')).toContain('bmcContract(');
  else {
    const page = /docs\/decisions\/([^)]+)\)/.exec(how.not)?.[1] ?? '';
    expect(readdirSync(path.join(root, 'docs/decisions'))).toContain(page);
  }
});
