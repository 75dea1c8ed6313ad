/** The picture of a rehearsal: nodes as rows, stages as bars; evictions, and nodes out against the budget, over time. */
import type { Rehearsal } from '../../../app/rehearse/rehearse-plan.ts';
import type { Stage } from '../../../core/visit/stages.ts';
import { escapeMarkup } from '../diagnosis/escape-markup.ts';
import { wordOf } from './rehearsal-text.ts';

export const STAGE_COLOURS: Readonly<Partial<Record<Stage, string>>> = {
  quiet: '#9aa5b1',
  cordon: '#e3b23c',
  jobs: '#f0d58c',
  drain: '#d9822b',
  tasks: '#6f5bb5',
  restart: '#b8323a',
  verify: '#2f6fb5',
  release: '#7db3e0',
  prove: '#2f8f56',
  uncordon: '#8fd0a5',
  held: '#111111',
};

const WIDTH = 960;
const ROW = 22;
const TOP = 34;
const EVICTIONS = 40;
const OUT = 70;
const GAP = 26;
const LETTER = 7;
const LONGEST_NAME = 40;
/** Evictions within so many pixels are one bar. */
const BIN = 6;

/** Steps between marks of the axis, in minutes. */
const STEPS = [1, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10_080, 20_160];

const axisWord = (minutes: number, step: number): string => {
  if (step >= 1440) return `${minutes / 1440} d`;
  return step >= 60 ? `${minutes / 60} h` : `${minutes} min`;
};

interface Frame {
  readonly left: number;
  readonly bottom: number;
  readonly x: (minute: number) => number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const shortName = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);

const label = (x: number, y: number, text: string, anchor: 'end' | 'middle' | 'start' = 'end', more = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${more}>${escapeMarkup(text)}</text>`;

const rowsOf = ({ nodes }: Rehearsal, { left, x }: Frame): readonly string[] =>
  nodes.map((timeline, at) => {
    const { node, spans } = timeline;
    const top = TOP + at * ROW;
    const stripe =
      at % 2 === 0
        ? `<rect x="0" y="${top}" width="${left + WIDTH}" height="${ROW}" fill="#1c2733" fill-opacity="0.04"/>`
        : '';
    const bars = spans.map(
      ({ stage, from, to, because }) =>
        `<rect x="${x(from)}" y="${top + 4}" width="${Math.max(1.5, round(x(to) - x(from)))}" height="${ROW - 8}" fill="${STAGE_COLOURS[stage] ?? '#ccc'}"><title>${escapeMarkup(`${node} ${stage}, ${Math.round(from)} to ${Math.round(to)} min: ${because}`)}</title></rect>`,
    );
    const word = wordOf(timeline);
    const end = spans.at(-1)?.to;
    // To the right of the last bar where there is room, else before the first.
    const isLate = end !== undefined && x(end) > left + WIDTH - 80;
    const at2 = end === undefined ? left + 6 : isLate ? x(spans[0]?.from ?? 0) - 6 : x(end) + 6;
    const note = word === undefined ? '' : label(at2, top + 15, word, isLate ? 'end' : 'start', ' class="bad"');
    return `${stripe}${label(left - 8, top + 15, shortName(node))}${bars.join('')}${note}`;
  });

const evictionsOf = ({ evictions }: Rehearsal, { left, bottom, x }: Frame): string => {
  const bins = Map.groupBy(evictions, ({ at }) => Math.floor(x(at) / BIN));
  const most = Math.max(1, ...[...bins.values()].map(({ length }) => length));
  const foot = bottom + GAP + EVICTIONS;
  const bars = [...bins].map(([bin, of]) => {
    const height = round((of.length / most) * EVICTIONS);
    const names = of.slice(0, 20).map(({ pod }) => pod);
    const title = `${of.length} evictions: ${names.join(', ')}${of.length > names.length ? ', ...' : ''}`;
    return `<rect x="${bin * BIN}" y="${round(foot - height)}" width="${BIN - 1}" height="${height}" fill="#d9822b"><title>${escapeMarkup(title)}</title></rect>`;
  });
  return [
    label(left - 8, foot - EVICTIONS / 2 + 4, `evictions (${evictions.length})`),
    `<line x1="${left}" x2="${left + WIDTH}" y1="${foot}" y2="${foot}" stroke="#b9c2cc"/>`,
    ...(evictions.length === 0
      ? []
      : [label(left - 8, foot - EVICTIONS + 4, `${most} at once`, 'end', ' class="small"')]),
    ...bars,
  ].join('');
};

const outOf = ({ out, mostOut, budgetNodes, minutes }: Rehearsal, { left, bottom, x }: Frame): string => {
  const foot = bottom + GAP + EVICTIONS + GAP + OUT;
  const top = Math.max(1, mostOut, budgetNodes);
  const y = (count: number): number => round(foot - (count / top) * OUT);
  const end = Math.max(1, minutes);
  const line = out.flatMap(({ at, nodes }, index) => [
    `${x(at)},${y(nodes)}`,
    `${x(out[index + 1]?.at ?? end)},${y(nodes)}`,
  ]);
  return [
    label(left - 8, foot - OUT / 2 + 4, 'nodes out'),
    label(left - 8, foot + 4, '0', 'end', ' class="small"'),
    label(left - 8, y(top) + 4, String(top), 'end', ' class="small"'),
    `<line x1="${left}" x2="${left + WIDTH}" y1="${foot}" y2="${foot}" stroke="#b9c2cc"/>`,
    `<line x1="${left}" x2="${left + WIDTH}" y1="${y(budgetNodes)}" y2="${y(budgetNodes)}" stroke="#2f6fb5" stroke-dasharray="5 4"/>`,
    label(left + WIDTH, y(budgetNodes) - 5, `budget: ${budgetNodes}`, 'end', ' class="budget"'),
    `<polyline points="${line.join(' ')}" fill="none" stroke="#b8323a" stroke-width="2"/>`,
  ].join('');
};

export const rehearsalPicture = (rehearsal: Rehearsal): string => {
  const { nodes, minutes } = rehearsal;
  const longest = Math.max(14, ...nodes.map(({ node }) => Math.min(LONGEST_NAME, node.length)));
  const left = longest * LETTER + 20;
  const total = Math.max(1, minutes);
  const bottom = TOP + nodes.length * ROW;
  const height = bottom + GAP + EVICTIONS + GAP + OUT + 16;
  const frame: Frame = { left, bottom, x: (minute) => round(left + (Math.min(minute, total) / total) * WIDTH) };
  const step = STEPS.find((one) => total / one <= 12) ?? 40_320;
  const ticks = Array.from({ length: Math.floor(total / step) + 1 }, (_, at) => at * step);
  return `<svg viewBox="0 0 ${left + WIDTH + 24} ${height}" role="img" aria-label="Timeline of the visits">
${ticks.map((at) => `<line x1="${frame.x(at)}" x2="${frame.x(at)}" y1="${TOP - 6}" y2="${height - 16}" stroke="#d5dce3" stroke-opacity="0.6"/>${label(frame.x(at), TOP - 12, axisWord(at, step), 'middle')}`).join('')}
${rowsOf(rehearsal, frame).join('\n')}
${evictionsOf(rehearsal, frame)}
${outOf(rehearsal, frame)}
</svg>`;
};
