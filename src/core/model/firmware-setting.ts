/**
 * One parameter of an adapter's non-volatile configuration, with the raw tokens that mstconfig/mlxconfig print for its
 * three columns. Nothing is pending but a value whose current differs from its next boot (reference: requirement 000-55);
 * an asterisk in the output says something else. What follows from a pending value is left to core/firmware.
 */
import type { Origin } from '../snapshot/snapshot.ts';

export interface FirmwareSetting {
  readonly name: string;
  /** Raw tokens (`16`, `True(1)`, `Array[0..7]`). Absent: the output had no such column. */
  readonly default?: string;
  readonly current?: string;
  readonly next?: string;
  /** The value of the column New in the output of `set`. */
  readonly new?: string;
  /** The asterisk: next boot differs from the default or from the current value. */
  readonly marked: boolean;
  readonly readOnly: boolean;
  /** False where no header named the columns, so that their usual order was taken. */
  readonly columnsStated: boolean;
  readonly origin: Origin;
}

/** The tool's word for a value that the firmware does not tell. */
const UNKNOWN_VALUE = /^N\/A$/i;

/** Array elements are queried one by one; the summary row says nothing about them. */
const ARRAY_SUMMARY = /^Array\[/;

/**
 * The names under which one value may be written: `True(1)` is both `true` and `1`, since tools print the text in one
 * column and the bare number in another, and requests use either.
 */
export const valueNames = (raw: string): readonly string[] => {
  const inBrackets = /^([^()]*)\(([^()]*)\)$/.exec(raw.trim());
  const parts = inBrackets === null ? [raw.trim()] : [inBrackets[1] ?? '', inBrackets[2] ?? ''];
  return parts
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '')
    .map((part) => (/^0x[0-9a-f]{1,12}$/.test(part) ? String(Number.parseInt(part, 16)) : part));
};

/** Whether two raw tokens mean the same value. */
export const sameValue = (a: string, b: string): boolean => {
  const names = valueNames(b);
  return valueNames(a).some((name) => names.includes(name));
};

/** True or false, or undefined where one is missing or tells nothing. */
export const differ = (a: string | undefined, b: string | undefined): boolean | undefined => {
  if (a === undefined || b === undefined) return undefined;
  if (UNKNOWN_VALUE.test(a) || UNKNOWN_VALUE.test(b)) return undefined;
  if (ARRAY_SUMMARY.test(a) || ARRAY_SUMMARY.test(b)) return undefined;
  return !sameValue(a, b);
};

/** True or false, or undefined when a column is missing or the firmware does not tell. */
export const isPending = ({ current, next }: FirmwareSetting): boolean | undefined => differ(current, next);
