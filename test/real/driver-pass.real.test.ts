/**
 * core/driver against NVIDIA's own upgrade manager: one pass over hundreds of clusters in any stage of an upgrade, every
 * label, annotation, cordon, pod deletion, drain and error compared. The library is a version that knows no requestor
 * mode, so that half is held by the cases alone.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runGoPeer } from '../../bench/go-peer.ts';
import { afterWrites } from '../../src/core/driver/after-pass.ts';
import { OFED_KEYS } from '../../src/core/driver/driver-keys.ts';
import { isUnschedulable, nodeLabel } from '../../src/core/driver/managed-node.ts';
import { takePass } from '../../src/core/driver/upgrade-pass.ts';
import { digText } from '../../src/core/model/dig.ts';
import type { JsonObject } from '../../src/testing/cases/case-kind.ts';
import { worldOf } from '../../src/testing/cases/kinds/driver-world.ts';
import type { CaseWorld } from '../../src/testing/cases/kinds/driver-world.ts';
import { driverClusters } from '../../src/testing/driver-clusters.ts';

const WORLDS = 500;

interface Outcome {
  readonly error: boolean;
  readonly nodes: readonly {
    readonly name: string;
    readonly state: string;
    readonly unschedulable: boolean;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
  readonly deleted: readonly string[];
  readonly drained: readonly string[];
}

/** The library reads the clock itself, so a stamp it sets is told apart from others, and no more. */
const withoutNow = (annotations: Readonly<Record<string, string>>, now: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key, Math.abs(Number(value) - now) < 1000 ? 'now' : value]),
  );

const ours = ({ input, policy, options }: CaseWorld): Outcome => {
  const { writes, starts, fault } = takePass(input, policy, options);
  return {
    error: fault !== undefined,
    nodes: afterWrites(input, writes).nodes.map((node) => ({
      name: node.metadata.name,
      state: nodeLabel(node, OFED_KEYS.state) ?? '',
      unschedulable: isUnschedulable(node),
      annotations: withoutNow(node.metadata.annotations ?? {}, options.now),
    })),
    deleted: writes.flatMap((write) => (write.do === 'delete-driver-pod' ? [write.pod] : [])),
    drained: starts.map(({ node }) => node),
  };
};

const theirs = (outcome: Outcome | { readonly [K in keyof Outcome]: Outcome[K] | null }, now: number): Outcome => ({
  error: outcome.error ?? false,
  nodes: (outcome.nodes ?? []).map((node) => ({
    ...node,
    annotations: withoutNow((node.annotations as typeof node.annotations | null) ?? {}, now),
  })),
  deleted: outcome.deleted ?? [],
  drained: outcome.drained ?? [],
});

const line = ({ input, policy, options }: CaseWorld): string =>
  JSON.stringify({
    policy: { ...policy, maxUnavailable: policy.maxUnavailable ?? undefined },
    validationSelector: options.validationSelector,
    nodes: input.nodes,
    daemonSet: input.daemonSets[0],
    driverPods: input.driverPods,
    revisions: input.revisions,
    pods: input.pods,
  });

const folder = mkdtempSync(path.join(tmpdir(), 'nicwright-driver-'));
const file = path.join(folder, 'worlds.jsonl');
const now = Math.floor(Date.now() / 1000);
// This version looks at maxUnavailable before the first step, and ours, like later ones, in the step of upgrade-required.
const hasReadableLimit = (given: JsonObject): boolean => digText(given, 'policy', 'maxUnavailable') !== 'many';
const worlds = fc
  .sample(driverClusters({ now, modes: ['inplace'] }).filter(hasReadableLimit), { numRuns: WORLDS, seed: 1 })
  .map((given) => worldOf(given));
writeFileSync(file, worlds.map((world) => `${line(world)}\n`).join(''));
const peer = runGoPeer('driver-pass', ['-worlds', file]);
rmSync(folder, { recursive: true, force: true });

describe.skipIf(!peer.ran)(`the upgrade manager of k8s-operator-libs${peer.ran ? '' : ` (${peer.because})`}`, () => {
  test(`does the same on ${WORLDS} clusters`, () => {
    const answers = peer.ran ? peer.lines.map((text) => JSON.parse(text) as Outcome) : [];
    expect(answers).toHaveLength(WORLDS);
    for (const [index, world] of worlds.entries())
      expect(ours(world), `world ${index}: ${line(world)}`).toEqual(theirs(answers[index] as Outcome, now));
    // A comparison in which nothing happens, or everything fails, would prove nothing.
    expect(answers.filter(({ error }) => error).length).toBeLessThan(WORLDS / 2);
    expect(answers.some(({ drained }) => (drained ?? []).length > 0)).toBe(true);
    expect(answers.some(({ deleted }) => (deleted ?? []).length > 0)).toBe(true);
  });
});
