/** A world behind its API for tests, and kubectl of any version that asks it; every request is kept. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { UserInfo } from '../../../src/core/ports/kube-api.ts';
import type { Speed } from '../../../src/core/model/speed.ts';
import type { RequestEntry } from '../../../src/faces/twin-api/api-server.ts';
import { serveTwin } from '../../../src/faces/twin-api/serve-twin.ts';
import { seededRandom } from '../../../src/twin/seeded-random.ts';
import { VirtualClock } from '../../../src/twin/virtual-clock.ts';
import { createWorld, type World } from '../../../src/twin/world/world.ts';
import { cachedProgram } from '../../../scripts/real-parts/cache-folder.ts';
import type { Ran } from '../cluster.ts';

export interface TwinOnTheNetwork {
  readonly world: World;
  readonly url: string;
  readonly folder: string;
  /** Path of the administrator's. */
  readonly kubeconfig: string;
  readonly kubeconfigFor: (token: string) => string;
  readonly requests: RequestEntry[];
  /** What was answered with a 500 because of a mistake of ours. */
  readonly bugs: unknown[];
  readonly stop: () => Promise<void>;
}

export interface TwinOptions {
  readonly world?: World;
  readonly clock?: VirtualClock;
  readonly speed?: Speed;
  readonly users?: ReadonlyMap<string, UserInfo>;
}

export const twinOnTheNetwork = async (options: TwinOptions = {}): Promise<TwinOnTheNetwork> => {
  const clock = options.clock ?? new VirtualClock(Date.now());
  const world = options.world ?? createWorld({ clock, random: seededRandom(1, 'twin-api'), garbageCollector: false });
  const requests: RequestEntry[] = [];
  const bugs: unknown[] = [];
  const served = await serveTwin({
    world,
    clock,
    speed: options.speed ?? 1,
    port: 0,
    now: Date.now(),
    onRequest: (entry) => void requests.push(entry),
    onBug: (bug) => void bugs.push(bug),
    ...(options.users !== undefined && { users: options.users }),
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-twin-api-'));
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  return {
    world,
    url: served.url,
    folder,
    kubeconfig: write('admin', served.kubeconfig),
    kubeconfigFor: (token) => write(`token-${token.slice(0, 8)}`, served.kubeconfigFor(token)),
    requests,
    bugs,
    stop: async () => {
      await served.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export interface KubectlRun {
  /** Of the cache's bin folder: kubectl, kubectl-1.32. */
  readonly program: string;
  readonly kubeconfig: string;
  /** Caches what the server told it. */
  readonly home: string;
  readonly stdin?: string;
}

export const runKubectl = (args: readonly string[], { program, kubeconfig, home, stdin }: KubectlRun): Promise<Ran> =>
  new Promise((resolve) => {
    mkdirSync(home, { recursive: true });
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, KUBECONFIG: kubeconfig };
    const options = { env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(cachedProgram(program), [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin ?? '');
  });
