/** The story of the DGX nodes, from files: the example that the project ships, and a folder made of shared samples. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { Report } from '../src/core/diagnosis/report.ts';
import { reportSchema } from '../src/core/diagnosis/report-schema.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';
import { nodeState, pf } from '../src/core/diagnosis/rules/world.ts';
import { hasShared, SHARED, WHERE_ABSENT } from './shared-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const EXAMPLE = path.join(ROOT, 'examples/dgx-incident');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const report = async (...paths: string[]): Promise<Report> => {
  const snapshot = await loadDump(paths);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return diagnose(snapshot.value, ALL_RULES);
};

const copyOfExample = (name: string): string => {
  const copy = path.join(folder, name);
  cpSync(EXAMPLE, copy, { recursive: true });
  return copy;
};

describe('the example dump', () => {
  test('gives a report of the documented form, with and without a cause', async () => {
    const copy = copyOfExample('form');
    rmSync(path.join(copy, 'host'), { recursive: true });
    for (const one of [await report(EXAMPLE), await report(copy)])
      expect(reportSchema.parse(JSON.parse(JSON.stringify(one)))).toEqual(JSON.parse(JSON.stringify(one)));
  });

  test('has one root cause, and everything else follows from it (000-04, 000-05, 000-07, 000-53, 000-57)', async () => {
    const { problems, symptoms, nodes } = await report(EXAMPLE);
    expect(problems.map(({ rule }) => rule)).toEqual(['cold-restart-pending']);
    expect(symptoms).toEqual([]);
    expect(problems[0]?.nodes).toEqual(['dgx030', 'dgx031']);
    expect(problems[0]?.consequences.map(({ rule }) => rule)).toEqual([
      'firmware-change-pending',
      'node-state-not-synced',
      'vfs-missing',
      'resource-missing',
      'pods-wait-for-resource',
    ]);
    expect(nodes.map(({ verdict }) => verdict)).toEqual(['affected', 'affected']);
  });

  test('cites places that say what the excerpt says', async () => {
    for (const { source, line } of (await report(EXAMPLE)).problems.flatMap(({ evidence }) => evidence)) {
      expect(source.startsWith(EXAMPLE)).toBe(true);
      expect(line).toBeGreaterThan(0);
    }
  });

  test('without mstconfig output says that this is what it lacks', async () => {
    const copy = copyOfExample('no-settings');
    for (const node of ['dgx030', 'dgx031']) rmSync(path.join(copy, `host/${node}-mstconfig.txt`));
    const { problems, symptoms, unknown } = await report(copy);
    expect(problems).toEqual([]);
    expect(symptoms.map(({ rule }) => rule)).toEqual(['node-state-not-synced']);
    expect(unknown.filter(({ decisive }) => decisive).map(({ what }) => what)).toEqual(['firmware settings']);
    expect(unknown[0]?.settle).toContain('mstconfig');
  });

  test('with one node converged counts 1 of 2 nodes, and names the other as checked', async () => {
    const copy = copyOfExample('one-node');
    const files = [
      'nodes.yaml',
      'sriovnetworknodestates.yaml',
      'host/dgx031-mstconfig.txt',
      'host/dgx031-devices.txt',
      'logs/sriov-network-config-daemon-xb2vn.log',
    ];
    for (const file of files) rmSync(path.join(copy, file));
    writeFileSync(path.join(copy, 'dgx031.yaml'), JSON.stringify(nodeState('dgx031')));
    writeFileSync(
      path.join(copy, 'dgx030.yaml'),
      JSON.stringify(
        nodeState('dgx030', {
          syncStatus: 'InProgress',
          desired: 'Reboot_Required',
          current: 'DrainComplete',
          pfs: [pf({ seen: 0 })],
        }),
      ),
    );
    const { problems, nodes } = await report(copy);
    expect(problems.map(({ rule, nodes: affected }) => [rule, affected])).toEqual([
      ['cold-restart-pending', ['dgx030']],
    ]);
    expect(nodes).toEqual([
      { node: 'dgx030', verdict: 'affected' },
      { node: 'dgx031', verdict: 'nothing found' },
    ]);
  });
});

describe.skipIf(!hasShared)(`a folder of samples${WHERE_ABSENT}`, () => {
  const samples = path.join(SHARED, 'data/samples-host');
  const build = (namespace: string, withSettings: boolean): string => {
    const dump = path.join(folder, `${namespace}-${String(withSettings)}`);
    mkdirSync(path.join(dump, 'dgx030'), { recursive: true });
    const state = nodeState('dgx030', {
      syncStatus: 'InProgress',
      desired: 'Reboot_Required',
      current: 'DrainComplete',
      pfs: [pf({ seen: 0 })],
    });
    writeFileSync(
      path.join(dump, 'nodestates.yaml'),
      JSON.stringify({ ...state, metadata: { ...state.metadata, namespace } }),
    );
    copyFileSync(
      path.join(samples, 'daemon-log.seed-reboot-loop.txt'),
      path.join(dump, 'dgx030/sriov-network-config-daemon.log'),
    );
    if (withSettings)
      copyFileSync(
        path.join(samples, 'mstconfig-q.seed-dgx.num_of_vfs.pending.txt'),
        path.join(dump, 'dgx030/0000-18-00.0.txt'),
      );
    return dump;
  };

  test.each(['network-operator', 'nvidia-network-operator'])(
    'names the pending cold restart in namespace %s (000-03, 000-56)',
    async (namespace) => {
      const { problems, symptoms } = await report(build(namespace, true));
      expect(problems.map(({ rule }) => rule)).toEqual(['cold-restart-pending']);
      expect(symptoms).toEqual([]);
    },
  );

  test('without the mstconfig text lacks exactly that', async () => {
    const { problems, unknown } = await report(build('network-operator', false));
    expect(problems).toEqual([]);
    expect(unknown.filter(({ decisive }) => decisive).map(({ what }) => what)).toEqual(['firmware settings']);
  });
});
