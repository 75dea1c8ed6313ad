/**
 * Real collectors at the twin's API: what `kubectl cluster-info dump` and `kubectl get -o yaml` write of the incident is
 * diagnosed to the root causes of the twin itself, and a collection that is served again by `twin serve --from` is the same
 * cluster to kubectl.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../../src/adapters/dump/load-dump.ts';
import { playScenario, type PlayedScenario } from '../../src/app/twin-serve/play-scenario.ts';
import { clusterOfSnapshot } from '../../src/app/twin-serve/cluster-of-snapshot.ts';
import { diagnose } from '../../src/core/diagnosis/engine.ts';
import { ALL_RULES } from '../../src/core/diagnosis/rules/index.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { asMustGather } from '../../src/testing/dump-layouts.ts';
import { runOnHost } from '../../src/twin/hardware/host-commands.ts';
import { realPart } from './real-parts.ts';
import { twinOnTheNetwork, type TwinOnTheNetwork } from './twin-api/served-twin.ts';

const run = promisify(execFile);
const kubectl = realPart('kubectl');
const KINDS = 'nodes,sriovnetworknodestates,sriovnetworknodepolicies,sriovoperatorconfigs,nicclusterpolicies';

describe.skipIf(kubectl.absent)(kubectl.title("collectors at the twin's API"), () => {
  let played: PlayedScenario;
  let served: TwinOnTheNetwork;
  let folder = '';
  const stops: (() => Promise<void>)[] = [];

  const ask = async (to: TwinOnTheNetwork, ...args: readonly string[]): Promise<string> =>
    (await run(kubectl.program, ['--kubeconfig', to.kubeconfig, ...args], { timeout: 120_000, maxBuffer: 1 << 28 }))
      .stdout;
  const load = async (...paths: readonly string[]): Promise<Snapshot> => {
    const loaded = await loadDump(paths);
    if (!loaded.ok) throw new Error(loaded.fault.message);
    return loaded.value;
  };
  const causes = (snapshot: Snapshot): unknown =>
    diagnose(snapshot, ALL_RULES).problems.map(({ rule, nodes }) => [rule, nodes]);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-collectors-'));
    const begun = await playScenario('dgx-cold-restart', 1);
    if (!begun.ok) throw new Error(begun.fault.message);
    played = begun.value;
    const { world, clock } = played.cluster;
    // So slow that nothing happens while it is collected.
    served = await twinOnTheNetwork({ world, clock, speed: 0.001 });
    stops.push(served.stop);
    await ask(served, 'cluster-info', 'dump', '-A', `--output-directory=${folder}/dump`);
    writeFileSync(path.join(folder, 'custom.yaml'), await ask(served, 'get', KINDS, '-A', '-o', 'yaml'));
    mkdirSync(path.join(folder, 'host'));
    for (const [name, host] of played.cluster.machines?.hosts ?? [])
      writeFileSync(
        path.join(folder, 'host', `${name}-mstconfig.txt`),
        host.adapters
          .map(({ spec: { card } }) => ['mstconfig', '-d', `${card}.0`, '-e', 'q'])
          .map((command) => `$ ${command.join(' ')}\n${runOnHost(host, command).stdout}`)
          .join('\n'),
      );
  }, 120_000);
  afterAll(async () => {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a dump with custom resources and host text beside it gives the root causes of the twin', async () => {
    expect(causes(played.snapshot())).toEqual([['cold-restart-pending', ['dgx030', 'dgx031']]]);
    expect(causes(await load(`${folder}/dump`, `${folder}/custom.yaml`, `${folder}/host`))).toEqual(
      causes(played.snapshot()),
    );
  });

  const archived = async (name: string, parts: readonly string[]): Promise<string> => {
    const archive = path.join(folder, `${name}.tgz`);
    await run('tar', ['-czf', archive, '-C', folder, ...parts]);
    return archive;
  };
  const mustGather = async (): Promise<string> => {
    for (const [name, text] of asMustGather(played.snapshot())) {
      const file = path.join(folder, 'gathered', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return archived('must-gather', ['gathered']);
  };

  test.each([
    ['a cluster-info dump', () => archived('dump', ['dump', 'custom.yaml'])],
    ['a must-gather', mustGather],
  ] as const)('%s as an archive, served again, is the same cluster to kubectl', async (_, collected) => {
    const cluster = clusterOfSnapshot(await load(await collected()), played.cluster.clock.now());
    const again = await twinOnTheNetwork({ ...cluster, speed: 0.001 });
    stops.push(again.stop);
    for (const what of [
      ['get', 'nodes', '--no-headers'],
      ['get', 'sriovnetworknodestates', '-A', '-o', 'name'],
      ['get', 'pods', '-A', '-o', 'name'],
    ])
      expect(await ask(again, ...what)).toBe(await ask(served, ...what));
    expect(await ask(again, 'describe', 'node', 'dgx030')).toContain(
      'sriovnetwork.openshift.io/state: Reboot_Required',
    );
    expect(again.bugs).toEqual([]);
  });
});
