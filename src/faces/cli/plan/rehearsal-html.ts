/** A rehearsal as one page that asks nobody for anything: nodes as rows, stages as bars, nodes out and evictions over time. */
import type { Rehearsal } from '../../../app/rehearse/rehearse-plan.ts';
import type { Stage } from '../../../core/visit/stages.ts';

const COLOURS: Readonly<Partial<Record<Stage, string>>> = {
  quiet: '#9aa5b1',
  cordon: '#d9a441',
  jobs: '#e2c27a',
  drain: '#d9822b',
  tasks: '#6f5bb5',
  restart: '#c23b3b',
  verify: '#3b7dc2',
  release: '#6aa2d8',
  prove: '#3d9a5f',
  uncordon: '#79c193',
  held: '#111111',
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const LEFT = 140;
const WIDTH = 960;
const ROW = 22;
const TOP = 30;

const CSS =
  'body{font:14px/1.45 system-ui,sans-serif;margin:2em;max-width:1120px;color:#1c2733}h1{font-size:1.35em;margin-bottom:.2em}h2{font-size:1.05em;margin-top:1.6em}.ok{color:#2b7a49}.bad{color:#b02a2a}svg{display:block}text{font:12px system-ui,sans-serif;fill:#1c2733}.key span{display:inline-block;margin-right:1em}.key i{display:inline-block;width:.9em;height:.9em;margin-right:.35em;vertical-align:-.1em}li{margin:.15em 0}';

export const rehearsalHtml = (rehearsal: Rehearsal): string => {
  const { nodes, minutes, out, evictions, mostOut, outcome, because, goal, assumptions, leftOut, budget, seed } =
    rehearsal;
  const total = Math.max(1, minutes);
  const x = (minute: number): number => Math.round((LEFT + (minute / total) * WIDTH) * 10) / 10;
  const bottom = TOP + nodes.length * ROW;
  const graph = 60;
  const y = (count: number): number => bottom + 30 + graph - (count / Math.max(1, mostOut)) * graph;
  const step = [5, 10, 15, 30, 60, 120, 240, 480].find((one) => total / one <= 12) ?? 1440;
  const ticks = Array.from({ length: Math.floor(total / step) + 1 }, (_, at) => at * step);
  const rows = nodes.map(({ node, spans }, at) => {
    const top = TOP + at * ROW;
    const bars = spans.map(
      ({ stage, from, to, because: why }) =>
        `<rect x="${x(from)}" y="${top + 3}" width="${Math.max(1.5, x(to) - x(from))}" height="${ROW - 8}" fill="${COLOURS[stage] ?? '#ccc'}"><title>${escaped(`${node} ${stage}, ${Math.round(from)} to ${Math.round(to)} min: ${why}`)}</title></rect>`,
    );
    return `<text x="${LEFT - 8}" y="${top + 15}" text-anchor="end">${escaped(node)}</text>${bars.join('')}`;
  });
  const line = out.flatMap(({ at, nodes: count }, index) => {
    const next = out[index + 1]?.at ?? total;
    return [`${x(at)},${y(count)}`, `${x(next)},${y(count)}`];
  });
  const marks = evictions.map(
    ({ at, pod }) =>
      `<circle cx="${x(at)}" cy="${bottom + 14}" r="2.5" fill="#d9822b"><title>${escaped(pod)}</title></circle>`,
  );
  const key = Object.entries(COLOURS).map(
    ([stage, colour]) => `<span><i style="background:${colour}"></i>${stage}</span>`,
  );
  const list = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `<h2>${title}</h2><ul>${lines.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Rehearsal: ${escaped(goal)}</title><style>${CSS}</style>
<h1>Rehearsal: ${escaped(goal)}</h1>
<p class="${outcome === 'complete' ? 'ok' : 'bad'}">${outcome === 'complete' ? `Ends well after ${minutes} min` : `Stops after ${minutes} min`}: ${escaped(because)}</p>
<p>${nodes.length} nodes; at most ${mostOut} out at once, by whomever (budget ${escaped(budget)}); ${evictions.length} evictions; seed ${seed}.</p>
<svg viewBox="0 0 ${LEFT + WIDTH + 20} ${bottom + 30 + graph + 20}" role="img" aria-label="Timeline of the visits">
${ticks.map((at) => `<line x1="${x(at)}" x2="${x(at)}" y1="${TOP - 6}" y2="${bottom + 30 + graph}" stroke="#e3e8ee"/><text x="${x(at)}" y="${TOP - 12}" text-anchor="middle">${at} min</text>`).join('')}
${rows.join('\n')}
${marks.join('')}<text x="${LEFT - 8}" y="${bottom + 18}" text-anchor="end">evictions</text>
<polyline points="${line.join(' ')}" fill="none" stroke="#c23b3b" stroke-width="1.5"/><text x="${LEFT - 8}" y="${bottom + 30 + graph}" text-anchor="end">nodes out (0 to ${mostOut})</text>
</svg><p class="key">${key.join('')}</p>
${list('Assumed', assumptions)}${list('Left out by the twin', leftOut)}
</html>`;
};
