/** Arm sides of BlueFields in DPU mode on the DGX twin: no power goes under one that runs (design: safety rules). */
import { expect, test } from 'vitest';
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NODES } from '../../core/model/kube-resource.ts';
import { readJournal, VISIT_KEY } from '../../core/visit/visit-journal.ts';
import { DGX_NODES, RAILS } from '../../twin/scenarios/dgx-fleet.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { changeRollout } from '../apply/rollouts.ts';
import { carryOn } from './carry-on.ts';
import { twinApi } from './twin-ports.ts';

const HOUR = 3_600_000;
const NODE = DGX_NODES[0];
const CARDS = ['0000:29:00', '0000:aa:00'];
const CUT = /loses power while it runs/;

const begin = async (allow: Readonly<Record<string, unknown>> = {}): Promise<Twin> => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 2 * HOUR);
  const api = twinApi(twin);
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  const made = await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'cold' },
    spec: {
      reason: 'activate staged firmware settings',
      groups: [
        {
          nodes: [NODE],
          rung: 'cold',
          cards: RAILS.map(([bus]) => ({ pci: `0000:${bus}:00.0`, values: { NUM_OF_VFS: '8' } })),
          dpus: CARDS,
        },
      ],
      allow: { rung: 'cold', ...allow },
      power: { adapter: 'twin' },
      drain: { force: true, deleteEmptyDir: true },
    },
  });
  expect(made.ok || made.fault).toBe(true);
  return twin;
};

const run = async (twin: Twin, hours: number): Promise<unknown> => {
  await carryOn(twin, hours * HOUR);
  const end = await twinApi(twin).get(ROLLOUTS, { name: 'cold' });
  return end.ok ? end.value['status'] : end.fault;
};

const heldOf = async (twin: Twin): Promise<{ readonly because: string; readonly wayOut: string } | undefined> => {
  const node = await twinApi(twin).get(NODES, { name: NODE });
  const journal = readJournal(node.ok ? (node.value.metadata.annotations?.[VISIT_KEY] ?? '') : '');
  return journal.ok ? journal.value.held : undefined;
};

const logged = (twin: Twin, what: RegExp): readonly string[] => twin.log.filter((line) => what.test(line));

test('they go down before the power of their host does, and come back with it', async () => {
  const twin = await begin();
  expect(await run(twin, 2)).toMatchObject({ returned: 1, held: [] });
  const [down, off, up] = [/its Arm side \S+ is down/, /powered on after/, /its Arm side \S+ is up/].map((what) =>
    logged(twin, what),
  );
  expect([down?.length, off?.length, up?.length]).toEqual([2, 1, 2]);
  expect(logged(twin, CUT)).toEqual([]);
});

test('the power goes under them only where the plan says so', async () => {
  const twin = await begin({ dpuPowerCut: true });
  expect(await run(twin, 2)).toMatchObject({ returned: 1 });
  expect(logged(twin, CUT)).toHaveLength(2);
});

test('one that never shuts down keeps the power on; a resume goes on when it does', async () => {
  const twin = await begin();
  twin.play([{ fault: 'host-arm-hangs', node: NODE, atSeconds: 0, forSeconds: 3600 }]);
  expect(await run(twin, 1)).toMatchObject({ returned: 0, held: [{ node: NODE }] });
  expect(await heldOf(twin)).toMatchObject({
    because: expect.stringMatching(
      /Arm side of the BlueField 0000:29:00 was asked 2 times .* still reads OsIsRunning/,
    ) as string,
    wayOut: expect.stringContaining('shutdown -h now') as string,
  });
  expect(logged(twin, /powered on after/)).toEqual([]);
  await changeRollout(twin.world.api(), 'cold', 'resume', twin.clock.now());
  expect(await run(twin, 2)).toMatchObject({ returned: 1, held: [] });
  expect(logged(twin, CUT)).toEqual([]);
});

test('one that cannot be asked keeps the visit from beginning', async () => {
  const twin = await begin();
  twin.play([{ fault: 'arm-unreachable', share: 1, node: NODE, atSeconds: 0, forSeconds: 3600 }]);
  expect(await run(twin, 0.5)).toMatchObject({
    visiting: [],
    blocked: [{ node: NODE, message: expect.stringContaining('0000:29:00 is down cannot be told') as string }],
  });
});

test('a BMC that was locked on the way holds the visit at once, with the host on', async () => {
  const twin = await begin();
  twin.world.subscribe(NODES, ({ object, before }) => {
    const isIn = (one: typeof before): boolean =>
      one?.metadata.annotations?.[VISIT_KEY]?.includes('"stage":"restart"') === true;
    if (object.metadata.name === NODE && isIn(object) && !isIn(before))
      twin.play([{ fault: 'arm-login-refused', share: 1, node: NODE, atSeconds: 0, forSeconds: 3600 }]);
  });
  expect(await run(twin, 0.8)).toMatchObject({ held: [{ node: NODE }] });
  expect((await heldOf(twin))?.because).toMatch(/0000:29:00 is down is not known: .*refuses user name or password/);
  expect(twin.hosts.get(NODE)?.power).toBe('on');
});
