/**
 * The same cluster in every layout: the same root causes, each with lines that can be opened, from a folder and from an
 * archive. What a layout does not hold is asked for, and never read as fine.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { Report } from '../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';
import type { Snapshot } from '../src/core/snapshot/snapshot.ts';
import {
  asClusterInfoStream,
  asSysinfoSnapshots,
  CLUSTER_LAYOUTS,
  type DumpFiles,
} from '../src/testing/dump-layouts.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../examples/dgx-incident');

let folder = '';
let example: Snapshot;
let hosts: DumpFiles;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-layouts-'));
  example = await load([EXAMPLE]);
  hosts = asSysinfoSnapshots(example, ({ origin }) => /dgx\d+(?=-)/.exec(origin.source)?.[0]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = async (paths: readonly string[]): Promise<Snapshot> => {
  const loaded = await loadDump(paths);
  if (!loaded.ok) throw new Error(loaded.fault.message);
  return loaded.value;
};

const write = (name: string, files: DumpFiles): string => {
  const root = path.join(folder, name);
  for (const [file, content] of files) {
    const target = path.join(root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return root;
};

const packed = (root: string): string => {
  execFileSync('tar', ['-czf', `${root}.tgz`, '-C', path.dirname(root), path.basename(root)]);
  return `${root}.tgz`;
};

const report = (snapshot: Snapshot): Report => diagnose(snapshot, ALL_RULES, { readYaml });

const causes = ({ problems }: Report): unknown =>
  problems.map(({ rule, nodes, consequences }) => [rule, nodes, consequences.map((one) => one.rule)]);

describe.each(Object.entries(CLUSTER_LAYOUTS))('%s', (id, as) => {
  test('is told by its names, and its time by its collector', async () => {
    const snapshot = await load([write(`${id}/told`, as(example))]);
    expect(snapshot.dumps?.map(({ layout }) => layout)).toEqual([id]);
    expect(snapshot.dumps?.[0]?.takenAt).toMatch(id === 'cluster-info' ? /^2025-/ : /^2026-03-02T09:15:44/);
    expect(snapshot.gaps).toEqual([]);
  });

  test('places every log on its pod and container', async () => {
    const logs = (await load([write(`${id}/logs`, as(example))])).texts.filter(
      ({ kind, pod }) => kind === 'log' && pod,
    );
    expect(
      logs
        .map(({ namespace, pod, container }) => [namespace, pod, container].join(' '))
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual([
      'network-operator sriov-network-config-daemon-7q4kd sriov-network-config-daemon',
      'network-operator sriov-network-config-daemon-xb2vn sriov-network-config-daemon',
    ]);
  });

  test('with archives of the hosts: the same root cause as the example, from a folder and a tgz (000-04, 000-07)', async () => {
    // kubectl's dump has no custom resources: they come as a list beside it.
    const custom = example.objects.map(({ object }) => object).filter(({ kind }) => kind.startsWith('Sriov'));
    const beside =
      id === 'cluster-info'
        ? new Map([['custom.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: custom })]])
        : new Map<string, string>();
    const cluster = write(`${id}/whole`, new Map([...as(example), ...beside]));
    const sysinfo = write(`${id}/hosts`, hosts);
    for (const paths of [
      [cluster, sysinfo],
      [packed(cluster), packed(sysinfo)],
    ]) {
      const snapshot = await load(paths);
      const found = report(snapshot);
      expect(causes(found)).toEqual(causes(report(example)));
      for (const { line } of found.problems.flatMap(({ evidence }) => evidence)) expect(line).toBeGreaterThan(0);
    }
  });

  test('without the hosts no pending setting is claimed, and the tool that shows it is asked for', async () => {
    const cluster = report(await load([write(`${id}/alone`, as(example))]));
    expect(cluster.problems.map(({ rule }) => rule)).not.toContain('cold-restart-pending');
    if (id !== 'cluster-info')
      expect(cluster.unknown.filter(({ decisive }) => decisive).map(({ what }) => what)).toEqual(['firmware settings']);
  });
});

test('a dump of kubectl as one stream holds what its folder holds, with lines', async () => {
  const files = asClusterInfoStream(example);
  const stream = await load([write('stream', files)]);
  const tree = await load([write('tree', CLUSTER_LAYOUTS['cluster-info'](example))]);
  const shown = ({ objects, texts }: Snapshot): unknown => [
    objects
      .map(({ object }) =>
        JSON.stringify(object, ['kind', 'apiVersion', 'metadata', 'name', 'namespace', 'spec', 'nodeName']),
      )
      .toSorted(),
    texts.map(({ pod, container, text }) => [pod, container, text]),
  ];
  expect(shown(stream)).toEqual(shown(tree));
  const lines = [...files.values()].join('').split('\n');
  for (const { object, lineOf } of stream.objects)
    expect(lines[(lineOf?.(['metadata', 'name']) ?? 0) - 1]).toContain(`"name": "${object.metadata.name}"`);
  for (const { text, origin } of stream.texts) expect(lines[(origin.line ?? 0) - 1]).toBe(text.split('\n')[0]);
});
