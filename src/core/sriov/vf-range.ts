/**
 * VF ranges as upstream parses them: `ens1f0#0-3` in a policy's pfNames, `0-3` in a VF group (api/v1/helper.go,
 * ParseVfRange and parseRange). What is accepted at admission is stricter and stands in webhook/validate-static.ts.
 */
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

/** Both ends are included. An end before its start is not refused here: upstream does not either. */
export interface VfRange {
  readonly start: number;
  readonly end: number;
}

export interface PfName {
  readonly name: string;
  /** Absent where the entry has no `#a-b`, which means all VFs of the policy. */
  readonly range?: VfRange;
}

/** A whole number as Go's strconv.Atoi reads it; what lies beyond 2^53 is no VF index in any case. */
export const parseWhole = (text: string): number | undefined => {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
};

/** `a-b`; what follows a second dash is ignored, as upstream ignores it. */
export const parseRange = (text: string): VfRange | undefined => {
  const [from = '', to = ''] = text.split('-');
  const start = parseWhole(from);
  const end = parseWhole(to);
  return start === undefined || end === undefined ? undefined : { start, end };
};

/** The part of a pfNames entry before `#`: what selection compares with a PF's names. */
export const baseName = (entry: string): string => entry.split('#', 1)[0] ?? '';

/** Reads an entry of pfNames. `ens1#` has no range, and keeps its `#`, so that it names no PF. */
export const parsePfName = (entry: string): Result<PfName> => {
  const [name = '', text = ''] = entry.split('#');
  if (text === '') return ok({ name: entry });
  const range = parseRange(text);
  if (range !== undefined) return ok({ name, range });
  const crashes = !text.includes('-') && parseWhole(text) !== undefined;
  return fail(
    'input-vf-range',
    crashes
      ? `the VF range of ${JSON.stringify(entry)} has no dash, and the operator's code runs out of an index on it; write for example ${name}#0-3`
      : `the VF range of ${JSON.stringify(entry)} is not two whole numbers; write for example ${name}#0-3`,
  );
};

export const inRange = (index: number, { start, end }: VfRange): boolean => index >= start && index <= end;

/** Upstream's isVFRangeOverlapping, with its two cases kept: it matters when an end lies before its start. */
export const rangesOverlap = (a: VfRange, b: VfRange): boolean =>
  a.start < b.start ? inRange(b.start, a) || inRange(b.end, a) : inRange(a.start, b) || inRange(a.end, b);

export const showRange = ({ start, end }: VfRange): string => `${start}-${end}`;
