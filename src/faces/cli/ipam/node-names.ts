/** Node names as people type a fleet: joined by commas, with ranges in brackets (`dgx[001-031],cpu1`). */
import { fail, ok } from '../../../core/result.ts';
import type { Result } from '../../../core/result.ts';

/** More names than any cluster has nodes: a typing error. */
const MOST = 100_000;

const expand = (word: string): readonly string[] | undefined => {
  const range = /^([a-z0-9.-]*)\[(\d{1,6})-(\d{1,6})\]([a-z0-9.-]*)$/.exec(word);
  if (range === null) return /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(word) ? [word] : undefined;
  const [, before = '', first = '', last = '', after = ''] = range;
  const count = Number(last) - Number(first) + 1;
  if (count < 1 || count > MOST) return undefined;
  return Array.from(
    { length: count },
    (_, index) => `${before}${String(Number(first) + index).padStart(first.length, '0')}${after}`,
  );
};

export const expandNodeNames = (text: string): Result<readonly string[]> => {
  const names: string[] = [];
  for (const word of text.split(',').map((part) => part.trim())) {
    const expanded = expand(word);
    if (expanded === undefined)
      return fail(
        'usage-nodes',
        `${JSON.stringify(word)} names no node; write names joined by commas, or a range such as dgx[001-031].`,
      );
    names.push(...expanded);
  }
  return ok([...new Set(names)]);
};
