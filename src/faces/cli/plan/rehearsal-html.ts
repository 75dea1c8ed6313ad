/** A rehearsal as one page that asks nobody for anything: the outcome in words, the picture, and what it rests on. */
import type { Rehearsal } from '../../../app/rehearse/rehearse-plan.ts';
import { escapeMarkup } from '../diagnosis/escape-markup.ts';
import { rehearsalPicture, STAGE_COLOURS } from './rehearsal-picture.ts';
import { wordOf } from './rehearsal-text.ts';

const CSS =
  'body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;padding:0 1.5em;max-width:1240px;color:#1c2733}h1{font-size:1.35em;margin-bottom:.2em}h2{font-size:1.05em;margin-top:1.6em}.ok{color:#2b7a49}.bad{color:#b02a2a;fill:#b02a2a}svg{display:block;width:100%}text{font:12px system-ui,sans-serif;fill:#1c2733}text.small{font-size:10px;fill:#5b6875}text.budget{fill:#2f6fb5}text.bad{fill:#b02a2a}.key span{display:inline-block;margin-right:1em}.key i{display:inline-block;width:.9em;height:.9em;margin-right:.35em;vertical-align:-.1em}li{margin:.15em 0;overflow-wrap:anywhere}table{border-collapse:collapse}td,th{text-align:left;padding:.15em 1em .15em 0}';

const durationOf = (minutes: number): string =>
  minutes < 120 ? `${Math.round(minutes)} min` : `${Math.floor(minutes / 60)} h ${Math.round(minutes % 60)} min`;

const ending = ({ outcome, minutes, because }: Rehearsal): string =>
  ({
    complete: `Ends well after ${durationOf(minutes)}: ${because}`,
    held: `Stops after ${durationOf(minutes)}: ${because}`,
    unfinished: `No end was seen: ${because}`,
  })[outcome];

const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `<h2>${title}</h2><ul>${lines.map((one) => `<li>${escapeMarkup(one)}</li>`).join('')}</ul>`;

/** The same in words, for those who cannot see the picture. */
const nodeTable = ({ nodes }: Rehearsal): string => {
  const rows = nodes.map((timeline) => {
    const { node, spans } = timeline;
    const [first, last] = [spans[0], spans.at(-1)];
    const cells = [
      node,
      first === undefined ? '-' : durationOf(first.from),
      wordOf(timeline) ?? durationOf(last?.to ?? 0),
      last?.because ?? '',
    ];
    return `<tr>${cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join('')}</tr>`;
  });
  return `<details><summary>Nodes as a table</summary><table><tr><th>Node</th><th>Leaves after</th><th>Back after</th><th>At the end</th></tr>${rows.join('')}</table></details>`;
};

export const rehearsalHtml = (rehearsal: Rehearsal): string => {
  const { nodes, evictions, mostOut, outcome, goal, assumptions, leftOut, budget, seed, steps, blockers } = rehearsal;
  const title = escapeMarkup(goal);
  const key = Object.entries(STAGE_COLOURS).map(
    ([stage, colour]) => `<span><i style="background:${colour}"></i>${stage}</span>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Rehearsal: ${title}</title><style>${CSS}</style>
<h1>Rehearsal: ${title}</h1>
<p class="${outcome === 'complete' ? 'ok' : 'bad'}">${escapeMarkup(ending(rehearsal))}</p>
<p>${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}; at most ${mostOut} out at once, by whomever (budget ${escapeMarkup(budget)}); ${evictions.length} ${evictions.length === 1 ? 'eviction' : 'evictions'}; seed ${seed}.</p>
${list(
  'Stood still at the end',
  blockers.map(({ node, because, wayOut }) => `${node}: ${because}${wayOut === undefined ? '' : `; ${wayOut}`}`),
)}
<p class="key">${key.join('')}</p>
${rehearsalPicture(rehearsal)}
${nodeTable(rehearsal)}
${list(
  'Steps',
  steps.map(({ title: step, outcome: how }) => `${how}: ${step}`),
)}${list('Assumed', assumptions)}${list('Left out by the twin', leftOut)}
</html>`;
};
