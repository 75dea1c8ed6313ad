/**
 * The clock by which an API server's time passes: the machine's own, unless the server is a twin that serves its time, which
 * may run faster. A twin listens on the loopback address alone, so no other server is ever asked.
 */
import { digNumber, digText } from '../../core/model/dig.ts';
import { parseSpeed, type Speed } from '../../core/model/speed.ts';
import type { Clock, Signal } from '../../core/ports/clock.ts';
import { systemClock } from '../clock/system-clock.ts';
import type { Connection } from './connection.ts';

/** How a twin marks its version: `v1.36.3+nicwright-twin`. */
const TWIN = /\+nicwright-twin$/;
const CLOCK_PATH = '/nicwright/clock';

/** After a request that failed. */
const RETRY_MS = 1_000;

export const serverClock = async (server: string, connection: Connection): Promise<Clock> => {
  if (URL.parse(server)?.hostname !== '127.0.0.1') return systemClock;
  const version = await connection.json({ what: 'read the version', path: '/version' });
  if (!version.ok || !TWIN.test(digText(version.value, 'gitVersion') ?? '')) return systemClock;
  const read = await readTime(connection, 0);
  return read === undefined ? systemClock : new TwinClock(connection, read);
};

interface Reading {
  /** The twin's time, in milliseconds since the Unix epoch. */
  readonly now: number;
  readonly speed: Speed;
  /** The machine's time when it was read. */
  readonly at: number;
}

const readTime = async (connection: Connection, sleepMs: number, signal?: Signal): Promise<Reading | undefined> => {
  const path = `${CLOCK_PATH}?sleepMs=${sleepMs}`;
  const answer = await connection.json({ what: "read the twin's time", path, signal });
  const now = answer.ok ? digNumber(answer.value, 'now') : undefined;
  const speed = answer.ok
    ? (digNumber(answer.value, 'speed') ?? parseSpeed(digText(answer.value, 'speed') ?? ''))
    : undefined;
  return now === undefined || speed === undefined ? undefined : { now, speed, at: performance.now() };
};

class TwinClock implements Clock {
  readonly #connection: Connection;
  #last: Reading;

  constructor(connection: Connection, first: Reading) {
    this.#connection = connection;
    this.#last = first;
  }

  /** Between two readings it runs on by the twin's speed; at full speed it stands. */
  now(): number {
    const { now, speed, at } = this.#last;
    return speed === 'max' ? now : now + (performance.now() - at) * speed;
  }

  async sleep(ms: number, signal?: Signal): Promise<void> {
    const end = this.now() + ms;
    for (let left = ms; left > 0; left = end - this.now()) {
      const read = await readTime(this.#connection, Math.ceil(left), signal);
      if (read === undefined) await this.#withoutServer(end, signal);
      else this.#last = read;
    }
  }

  /** Whoever waits for a server that went away is told so by his next request, not by his clock. */
  async #withoutServer(end: number, signal?: Signal): Promise<void> {
    await systemClock.sleep(RETRY_MS, signal);
    if (this.#last.speed === 'max') this.#last = { ...this.#last, now: end };
  }
}
