/**
 * What we say of ports and states against the real Ironic: every shared case of kind upstream, and requests of our own.
 * Requirements 003-06, 003-59, 003-62, 003-65.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { isMap } from '../../src/core/model/dig.ts';
import { IRONIC_PRACTICE } from '../../src/core/smartnic/practice.ts';
import type { JsonObject } from '../../src/testing/cases/case-kind.ts';
import { askPort } from '../../src/testing/cases/kinds/smartnic-port.ts';
import { hasShared, SHARED, WHERE_ABSENT } from '../shared-folder.ts';
import { type AskedIronic, askIronic } from './openstack/ask-ironic.ts';
import { ironicDifference, RECORDED_DIFFERENCES } from './openstack/ironic-differences.ts';
import { type Ironic, startIronic } from './openstack/ironic.ts';
import { PORT_REQUESTS } from './openstack/port-requests.ts';
import { realPart } from './real-parts.ts';

interface PortCase {
  readonly name: string;
  readonly given: JsonObject;
  readonly expect: JsonObject;
}

const sharedFile = (): JsonObject =>
  hasShared
    ? (readYaml(readFileSync(path.join(SHARED, 'cases/cases-smartnic.yaml'), 'utf8'))[0] as JsonObject)
    : { cases: [] };

const file = sharedFile();
const defaults = isMap(file['defaults']) ? (file['defaults'] as JsonObject) : {};
const cases = (file['cases'] as readonly (JsonObject & { readonly name: string })[])
  .filter(({ group, kind }) => (group === 'port_api' || group === 'update_state') && kind === 'upstream')
  .map((each): PortCase => ({
    name: each.name,
    given: each['given'] as JsonObject,
    expect: each['expect'] as JsonObject,
  }));

const withDefaults = (given: JsonObject): JsonObject => ({ ...defaults, ...given });

const part = realPart('ironic');

describe.skipIf(part.absent)(part.title('ports of a real Ironic'), () => {
  const folder = path.join(os.tmpdir(), 'nicwright-ironic-tests');
  let ironic: Ironic;
  let own = '';
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    own = mkdtempSync(path.join(folder, 'run-'));
    ironic = await startIronic(own);
  });
  afterAll(async () => {
    await ironic?.stop();
    rmSync(own, { recursive: true, force: true });
  });

  /** Undefined when the real answer holds what was recorded from 21.4.4. */
  const recordedDifference = ({ expect: recorded }: PortCase, real: AskedIronic): string | undefined => {
    if (real.http !== recorded['http']) return `${String(real.http)} ${real.message ?? ''}`.trim();
    const message = recorded['message'];
    if (typeof message === 'string' && real.message?.includes(message) !== true) return real.message ?? 'no message';
    const stored = isMap(recorded['stored']) ? recorded['stored'] : {};
    const link = isMap(real.stored?.['local_link_connection']) ? real.stored['local_link_connection'] : {};
    const found: Readonly<Record<string, unknown>> = { ...link, ...real.stored };
    const wrong = Object.entries(stored).filter(([key, value]) => JSON.stringify(found[key]) !== JSON.stringify(value));
    if (wrong.length > 0) return wrong.map(([key]) => `${key}: ${JSON.stringify(found[key])}`).join(', ');
    const absent = Array.isArray(recorded['absent']) ? recorded['absent'] : [];
    const there = absent.filter((key) => typeof key === 'string' && key in (real.shown ?? {}));
    return there.length > 0 ? `shows ${there.join(', ')}` : undefined;
  };

  test.skipIf(!hasShared)(
    `every upstream case on ports answers as recorded from 21.4.4, or is listed${WHERE_ABSENT}`,
    async () => {
      const differences: Record<string, string> = {};
      for (const each of cases) {
        const difference = recordedDifference(each, await askIronic(ironic, withDefaults(each.given)));
        if (difference !== undefined) differences[each.name] = difference;
      }
      expect(differences).toEqual(RECORDED_DIFFERENCES);
      expect(cases.length).toBeGreaterThan(10);
    },
  );

  test('003-06, 003-59, 003-62: we answer like it, status, words and stored values, or the difference is listed', async () => {
    const differences: string[] = [];
    for (const { name, given } of PORT_REQUESTS) {
      const asked = withDefaults({ llc: { hostname: 'host1', port_id: 'rep0-0' }, ...given });
      const real = await askIronic(ironic, asked);
      const difference = ironicDifference(name, askPort(asked, IRONIC_PRACTICE), real);
      if (difference !== undefined) differences.push(difference);
    }
    expect(differences).toEqual([]);
  }, 240_000);

  test('003-65: the stock client sets and unsets the flag', async () => {
    await askIronic(ironic, { get: 'port', llc: { hostname: 'host1', port_id: 'rep0-0' } });
    const port = '641a9523-0fa6-406a-89c7-ba1fa4e49669';
    const show = (): unknown =>
      JSON.parse(
        ironic.client('openstack', 'baremetal', 'port', 'show', port, '-f', 'json', '--fields', 'is_smartnic'),
      );
    ironic.client('openstack', 'baremetal', 'port', 'unset', port, '--is-smartnic');
    expect(show()).toEqual({ is_smartnic: false });
    ironic.client('openstack', 'baremetal', 'port', 'set', port, '--is-smartnic');
    expect(show()).toEqual({ is_smartnic: true });
  });
});
