/** One server process of a test: its log in a file, a bounded wait until it answers, SIGKILL at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Waits until `answers` resolves to true, at most `limitMs`; an early end or the limit throws with the log's last lines. */
  readonly ready: (answers: () => Promise<boolean>, limitMs?: number) => Promise<void>;
  /** SIGKILL, and waits for the end. The data are throw-away, and an API server without etcd ignores SIGTERM. */
  readonly kill: () => Promise<void>;
  /** For tests that let a server stand still and go on. */
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void;
}

export interface ChildOptions {
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

const LINES_SHOWN = 15;

export const startChild = (name: string, program: string, args: readonly string[], options: ChildOptions): Child => {
  const log = openSync(options.logFile, 'a');
  const child = spawn(program, args, {
    // The pipe to stdin is what our own program watches: when this process dies, it ends too.
    stdio: ['pipe', log, log],
    env: { ...process.env, REALPARTS_STDIN_HOLDS: '1', ...options.env },
  });
  closeSync(log);
  const end = ended(child);
  child.stdin?.on('error', () => {});
  process.once('exit', () => child.kill('SIGKILL'));

  const lastWords = (): string =>
    readFileSync(options.logFile, 'utf8').trimEnd().split('\n').slice(-LINES_SHOWN).join('\n');
  const ready: Child['ready'] = async (answers, limitMs = 60_000) => {
    const until = performance.now() + limitMs;
    while (performance.now() < until) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
        throw new Error(`${name} ended early (${child.exitCode ?? child.signalCode}):\n${lastWords()}`);
      if (await answers()) return;
      await sleep(20);
    }
    throw new Error(`${name} was not ready after ${limitMs / 1000} s:\n${lastWords()}`);
  };
  return {
    name,
    pid: child.pid ?? 0,
    ready,
    kill: async () => {
      child.kill('SIGKILL');
      await end;
    },
    signal: (signal) => child.kill(signal),
  };
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
