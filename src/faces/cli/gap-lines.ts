/** What the input does not tell, as lines: the same gap on many cards and nodes is one line. */
import type { Gap } from '../../core/snapshot/snapshot.ts';

const OF_CARD = /^(.+?) of (\S+) on (.+)$/;
const SHOWN = 4;

const listed = (names: readonly string[]): string => {
  const unique = [...new Set(names)];
  return unique.length <= SHOWN
    ? unique.join(', ')
    : `${unique.slice(0, SHOWN - 1).join(', ')} and ${String(unique.length - SHOWN + 1)} more`;
};

const one = ({ what, because, settle }: Gap): string =>
  `${what}: ${because}${settle === undefined ? '' : `; ask with: ${settle}`}`;

const joined = (gaps: readonly Gap[]): string => {
  const parts = gaps.map(({ what }) => OF_CARD.exec(what));
  const [first] = gaps;
  if (first === undefined) return '';
  if (gaps.length === 1 || parts.some((part) => part === null)) return gaps.map(one).join('\n');
  const cards = listed(parts.map((part) => part?.[2] ?? ''));
  const nodes = listed(parts.map((part) => part?.[3] ?? ''));
  const settle = first.settle?.replace(/-d \S+/, '-d PCI');
  return one({
    what: `${parts[0]?.[1] ?? ''} of ${cards} on ${nodes}`,
    because: first.because,
    ...(settle !== undefined && { settle }),
  });
};

/** Lines for a report, without the heading. */
export const gapLines = (gaps: readonly Gap[]): readonly string[] =>
  [
    ...Map.groupBy(gaps, ({ what, because }) =>
      OF_CARD.test(what) ? `${OF_CARD.exec(what)?.[1] ?? ''} ${because}` : what,
    ).values(),
  ].flatMap((group) => joined(group).split('\n'));
