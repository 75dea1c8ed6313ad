/** The DGX incident in a real API server, with a stub for the kubelets: live reading needs no files, and changes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { loadDump } from '../../src/adapters/dump/load-dump.ts';
import { saveSnapshot } from '../../src/adapters/dump/save-snapshot.ts';
import { readLiveSnapshot } from '../../src/adapters/kubernetes/live-snapshot.ts';
import type { LiveOptions } from '../../src/adapters/kubernetes/live-options.ts';
import { diagnose } from '../../src/core/diagnosis/engine.ts';
import { ALL_RULES } from '../../src/core/diagnosis/rules/index.ts';
import { digText } from '../../src/core/model/dig.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { joinSnapshots } from '../../src/core/snapshot/join.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';
import { type Cluster, startCluster, TOKENS } from './cluster.ts';
import { type KubeletStub, startKubeletStub } from './kubelet-stub.ts';
import { apiOf } from './real-api.ts';
import { buildIncident, INCIDENT } from './incident-world.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');

describe.skipIf(parts.absent)(parts.title('a live reading of the DGX incident'), () => {
  let cluster: Cluster;
  let stub: KubeletStub;
  let api: KubeApi;
  beforeAll(async () => {
    cluster = await startCluster();
    stub = await startKubeletStub(cluster.pki);
    api = await apiOf(cluster);
    await buildIncident(api, stub);
  });
  afterAll(async () => {
    await stub?.stop();
    await cluster?.stop();
  });

  const options: LiveOptions = { homeNamespace: 'default', clock: systemClock };
  const read = async (more: Partial<LiveOptions> = {}, as: KubeApi = api): Promise<Snapshot> => {
    const snapshot = await readLiveSnapshot(as, { ...options, ...more });
    if (!snapshot.ok) throw new Error(snapshot.fault.message);
    return snapshot.value;
  };

  test('has objects, logs and host text, and says that commands are run', async () => {
    const said: string[] = [];
    const snapshot = await read({ warn: (line) => said.push(line) });
    expect(snapshot.texts.map(({ kind, node }) => `${kind} ${node}`).toSorted()).toEqual([
      'host dgx030',
      'host dgx031',
      'log dgx030',
      'log dgx031',
    ]);
    expect(said.join('\n')).toMatch(/Running reading commands .* in 2 config daemon pod/);
    expect(snapshot.listed).toContain('SriovNetworkNodeState.sriovnetwork.openshift.io');
  });

  test.for([
    ['live', (): Promise<Snapshot> => read()],
    [
      'objects live, host text from files',
      async (): Promise<Snapshot> => joinSnapshots([await read({ exec: false }), await fromFiles('host')]),
    ],
  ] as const)('names the one root cause: %s', async ([, input]) => {
    const fromFilesAlone = diagnose(await fromFiles(), ALL_RULES);
    const report = diagnose(await input(), ALL_RULES);
    expect(report.problems.map(({ rule, nodes }) => ({ rule, nodes }))).toEqual(
      fromFilesAlone.problems.map(({ rule, nodes }) => ({ rule, nodes })),
    );
    expect(report.problems[0]).toMatchObject({ rule: 'cold-restart-pending', nodes: ['dgx030', 'dgx031'] });
  });

  test('changes nothing: every object keeps its version', async () => {
    const before = await versions(api);
    await read();
    expect(await versions(api)).toEqual(before);
    expect(before.size).toBeGreaterThan(100);
  });

  test('kept in a folder, it reads the same', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-live-'));
    try {
      const live = await read();
      expect(saveSnapshot(folder, live, '2026-01-01T00:00:00Z')).toMatchObject({ ok: true });
      expect(saveSnapshot(folder, live, '2026-01-01T00:00:00Z')).toMatchObject({ ok: false });
      const loaded = await loadDump([folder]);
      if (!loaded.ok) throw new Error(loaded.fault.message);
      const bare = ({ objects }: Snapshot): unknown[] => objects.map(({ object }) => object).toSorted(byPath);
      expect(bare(loaded.value)).toEqual(bare(live));
      expect(loaded.value.texts.map(({ text }) => text).toSorted()).toEqual(
        live.texts.map(({ text }) => text).toSorted(),
      );
      expect(loaded.value.gaps).toEqual(live.gaps);
      expect([...loaded.value.listed].toSorted()).toEqual([...live.listed].toSorted());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('without rights: what is missing, and what that hides; the rest is used', async () => {
    const said: string[] = [];
    const snapshot = await read({ warn: (line) => said.push(line) }, await apiOf(cluster, TOKENS.alice));
    expect(snapshot.objects).toEqual([]);
    expect(said.join('\n')).toMatch(/Missing rights:\n {2}list .*\n/);
    expect(said.join('\n')).toContain('list pods -A: hides which pods run or wait where, and why');
    expect(said.join('\n')).toMatch(/list clusterroles\S*, list .*rolebindings\S* -A: hides who may do what/);
    expect(snapshot.gaps.find(({ what }) => what === 'nodes')).toMatchObject({
      because: 'we have no right to list them there; that hides nodes, their labels, taints, resources and boot ids',
      settle: 'kubectl auth can-i list nodes',
    });
    expect(snapshot.listed).not.toContain('Node');
  });

  test('one node by name: the others are not looked at, and that is said', async () => {
    const snapshot = await read({ nodes: { names: ['dgx031'] } });
    const states = snapshot.objects.filter(({ object }) => object.kind === 'SriovNetworkNodeState');
    expect(states.map(({ object }) => object.metadata.name)).toEqual(['dgx031']);
    expect(snapshot.texts.map(({ node }) => node)).toEqual(['dgx031', 'dgx031']);
    expect(snapshot.gaps).toContainEqual({ what: 'other nodes', because: expect.any(String) as string });
  });

  test('without exec and logs nothing runs anywhere, and files may stand in', async () => {
    const before = stub.execs.length;
    const live = await read({ exec: false, logs: false });
    expect(stub.execs.length).toBe(before);
    expect(live.texts).toEqual([]);
    expect(joinSnapshots([live, await fromFiles('host')]).texts.length).toBe(4);
  });
});

const fromFiles = async (part = ''): Promise<Snapshot> => {
  const files = await loadDump([path.join(INCIDENT, part)]);
  if (!files.ok) throw new Error(files.fault.message);
  return files.value;
};

const byPath = (a: unknown, b: unknown): number => (pathOf(a) < pathOf(b) ? -1 : 1);
const pathOf = (object: unknown): string =>
  ['kind', 'metadata.namespace', 'metadata.name'].map((key) => digText(object, ...key.split('.')) ?? '').join('/');

/** Versions of all objects of all kinds, by path. */
const versions = async (api: KubeApi): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (const kind of good(await api.discover())) {
    // Their "objects" are made up at each request and have no version.
    if (!kind.verbs.includes('list') || kind.kind === 'ComponentStatus') continue;
    for (const item of good(await api.list(kind)).items)
      found.set(`${kind.group}/${pathOf(item)}`, item.metadata.resourceVersion ?? '');
  }
  return found;
};
