/**
 * What SIGINT, SIGTERM and SIGHUP do. A command that has something to give back (a Lease, a pod on a host, a session of a BMC)
 * asks for a signal and ends by itself; without one, and at the second signal, the process ends at once.
 */
import { EXIT } from '../faces/cli/exit-code.ts';

let stop: AbortController | undefined;

/** Aborts at the first of these signals. */
export const untilStopped = (): AbortSignal => (stop ??= new AbortController()).signal;

export const listenForInterruption = (): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (stop === undefined || stop.signal.aborted) process.exit(EXIT.interrupted);
      stop.abort();
    });
};
