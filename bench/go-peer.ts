/**
 * Builds and runs a peer's Go program (bench/peers/NAME), so that both sides do the same work in the same run. Without
 * Go, without its modules or with NICWRIGHT_BENCH_PEERS=off a workload tells only its own figures.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const MINUTE_MS = 60_000;

export type PeerAnswer =
  { readonly ran: true; readonly lines: readonly string[] } | { readonly ran: false; readonly because: string };

/** The lines that the program printed. */
export const runGoPeer = (name: string, args: readonly string[]): PeerAnswer => {
  if (process.env['NICWRIGHT_BENCH_PEERS'] === 'off') return { ran: false, because: 'NICWRIGHT_BENCH_PEERS=off' };
  const folder = path.join(import.meta.dirname, 'peers', name);
  const binary = path.join(import.meta.dirname, '..', '.cache', 'peers', name);
  mkdirSync(path.dirname(binary), { recursive: true });
  // Built as setup:real builds, so that what both need of Kubernetes is compiled once.
  const build = spawnSync('go', ['build', '-trimpath', '-o', binary, '.'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CGO_ENABLED: '0' },
    timeout: 10 * MINUTE_MS,
  });
  if (build.error !== undefined) return { ran: false, because: 'go is not on the PATH' };
  if (build.status !== 0)
    return { ran: false, because: `go build failed: ${build.stderr.trim().split('\n').at(-1) ?? ''}` };
  const run = spawnSync(binary, args, { encoding: 'utf8', timeout: 5 * MINUTE_MS, maxBuffer: 2 ** 28 });
  return run.status === 0
    ? { ran: true, lines: run.stdout.trim().split('\n') }
    : { ran: false, because: `it ended with ${run.status ?? 'a signal'}: ${run.stderr.trim().split('\n')[0] ?? ''}` };
};
