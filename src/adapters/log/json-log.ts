/** A log for machines: one JSON object a line, on stderr. */
import type { Log, LogFields } from '../../core/ports/log.ts';

export const jsonLog = (write: (line: string) => void, now: () => number): Log => {
  const line = (level: string, message: string, fields: LogFields = {}, cause?: unknown): void =>
    write(
      `${JSON.stringify({
        time: new Date(now()).toISOString(),
        level,
        message,
        ...fields,
        ...(cause instanceof Error && { stack: cause.stack }),
      })}\n`,
    );
  return {
    debug: () => {},
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields, cause) => line('error', message, fields, cause),
  };
};
