/**
 * A Redfish service as its clients see it: logged in by a session, or by Basic where the service has no sessions; one
 * request at a time; reads tried again, writes never. What the resources mean is left to redfish-bmc.ts.
 */
import type { Clock, Signal } from '../../core/ports/clock.ts';
import { fail, ok, type Fault, type Result } from '../../core/result.ts';
import { exchangeRedfish, type RedfishAnswer, type RedfishRequest } from './redfish-exchange.ts';
import { linkAt, refusalText, retryAfterSeconds } from './redfish-error.ts';
import type { BmcTrust } from './trusted-socket.ts';

export const REDFISH_ROOT = '/redfish/v1/';

export interface RedfishLogin {
  readonly username: string;
  readonly password: string;
  /** `auto`: a session where the service offers them, else Basic. */
  readonly auth?: 'auto' | 'session' | 'basic';
}

export interface RedfishTarget {
  /** Scheme, host and port; the path is ignored here. */
  readonly url: URL;
  readonly trust: BmcTrust;
  readonly login: RedfishLogin;
}

export interface RedfishTimes {
  readonly connectMs: number;
  readonly answerMs: number;
  /** A read is tried so often before its fault is told. */
  readonly reads: number;
  readonly pauseMs: number;
  /** The longest Retry-After that a read waits for. */
  readonly patienceMs: number;
}

/** Ironic's defaults (reference: ipam-maintenance-power.md 4.3), the read time cut: a power machine polls anyway. */
export const REDFISH_TIMES: RedfishTimes = {
  connectMs: 30_000,
  answerMs: 60_000,
  reads: 3,
  pauseMs: 4_000,
  patienceMs: 30_000,
};

/** For so long a refused login is not tried again: BMCs lock accounts after a few wrong passwords. */
const LOCKOUT_MS = 5 * 60_000;

interface Session {
  readonly token: string;
  readonly location?: string;
}

type Login = { readonly kind: 'session'; readonly session: Session } | { readonly kind: 'basic' };

