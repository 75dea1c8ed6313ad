/**
 * Finds ports of 127.0.0.1 that nobody uses. They lie below 32768, where outgoing connections get theirs from:
 * a port from above may be taken by one between the look and the use.
 */
import { createServer } from 'node:net';

const LOWEST = 20_000;
const HIGHEST = 32_700;

/** `count` ports in a row. Another process may still take one first: whoever starts a server there tries again. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - count));
    const ports = Array.from({ length: count }, (_, index) => base + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return ports;
  }
  throw new Error(`no ${count} free ports in a row between ${LOWEST} and ${HIGHEST}`);
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
