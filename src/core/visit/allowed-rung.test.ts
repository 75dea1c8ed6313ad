/** How far up the ladder a visit may go, and that each place which could begin a restart asks. */
import { expect, test } from 'vitest';
import type { Rung } from '../firmware/rung.ts';
import { rolloutSpec } from '../model/crd/rollout.ts';
import { allowedRung } from './allowed-rung.ts';
import { nextVisitStep } from './next-visit-step.ts';
import type { Stage } from './stages.ts';
import { told } from './told.ts';
import type { VisitFacts } from './visit-facts.ts';
import type { VisitJournal } from './visit-journal.ts';

const CARD = '0000:18:00.0';
const UUID = '4c4c4544-0038-3110-8044-b7c04f573832';

interface Given {
  readonly allow: Rung;
  readonly upTo?: Rung;
  readonly rung: Rung;
  readonly journal?: Partial<VisitJournal>;
}

const factsOf = (stage: Stage, { allow, upTo, rung, journal }: Given): VisitFacts => {
  const spec = rolloutSpec.parse({
    reason: 'a test',
    groups: [{ nodes: ['a'], rung, upTo, cards: [{ pci: CARD, values: { NUM_OF_VFS: '8' } }] }],
    allow: { rung: allow },
    power: { adapter: 'bmc' },
  });
  const [group] = spec.groups;
  if (group === undefined) throw new Error('no group');
  return {
    nowMs: 0,
    node: {
      name: 'a',
      ready: true,
      bootId: 'boot-1',
      schedulable: stage === 'gate',
      isControlPlane: false,
      labels: {},
      annotations: {},
      allocatable: {},
    },
    spec,
    group,
    journal: { rollout: 'r', uid: 'u', stage, sinceMs: 0, beganMs: 0, because: '', rung, ...journal },
    told: {
      others: told({ atWork: [], toQuiet: [], stillThere: [] }),
      pods: told({ going: [], refused: [], jobs: [] }),
      power: told({
        by: 'bmc',
        state: journal?.power === undefined ? 'on' : 'off',
        guards: { bmc: { identity: { uuid: UUID } }, expected: { uuid: UUID }, weRunOn: 'outside', dpus: [] },
      }),
      ways: told({ verdict: 'one-way' }),
      firmware: told([{ pci: CARD, settings: [{ name: 'NUM_OF_VFS', current: '16', next: '8' }] }]),
      belongings: told({ resources: {}, functions: [] }),
    },
  };
};

test.for<[string, Rung, Rung | undefined, Rung]>([
  ['a group without a word of its own goes as high as the rollout', 'cold', undefined, 'cold'],
  ['a group may be kept lower', 'cold', 'warm', 'warm'],
  ['and never goes higher', 'warm', 'cold', 'warm'],
])('%s', ([, rung, upTo, allowed]) => {
  expect(allowedRung({ allow: rolloutSpec.shape.allow.parse({ rung }) }, { upTo })).toBe(allowed);
});

const says = (stage: Stage, given: Given) => {
  const { journal, because, acts } = nextVisitStep(factsOf(stage, given));
  return { stage: journal.stage, because, acts: acts.map((act) => act.do), wayOut: journal.held?.wayOut };
};

test('a warm restart that did not help climbs in a group that may, and holds the visit in one that may not', () => {
  const tried = { tried: ['warm' as const] };
  expect(says('verify', { allow: 'cold', rung: 'warm', journal: tried })).toMatchObject({ stage: 'drain' });
  expect(says('verify', { allow: 'cold', upTo: 'warm', rung: 'warm', journal: tried })).toMatchObject({
    stage: 'held',
    because: expect.stringContaining('not active after a warm restart'),
    wayOut: expect.stringContaining('--up-to cold'),
  });
});

test('a restart above it does not pass the gate, and is not begun where the plan was changed meanwhile', () => {
  const given: Given = { allow: 'cold', upTo: 'warm', rung: 'cold' };
  expect(says('gate', given)).toMatchObject({ stage: 'gate', because: expect.stringContaining('no more than a warm') });
  expect(says('restart', given)).toMatchObject({ stage: 'held', acts: [], wayOut: 'plan with --up-to cold' });
  expect(says('gate', { ...given, upTo: 'cold' })).toMatchObject({ stage: 'quiet' });
});

test('a host whose power is off already is brought back all the same', () => {
  const power = {
    phase: 'held-off' as const,
    sinceMs: -120_000,
    bootIdBefore: 'boot-1',
    offReads: 3,
    unwantedOn: 0,
    unanswered: 0,
  };
  expect(says('restart', { allow: 'cold', upTo: 'warm', rung: 'cold', journal: { power } }).stage).toBe('restart');
});
