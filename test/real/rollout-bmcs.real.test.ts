/**
 * A rollout on a real kube-apiserver with its controllers and kwok nodes, whose power is switched by BMCs of three kinds at
 * once: the Redfish emulator of sushy-tools, the twin's BMC over HTTPS, and ipmi_sim by ipmitool; a fourth one lies.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOnPath } from '../../scripts/real-parts/debian-packages.ts';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { ipmiBmc } from '../../src/adapters/ipmi/ipmi-bmc.ts';
import { Ipmitool } from '../../src/adapters/ipmi/ipmitool.ts';
import { redfishBmc } from '../../src/adapters/redfish/redfish-bmc.ts';
import { RedfishService } from '../../src/adapters/redfish/redfish-service.ts';
import { bmcPool, type BmcPool } from '../../src/app/power/bmc-pool.ts';
import { runRolloutController } from '../../src/controllers/rollout/rollout-controller.ts';
import type { RolloutPorts } from '../../src/controllers/rollout/rollout-ports.ts';
import { rolloutDefinition } from '../../src/core/model/crd/rollout-definition.ts';
import { ROLLOUTS, type RolloutStatus } from '../../src/core/model/crd/rollout.ts';
import { dig, digText } from '../../src/core/model/dig.ts';
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  SECRETS,
} from '../../src/core/model/kube-resource.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import type { OpenBmc } from '../../src/core/ports/open-bmc.ts';
import { fail, ok } from '../../src/core/result.ts';
import { selfSignedCertificate } from '../../src/faces/twin-api/certificate/self-signed.ts';
import { serveTwinBmcs, type TwinBmcs } from '../../src/faces/twin-api/redfish/twin-bmcs.ts';
import { openBmc } from '../../src/main/open-bmc.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';
import { BmcFaults, twinBmc } from '../../src/twin/hardware/twin-bmc.ts';
import { seededRandom } from '../../src/twin/seeded-random.ts';
import { startIpmiSim, type IpmiSim } from './bmc/ipmi-sim.ts';
import { CARD, fastClock, startMachines, type Machines } from './bmc/machine.ts';
import { startSushyEmulator, type SushyEmulator } from './bmc/sushy-emulator.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { freePorts } from './free-ports.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const emulator = realPart('sushy-emulator');
const hasIpmi = ['ipmi_sim', 'ipmitool'].every(isOnPath);
const absent = parts.absent || emulator.absent || !hasIpmi;

const SPEED = 10;
const LOGIN = { user: 'admin', password: 'b9-very-secret' };
const NODES_OF = { sushy: 'dgx030', twin: 'dgx031', ipmi: 'dgx032', lying: 'dgx033' };

describe.skipIf(absent)(emulator.title('a rollout with real BMCs'), () => {
  const clock = fastClock(SPEED);
  const stops: (() => Promise<void> | void)[] = [];
  let folder = '';
  let cluster: Cluster;
  let api: KubeApi;
  let machines: Machines;
  let sushy: SushyEmulator;
  let ipmi: IpmiSim;
  let bmcs: TwinBmcs;
  let pool: BmcPool;

  /** ipmitool's pause between commands is for BMCs that cannot keep up; the simulator can. */
  const openHere: OpenBmc = async (node, entry) => {
    if (node !== NODES_OF.ipmi) return openBmc(node, entry);
    const target = { host: '127.0.0.1', port: ipmi.port, username: LOGIN.user, password: LOGIN.password, pauseMs: 0 };
    return ok({ bmc: ipmiBmc(new Ipmitool(target, systemClock)), close: () => Promise.resolve() });
  };

  const ports = (): RolloutPorts => ({
    api,
    clock,
    random: { next: Math.random },
    log: silentLog,
    metrics: noMetrics,
    hostTools: (node) => Promise.resolve(ok(machines.hostTools(node))),
    secondTools: () => Promise.resolve(ok(undefined)),
    hostChanges: () => Promise.resolve(fail('held-no-way', 'No way into the hosts of this test.')),
    bmc: (node, adapter) => pool.bmc(node, adapter),
    armSide: (_node, card) => Promise.resolve(fail('arm-unknown', `Nothing leads to ${card} in this test.`)),
    weRunOn: 'outside',
  });

  /** The machine follows what its BMC was told, as the board of a real one does. */
  const follow = (node: string, read: () => Promise<'on' | 'off' | undefined>): void => {
    let going = true;
    stops.push(() => {
      going = false;
    });
    void (async () => {
      while (going) {
        const power = await read();
        const host = machines.hosts.get(node);
        if (power === 'off' && host?.power === 'on') host.cutPower();
        if (power === 'on' && host?.power === 'off') host.powerOn();
        await sleep(200);
      }
    })();
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nicwright-rollout-'));
    cluster = await startCluster({ controllers: true, scheduler: true, kwok: true });
    api = await apiOf(cluster);
    const { sushy: first, twin: second, ipmi: third, lying } = NODES_OF;
    machines = await startMachines(api, clock, {
      fleet: { [first]: 'dgx', [second]: 'dgx', [third]: 'dgx', [lying]: 'lying' },
    });
    const host = (node: string) => {
      const found = machines.hosts.get(node);
      if (found === undefined) throw new Error(`no host ${node}`);
      return found;
    };
    const own = selfSignedCertificate(Date.now());
    const [sushyPort = 0, ipmiPort = 0] = await freePorts(2);
    sushy = await startSushyEmulator(
      path.join(folder, 'sushy'),
      sushyPort,
      [{ uuid: host(NODES_OF.sushy).uuid, name: NODES_OF.sushy }],
      LOGIN,
      { cert: own.certificate, key: own.key },
    );
    ipmi = await startIpmiSim(path.join(folder, 'ipmi'), ipmiPort, LOGIN, host(NODES_OF.ipmi).uuid);
    const served = [NODES_OF.twin, NODES_OF.lying];
    bmcs = await serveTwinBmcs(
      {
        hosts: new Map(served.map((node) => [node, host(node)])),
        bmc: (node) =>
          twinBmc(
            host(node),
            machines.virtual,
            seededRandom(1, node),
            new BmcFaults(seededRandom(1, `${node} faults`)),
          ),
      },
      own,
    );
    const watched = redfishBmc(
      new RedfishService(
        { url: sushy.url, trust: { ca: own.certificate }, login: { username: LOGIN.user, password: LOGIN.password } },
        systemClock,
      ),
      systemClock,
    );
    follow(NODES_OF.sushy, async () => {
      const power = await watched.power();
      return power.ok && (power.value === 'on' || power.value === 'off') ? power.value : undefined;
    });
    follow(NODES_OF.ipmi, () => Promise.resolve(ipmi.power()));

    const entry = (address: string, login: { username: string; password: string }): string =>
      JSON.stringify({ address, ...login, ca: own.certificate });
    const theirs = { username: LOGIN.user, password: LOGIN.password };
    const entries = {
      [NODES_OF.sushy]: entry(sushy.url.origin, theirs),
      [NODES_OF.twin]: entry(bmcs.urls.get(NODES_OF.twin)?.origin ?? '', bmcs.login),
      [NODES_OF.lying]: entry(bmcs.urls.get(NODES_OF.lying)?.origin ?? '', bmcs.login),
      [NODES_OF.ipmi]: entry(`ipmi://127.0.0.1:${ipmi.port}`, theirs),
    };
    good(await api.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nicwright-system' } }));
    good(
      await api.create(SECRETS, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'nicwright-bmc', namespace: 'nicwright-system' },
        data: Object.fromEntries(
          Object.entries(entries).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
        ),
      }),
    );
    pool = bmcPool({ cluster: { api, readYaml } }, openHere, clock);
    good(await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition()));
    good(
      await api.create(DEPLOYMENTS, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'default' },
        spec: {
          replicas: 6,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: { containers: [{ name: 'm', image: 'example.com/x:1' }] },
          },
        },
      }),
    );
  }, 120_000);

  afterAll(async () => {
    for (const stop of stops) await stop();
    machines?.stop();
    await pool?.close();
    await bmcs?.close();
    await ipmi?.child.kill();
    await sushy?.child.kill();
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    'three kinds take their nodes through a cold restart, one after the other; the one that lies ends in a held visit',
    { timeout: 480_000 },
    async () => {
      const nodes = [NODES_OF.sushy, NODES_OF.twin, NODES_OF.ipmi, NODES_OF.lying];
      const offs: string[] = [];
      for (const [name, host] of machines.hosts) host.onDown(() => offs.push(name));
      for (let tries = 0; ; tries += 1) {
        const made = await api.create(ROLLOUTS, {
          apiVersion: 'nicwright.dev/v1alpha1',
          kind: 'Rollout',
          metadata: { name: 'cold' },
          spec: {
            reason: 'activate staged firmware settings',
            groups: [{ nodes, rung: 'cold', cards: [{ pci: CARD, values: { NUM_OF_VFS: '8' } }] }],
            allow: { rung: 'cold' },
            power: { adapter: 'bmc', holdSeconds: 40 },
          },
        });
        if (made.ok) break;
        if (tries > 100) throw new Error(made.fault.message);
        await sleep(50);
      }
      const stop = new AbortController();
      const running = runRolloutController(ports(), stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
      let status: Partial<RolloutStatus> = {};
      for (const until = Date.now() + 460_000; Date.now() < until; await sleep(500)) {
        const rollout = good(await api.get(ROLLOUTS, { name: 'cold' }));
        status = (rollout['status'] ?? {}) as Partial<RolloutStatus>;
        if ((status.held ?? []).length > 0) break;
      }
      stop.abort();
      await running;

      expect(status, JSON.stringify(status, null, 1)).toMatchObject({ nodes: 4, returned: 3, mostOut: 1 });
      expect(offs).toEqual(nodes.slice(0, 3));
      for (const name of nodes.slice(0, 3)) {
        const node = good(await api.get(NODES, { name }));
        expect(dig(node, 'spec', 'unschedulable')).toBeUndefined();
        expect(digText(node, 'metadata', 'annotations', 'nicwright.dev/visit')).toBeUndefined();
        expect(machines.hosts.get(name)?.adapterOf(CARD)?.isPending).toBe(false);
      }
      const [held] = status.held ?? [];
      expect(held?.node).toBe(NODES_OF.lying);
      expect(held?.message).toMatch(/off was asked for 3 times and never read|was asked for .* times and never read/);
      expect(machines.hosts.get(NODES_OF.lying)?.power).toBe('on');
      const lying = good(await api.get(NODES, { name: NODES_OF.lying }));
      expect(dig(lying, 'spec', 'unschedulable')).toBe(true);
      expect(JSON.stringify(lying)).not.toContain(LOGIN.password);
    },
  );
});
