/**
 * Runs ipmitool against one BMC: lanplus, the password in the environment only, one command at a time with a pause between
 * (touchy BMCs drop what comes faster), the cipher suite that the BMC takes.
 */
import type { Clock, Signal } from '../../core/ports/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { runProgram, type ProgramOutput } from '../program/run-program.ts';
import { CIPHER_REFUSED, NO_SESSION, PASSING } from './ipmi-words.ts';

export interface IpmiTarget {
  readonly host: string;
  readonly port?: number;
  readonly username: string;
  readonly password: string;
  /** Between two commands; Ironic keeps 5 s. */
  readonly pauseMs?: number;
  /** Name or path. */
  readonly program?: string;
}

/** 17 is SHA-256 and what current BMCs want; 3 is what older ones and ipmi_sim take. */
const CIPHERS = ['17', '3'];

/** Without an answer ipmitool gives up after about `-R` times `-N` seconds; faster is a refusal. */
const AT_ONCE_MS = 1_500;
const LIMIT_MS = 40_000;

export class Ipmitool {
  readonly #target: IpmiTarget;
  readonly #clock: Clock;
  #cipher: string | undefined;
  #lastEndMs = Number.NEGATIVE_INFINITY;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(target: IpmiTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  get where(): string {
    const { host, port } = this.#target;
    return `ipmi://${host}${port === undefined ? '' : `:${port}`}`;
  }

  /** The output, whatever ipmitool made of it. Faults: no session, no ipmitool, no end. */
  run(args: readonly string[], signal?: Signal): Promise<Result<ProgramOutput>> {
    const mine = this.#queue.then(() => this.#withCipher(args, signal));
    this.#queue = mine.catch(() => {});
    return mine;
  }

  async #withCipher(args: readonly string[], signal?: Signal): Promise<Result<ProgramOutput>> {
    for (const cipher of this.#cipher === undefined ? CIPHERS : [this.#cipher]) {
      const answer = await this.#once(cipher, args, signal);
      if (answer.ok && answer.value.exitCode !== 0 && CIPHER_REFUSED.test(answer.value.stderr)) continue;
      if (answer.ok) this.#cipher = cipher;
      return answer;
    }
    return fail(
      'bmc-credentials',
      `${this.where} takes none of the cipher suites ${CIPHERS.join(', ')}; allow one of them.`,
    );
  }

  async #once(cipher: string, args: readonly string[], signal?: Signal): Promise<Result<ProgramOutput>> {
    const { host, port = 623, username, password, pauseMs = 5_000, program = 'ipmitool' } = this.#target;
    const waitMs = this.#lastEndMs + pauseMs - this.#clock.now();
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
    const startedMs = this.#clock.now();
    const connection = ['-I', 'lanplus', '-H', host, '-p', String(port), '-U', username, '-E', '-C', cipher];
    const answer = await runProgram({
      program,
      args: [...connection, '-R', '2', '-N', '3', ...args],
      secrets: { IPMI_PASSWORD: password },
      limitMs: LIMIT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    this.#lastEndMs = this.#clock.now();
    if (!answer.ok) return answer;
    const said = `${answer.value.stderr}\n${answer.value.stdout}`;
    if (answer.value.exitCode === 0 || CIPHER_REFUSED.test(answer.value.stderr)) return answer;
    if (NO_SESSION.test(said)) return this.#noSession(this.#lastEndMs - startedMs);
    if (PASSING.test(said))
      return fail('bmc-busy', `${this.where} is busy or restarting (${firstLine(said)}); try again later.`, 'retry');
    return ok(answer.value);
  }

  #noSession(tookMs: number): Result<never> {
    return tookMs < AT_ONCE_MS
      ? fail(
          'bmc-credentials',
          `${this.where} answers and opens no session for ${this.#target.username}; correct user name or password.`,
        )
      : fail(
          'bmc-unreachable',
          `${this.where} gave no answer; check its address, and that IPMI over LAN is switched on there.`,
          'retry',
        );
  }
}

export const firstLine = (text: string): string => text.trim().split('\n')[0]?.trim() ?? '';