export class RedfishService {
  readonly #target: RedfishTarget;
  readonly #clock: Clock;
  readonly #times: RedfishTimes;
  #login: Login | undefined;
  #refused: { readonly fault: Fault; readonly untilMs: number } | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(target: RedfishTarget, clock: Clock, times: RedfishTimes = REDFISH_TIMES) {
    this.#target = target;
    this.#clock = clock;
    this.#times = times;
  }

  get username(): string {
    return this.#target.login.username;
  }

  get origin(): string {
    return this.#target.url.origin;
  }

  /** The body of a resource. */
  async get(path: string, signal?: Signal): Promise<Result<RedfishAnswer>> {
    return this.#inTurn(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const answer = await this.#ask({ method: 'GET', path }, signal);
        const waitMs = this.#waitAfter(answer);
        if (waitMs === undefined || attempt >= this.#times.reads) return this.#read(answer, path);
        await this.#clock.sleep(waitMs, signal);
      }
    });
  }

  /** Answers of 4xx are answers; a service that is busy or fails (5xx) is a fault, and nothing is sent twice. */
  async write(request: RedfishRequest, signal?: Signal): Promise<Result<RedfishAnswer>> {
    return this.#inTurn(async () => {
      const answer = await this.#ask(request, signal);
      if (!answer.ok || answer.value.status < 500 || answer.value.status === 501) return answer;
      return this.#failing(answer.value, request.path);
    });
  }

  /** Gives the session back: a BMC holds only a handful, and a leaked one locks others out. */
  async close(): Promise<void> {
    const login = this.#login;
    this.#login = undefined;
    if (login?.kind !== 'session' || login.session.location === undefined) return;
    await this.#send({
      method: 'DELETE',
      path: login.session.location,
      headers: { 'x-auth-token': login.session.token },
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(work);
    this.#queue = mine.catch(() => {});
    return mine;
  }

  #send(request: RedfishRequest, signal?: Signal): Promise<Result<RedfishAnswer>> {
    const { url, trust } = this.#target;
    const { connectMs, answerMs } = this.#times;
    return exchangeRedfish(url, trust, request, {
      connectMs,
      answerMs,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** How long a read waits before it is tried again; undefined: it is not. */
  #waitAfter(answer: Result<RedfishAnswer>): number | undefined {
    const { pauseMs, patienceMs } = this.#times;
    if (!answer.ok) return answer.fault.next === 'retry' ? pauseMs : undefined;
    if (answer.value.status < 500 || answer.value.status === 501) return undefined;
    const asked = retryAfterSeconds(answer.value);
    return asked === undefined ? pauseMs : Math.min(asked * 1000, patienceMs);
  }

  #read(answer: Result<RedfishAnswer>, path: string): Result<RedfishAnswer> {
    if (!answer.ok || answer.value.status < 400) return answer;
    if (answer.value.status >= 500) return this.#failing(answer.value, path);
    return fail(
      'bmc-answer',
      `${this.origin}${path} answers ${refusalText(answer.value)}; check the address of the system.`,
    );
  }

  #failing(answer: RedfishAnswer, path: string): Result<never> {
    const seconds = retryAfterSeconds(answer);
    const later = seconds === undefined ? 'later' : `in ${seconds} s`;
    return fail(
      'bmc-busy',
      `${this.origin}${path} answers ${refusalText(answer)}; the BMC is busy or restarting: try again ${later}.`,
      'retry',
    );
  }

  async #ask(request: RedfishRequest, signal?: Signal): Promise<Result<RedfishAnswer>> {
    for (let isSecond = false; ; isSecond = true) {
      const login = await this.#logIn(signal);
      if (!login.ok) return login;
      const answer = await this.#send(
        { ...request, headers: { ...request.headers, ...this.#headersOf(login.value) } },
        signal,
      );
      if (!answer.ok || (answer.value.status !== 401 && answer.value.status !== 403)) return answer;
      // A session ends by itself, and with a restart of the BMC; one new one is made, and its answer counts.
      if (login.value.kind === 'session' && !isSecond) {
        this.#login = undefined;
        continue;
      }
      return answer.value.status === 401 ? this.#refuse(answer.value) : this.#lacksRight(answer.value, request);
    }
  }

  #headersOf(login: Login): Readonly<Record<string, string>> {
    if (login.kind === 'session') return { 'x-auth-token': login.session.token };
    const { username, password } = this.#target.login;
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  }

  #lacksRight(answer: RedfishAnswer, { method, path }: RedfishRequest): Result<never> {
    return fail(
      'bmc-rights',
      `${this.origin}: the account ${this.#target.login.username} may not ${method} ${path} (${refusalText(answer)}); it needs the role Operator.`,
    );
  }

  #refuse(answer: RedfishAnswer): Result<never> {
    const refused = fail(
      'bmc-credentials',
      `${this.origin} refuses user name or password of ${this.#target.login.username} (${answer.status}); correct them; they are not tried again for 5 minutes, since BMCs lock accounts.`,
    );
    this.#refused = { fault: refused.fault, untilMs: this.#clock.now() + LOCKOUT_MS };
    return refused;
  }

  async #logIn(signal?: Signal): Promise<Result<Login>> {
    if (this.#refused !== undefined && this.#clock.now() < this.#refused.untilMs)
      return { ok: false, fault: this.#refused.fault };
    if (this.#login !== undefined) return ok(this.#login);
    const made = await this.#newLogin(signal);
    if (made.ok) this.#login = made.value;
    return made;
  }

  async #newLogin(signal?: Signal): Promise<Result<Login>> {
    const { username, password, auth = 'auto' } = this.#target.login;
    if (auth === 'basic') return ok({ kind: 'basic' });
    const root = await this.#send({ method: 'GET', path: REDFISH_ROOT }, signal);
    if (!root.ok) return root;
    if (root.value.status >= 500) return this.#failing(root.value, REDFISH_ROOT);
    const listed = linkAt(root.value.body, 'Links', 'Sessions');
    // A wrong password must not be sent to a place that does not exist first: two refusals count twice for the lock.
    if (listed === undefined && auth === 'auto') return ok({ kind: 'basic' });
    const sessions = listed ?? `${REDFISH_ROOT}SessionService/Sessions`;
    const answer = await this.#send(
      { method: 'POST', path: sessions, body: { UserName: username, Password: password } },
      signal,
    );
    if (!answer.ok) return answer;
    const { status, headers } = answer.value;
    const token = headers['x-auth-token'];
    if (status >= 200 && status < 300 && typeof token === 'string')
      return ok({ kind: 'session', session: { token, ...sessionPath(headers.location) } });
    if (status === 401 || status === 403) return this.#refuse(answer.value);
    if (status >= 500 && status !== 501) return this.#failing(answer.value, sessions);
    if (auth === 'auto') return ok({ kind: 'basic' });
    return fail(
      'bmc-credentials',
      `${this.origin} makes no session (${refusalText(answer.value)}); allow Basic for this BMC.`,
    );
  }
}

/** Some services give a whole address, others a path. */
const sessionPath = (location: string | undefined): { readonly location?: string } => {
  if (location === undefined) return {};
  if (location.startsWith('/')) return { location };
  return URL.canParse(location) ? { location: new URL(location).pathname } : {};
};
