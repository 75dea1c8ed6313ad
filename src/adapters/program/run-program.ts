/**
 * Runs a program with an argument list, never through a shell: bounded in time and output, with an environment of its
 * own, so that a secret given to it is seen by it alone. What the output means is left to the callers.
 */
import { spawn } from 'node:child_process';
import type { Signal } from '../../core/ports/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  /** Besides PATH, HOME and the locale. A password goes here, never among `args`: those are seen in every process list. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Names of further variables that it gets as they are here. */
  readonly inherits?: readonly string[];
  /** More output than this is left out and said; absent: a program that writes far too much is ended. */
  readonly keepBytes?: number;
  readonly limitMs: number;
  readonly signal?: Signal;
}

export interface ProgramOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Output beyond `keepBytes` was left out. */
  readonly truncated: boolean;
}

const MAX_OUTPUT = 256 * 1024;

/** The locale is C, so that words can be matched. */
const surroundings = (inherits: readonly string[]): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: process.env['HOME'] ?? '/',
  LC_ALL: 'C',
  ...Object.fromEntries(
    inherits.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  ),
});

/** It leads a group of its own, so that what it started ends with it. */
const endGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};

/** Faults: `program-missing`, `program-failed` (it cannot be started), `program-timeout`, `program-output` (too much). */
export const runProgram = (run: ProgramRun): Promise<Result<ProgramOutput>> =>
  new Promise((resolve) => {
    const { program, args, secrets, inherits = [], keepBytes, limitMs, signal } = run;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...surroundings(inherits), ...secrets },
      shell: false,
      detached: true,
    });
    const end = (): void => endGroup(child.pid);
    process.once('exit', end);
    let size = 0;
    let truncated = false;
    let stopped: Result<never> | undefined;
    const stop = (reason: Result<never>): void => {
      stopped ??= reason;
      end();
    };
    const collect = (stream: NodeJS.ReadableStream): Buffer[] => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        const room = Math.max(0, (keepBytes ?? MAX_OUTPUT) - size);
        size += chunk.length;
        chunks.push(chunk.subarray(0, room));
        if (chunk.length <= room) return;
        truncated = true;
        if (keepBytes === undefined)
          stop(fail('program-output', `${program} wrote more than ${MAX_OUTPUT} bytes; it was ended.`));
      });
      return chunks;
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const timer = setTimeout(
      () => stop(fail('program-timeout', `${program} did not end within ${limitMs / 1000} s; it was ended.`, 'retry')),
      limitMs,
    );
    const giveUp = (): void => stop(fail('program-timeout', `${program} was given up.`, 'retry'));
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    const settle = (result: Result<ProgramOutput>): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      process.removeListener('exit', end);
      resolve(result);
    };
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle(
        error.code === 'ENOENT'
          ? fail('program-missing', `${program} is not installed here; install it, or name its path.`)
          : fail('program-failed', `${program} cannot be started (${error.code ?? error.message}).`),
      ),
    );
    child.on('close', (code, killedBy) =>
      settle(
        stopped ??
          ok({
            exitCode: code ?? 128,
            stdout: Buffer.concat(stdout).toString('utf8'),
            stderr: `${Buffer.concat(stderr).toString('utf8')}${killedBy === null ? '' : `ended by ${killedBy}`}`,
            truncated,
          }),
      ),
    );
  });
