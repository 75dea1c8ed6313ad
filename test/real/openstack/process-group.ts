/**
 * A server that forks: its whole process group is ended with it. The shared child.ts ends one process only, and workers
 * of Neutron or the Erlang machine of RabbitMQ would stay behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerGroup {
  /** Waits until `answers` says true; an early end or the limit throws with the log's last lines. */
  readonly ready: (answers: () => Promise<boolean>, limitMs?: number) => Promise<void>;
  readonly kill: () => Promise<void>;
}

const LINES_SHOWN = 15;

const endGroup = (child: ChildProcess): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};

export const startGroup = (
  program: string,
  args: readonly string[],
  logFile: string,
  env: Readonly<Record<string, string>>,
): ServerGroup => {
  const log = openSync(logFile, 'a');
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...env } });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const onExit = (): void => endGroup(child);
  process.once('exit', onExit);
  const lastWords = (): string => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LINES_SHOWN).join('\n');
  return {
    ready: async (answers, limitMs = 120_000) => {
      const until = performance.now() + limitMs;
      while (performance.now() < until) {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
          throw new Error(
            `${program} ended early (${child.exitCode ?? child.signalCode ?? 'not started'}):\n${lastWords()}`,
          );
        if (await answers()) return;
        await sleep(50);
      }
      throw new Error(`${program} was not ready after ${limitMs / 1000} s:\n${lastWords()}`);
    },
    kill: async () => {
      endGroup(child);
      await ended;
      process.off('exit', onExit);
    },
  };
};
