/** What running parts tell the people who operate them. Commands print their answers by themselves and do not use it. */

/** Values are shown as they are: never put a secret here. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `cause` is the exception of a bug; its stack is written out. */
  error(message: string, fields?: LogFields, cause?: unknown): void;
}

const nothing = (): void => {};

export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
