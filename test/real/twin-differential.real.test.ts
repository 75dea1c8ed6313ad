/**
 * The same writes on the twin's world and on a real kube-apiserver: 2,000 sequences by chance, of 16 built-in kinds and a custom one.
 * Every answer and what is stored after it are equal; what the twin leaves out is listed in differential/known-differences.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../src/core/model/kube-resource.ts';
import type { KubeApi, KubeDraft } from '../../src/core/ports/kube-api.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';
import { seededRandom } from '../../src/twin/seeded-random.ts';
import { VirtualClock } from '../../src/twin/virtual-clock.ts';
import { createWorld } from '../../src/twin/world/world.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { knownDifference } from './differential/known-differences.ts';
import { playSequence, type Told } from './differential/play-sequence.ts';
import { drawSequence, type Sequence, type Write } from './differential/write-sequences.ts';
import { GADGET_DEFINITION, GADGETS } from './differential/gadgets.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');

/** NICWRIGHT_SEQUENCES=20000 plays more of them, NICWRIGHT_FIRST_SEQUENCE others. */
const COUNT = Number(process.env['NICWRIGHT_SEQUENCES'] ?? 2_000);
const FIRST = Number(process.env['NICWRIGHT_FIRST_SEQUENCE'] ?? 0);
const SIDE_BY_SIDE = 12;

/** The first write of a sequence after which the two are not alike. */
interface Difference {
  readonly seed: number;
  readonly kind: string;
  readonly write: Write | undefined;
  readonly real: Told | undefined;
  readonly twin: Told | undefined;
}

const compared = (told: Told | undefined): unknown => {
  const { words: _words, ...rest } = told ?? { answer: 'none' };
  return JSON.parse(JSON.stringify(rest)) as unknown;
};

const firstDifference = (
  seed: number,
  sequence: Sequence,
  real: readonly Told[],
  twin: readonly Told[],
): Difference | undefined => {
  const at = real.findIndex((told, index) => !isDeepStrictEqual(compared(told), compared(twin[index])));
  return at < 0
    ? undefined
    : { seed, kind: sequence.kind.resource.kind, write: sequence.writes[at], real: real[at], twin: twin[at] };
};

describe.skipIf(parts.absent)(parts.title('random writes on the twin and on a real kube-apiserver'), () => {
  let cluster: Cluster;
  let api: KubeApi;
  beforeAll(async () => {
    cluster = await startCluster();
    api = await apiOf(cluster);
  });
  afterAll(() => cluster?.stop());

  test('are answered alike and store the same', { timeout: 120_000 + COUNT * 150 }, async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    // A real API server alone has no controllers either.
    const twin = createWorld({ clock, random: seededRandom(1, 'world'), garbageCollector: false }).api();
    for (const one of [api, twin]) good(await one.create(CUSTOM_RESOURCE_DEFINITIONS, GADGET_DEFINITION as KubeDraft));
    for (let tries = 0; !(await api.list(GADGETS)).ok && tries < 100; tries += 1) await sleep(100);
    // A moment later the server has the schema for apply, too.
    await sleep(2_000);

    const differences: Difference[] = [];
    const played = { sequences: 0, writes: 0, refusals: 0 };
    let next = FIRST;
    const player = async (): Promise<void> => {
      while (next < FIRST + COUNT) {
        const seed = next;
        next += 1;
        const sequence = drawSequence(seededRandom(seed, 'sequence'));
        if (knownDifference(sequence) !== undefined) continue;
        const real = await playSequence(api, sequence, `s${seed}`);
        const mine = await playSequence(twin, sequence, `s${seed}`);
        played.sequences += 1;
        played.writes += real.length;
        played.refusals += real.filter(({ answer }) => answer !== 'ok').length;
        const difference = firstDifference(seed, sequence, real, mine);
        if (difference !== undefined) differences.push(difference);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, player));

    expect(differences.slice(0, 5)).toEqual([]);
    expect(played.sequences).toBeGreaterThan(COUNT * 0.9);
    expect(played.writes).toBeGreaterThan(COUNT * 7);
    expect(played.refusals).toBeGreaterThan(COUNT * 2);
  });
});
