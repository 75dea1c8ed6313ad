/** Lines as the config daemon's logger writes them: time, level, place, message, fields, between tabs (zap, console form). */
import { microTimestamp } from '../../core/model/timestamp.ts';

export type LogLevel = 'INFO' | 'ERROR' | 'LEVEL(-2)';

export type WriteLog = (
  level: LogLevel,
  place: string,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

const fieldText = (fields: Readonly<Record<string, unknown>>): string =>
  `{${Object.entries(fields)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ')}}`;

export const daemonLog =
  (now: () => number, log: (line: string) => void): WriteLog =>
  (level, place, message, fields) =>
    log(
      [microTimestamp(now()), level, place, message, ...(fields === undefined ? [] : [fieldText(fields)])].join('\t'),
    );
