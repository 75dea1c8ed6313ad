/** Runs one program of a step: output into a log file, a time limit, and the last lines in the error when it fails. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 20 minutes. */
  readonly limitMs?: number;
}

const TWENTY_MINUTES = 20 * 60_000;
const LINES_SHOWN = 12;

/** Resolves to the program's stdout. */
export const runLogged = async (
  logFile: string,
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> => {
  const log = createWriteStream(logFile, { flags: 'a' });
  log.write(`$ ${[program, ...args].join(' ')}\n`);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const limit = options.limitMs ?? TWENTY_MINUTES;
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  let stdout = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    all += text;
    log.write(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    log.write(text);
  });
  try {
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (...end) => resolve(end));
    });
    if (code === 0) return stdout;
    const how = signal === null ? `ended with ${code}` : `was stopped by ${signal} (limit ${limit / 1000} s)`;
    const last = all.trimEnd().split('\n').slice(-LINES_SHOWN).join('\n');
    throw new Error(`${program} ${args[0] ?? ''} ${how}; whole output in ${logFile}\n${last}`);
  } finally {
    clearTimeout(timer);
    log.end();
    await finished(log);
  }
};
