/**
 * Our flows against Ironic's own code, for every flow, power state and condition: the installed Ironic runs with its
 * edges stood in for (openstack/ironic_flows.py), and must make the calls that our program for Ironic's practice makes.
 * Requirements 003-15, 003-19, 003-25 to 003-35.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheFolder } from '../../scripts/real-parts/cache-folder.ts';
import { venvFolder } from '../../scripts/real-parts/python-venv.ts';
import { FLOWS, type Flow, type FlowCondition, type FlowElement } from '../../src/core/smartnic/flows.ts';
import { planFlow } from '../../src/core/smartnic/plan-flow.ts';
import { IRONIC_PRACTICE } from '../../src/core/smartnic/practice.ts';
import { walk } from '../../src/core/smartnic/walk.ts';
import { realPart } from './real-parts.ts';

const part = realPart('ironic');

/** These two are no method of a driver: an error handler of the conductor, and a step that asks for no power. */
const NOT_RUN = ['rescue.abort', 'service.reattach_networking'];

type Asked = readonly [flow: string, power: string, conditions: readonly FlowCondition[]];

/** The conditions that the elements of a flow ask for. */
const conditionsOf = ({ elements }: Flow): readonly FlowCondition[] => [
  ...new Set(
    elements.flatMap((element: FlowElement) => [
      ...(element.unless ?? []),
      ...('asIsWhen' in element ? (element.asIsWhen ?? []) : []),
      ...('leftAwakeByIronicWhen' in element && element.leftAwakeByIronicWhen !== undefined
        ? [element.leftAwakeByIronicWhen]
        : []),
    ]),
  ),
];

const ASKED: readonly Asked[] = Object.entries(FLOWS as Readonly<Record<string, Flow>>)
  .filter(([name]) => !NOT_RUN.includes(name))
  .flatMap(([name, flow]) =>
    [[], ...conditionsOf(flow).map((condition) => [condition])].flatMap((conditions) =>
      // A node that is on its fast track is on, and one that may not be powered off is never found off.
      (conditions.some((each) => each === 'fast-track' || each === 'disable-power-off')
        ? ['power on']
        : ['power on', 'power off']
      ).map((power): Asked => [name, power, conditions]),
    ),
  );

const ours = ([flow, power, conditions]: Asked): readonly string[] => {
  const port = {
    id: 'p',
    isSmartNic: true,
    link: { hostname: 'host1', port_id: 'rep0-0' },
    address: '52:54:00:00:00:01',
    tenantVif: 'V',
  };
  const facts = { node: 'node-1', networkInterface: 'neutron', power, conditions, ports: [port] };
  const planned = planFlow(flow, facts, IRONIC_PRACTICE);
  if (!planned.ok) return [planned.fault.message];
  const { calls } = walk(
    planned.value.program,
    { power: power === 'power off' ? 'off' : 'on', failureOf: () => undefined },
    IRONIC_PRACTICE,
  );
  // To the BMC a restore is a power action like any other.
  return calls.map(({ word }) => word.replace('restore:', 'power:'));
};

describe.skipIf(part.absent)(part.title("Ironic's own code"), () => {
  test(`${ASKED.length} flows with their conditions make the calls that we say`, () => {
    const script = path.join(import.meta.dirname, 'openstack/ironic_flows.py');
    const python = path.join(venvFolder(cacheFolder(), 'openstack'), 'bin/python');
    const printed = execFileSync(python, [script], {
      input: JSON.stringify(ASKED),
      encoding: 'utf8',
      timeout: 120_000,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const theirs = JSON.parse(printed) as readonly (readonly string[])[];
    const differences = ASKED.flatMap((asked, index) => {
      const [mine, real] = [ours(asked), theirs[index] ?? []];
      return mine.join(' ') === real.join(' ')
        ? []
        : [{ asked: asked.flat().join(' '), ours: mine.join(' '), ironic: real.join(' ') }];
    });
    expect(differences).toEqual([]);
    expect(ASKED.length).toBeGreaterThan(60);
  });
});
