/** What `driver next` prints: one block a manager, nodes grouped by what happens to them. */
import { defectLines } from '../../../core/driver/defects.ts';
import type { PassForecast } from '../../../core/driver/forecast-passes.ts';
import type { NodeDecision } from '../../../core/driver/upgrade-pass.ts';
import { stateName } from '../../../core/driver/upgrade-state.ts';
import { count, named } from '../../../core/driver/wording.ts';
import type { Write } from '../../../core/driver/write.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

export const forecastText = (forecasts: readonly PassForecast[], paint: Paint, verbose: boolean): string =>
  forecasts.map((forecast) => managerText(forecast, paint, verbose)).join('\n\n');

const managerText = (forecast: PassForecast, paint: Paint, verbose: boolean): string => {
  const { manager, off, fault, decisions, notReached, defects, gaps } = forecast;
  if (off !== undefined) return offText(forecast, paint, verbose);
  return [
    `${paint.bold(manager)}  ${headline(forecast)}`.trimEnd(),
    ...(fault === undefined
      ? []
      : ['', `${paint.bad('The pass ends early:')} ${fault.message}`, ...notReachedLine(notReached)]),
    ...(decisions.length === 0 ? [] : ['', ...(verbose ? everyNode(decisions) : groups(decisions, paint))]),
    '',
    effects(forecast),
    ...(verbose && defects.length > 0 ? ['', 'Known limits of upstream at work here:', ...defectLines(defects)] : []),
    ...(verbose
      ? gaps.map(
          ({ what, because, settle }) => `Not known: ${what}: ${because}${settle === undefined ? '' : `; ${settle}`}`,
        )
      : gaps.length > 0
        ? [paint.dim(`${count(gaps.length, 'thing')} not known (-v)`)]
        : []),
  ].join('\n');
};

const notReachedLine = (nodes: readonly string[]): readonly string[] =>
  nodes.length === 0 ? [] : [`Not reached: ${named(nodes)}`];

const headline = ({ slots, maxParallelUpgrades, decisions }: PassForecast): string => {
  if (slots === undefined) return decisions.length === 0 ? '' : count(decisions.length, 'node');
  const limit = maxParallelUpgrades === 0 ? 'no limit' : `maxParallelUpgrades ${maxParallelUpgrades}`;
  return `${count(slots.total, 'node')}, ${slots.inProgress} under way, ${count(Math.max(0, slots.slots), 'slot')} free (${limit})`;
};

/** Nodes that do the same for the same reason are one line, whatever their driver pods are called. */
const groups = (decisions: readonly NodeDecision[], paint: Paint): readonly string[] =>
  [
    ...Map.groupBy(decisions, (decision) => `${decision.from} ${decision.to ?? ''} ${reasonOf(decision)}`).values(),
  ].flatMap((group) => {
    const [first] = group as [NodeDecision, ...NodeDecision[]];
    return [
      `${moveOf(first, paint)}  ${named(group.map(({ node }) => node))}`,
      `    ${group.length === 1 ? first.because : reasonOf(first)}`,
    ];
  });

const reasonOf = ({ because, pod }: NodeDecision): string => because.replaceAll(`driver pod ${pod}`, 'the driver pod');

const moveOf = ({ from, to }: NodeDecision, paint: Paint): string =>
  to === undefined ? `${stateName(from)}` : `${stateName(from)} ${paint.dim('->')} ${paint.bold(to)}`;

const everyNode = (decisions: readonly NodeDecision[]): readonly string[] =>
  table(
    ['NODE', 'NOW', 'NEXT', 'BECAUSE'],
    decisions.map(({ node, from, to, because }) => [node, stateName(from), to ?? '-', because]),
  ).split('\n');

const WORDS: Readonly<Record<Write['do'], readonly [one: string, many: string]>> = {
  'set-state': ['state label', 'state labels'],
  'drop-state': ['state label removed', 'state labels removed'],
  annotate: ['annotation set', 'annotations set'],
  'drop-annotation': ['annotation removed', 'annotations removed'],
  cordon: ['cordon', 'cordons'],
  uncordon: ['uncordon', 'uncordons'],
  'delete-driver-pod': ['driver pod deleted', 'driver pods deleted'],
  'create-maintenance': ['NodeMaintenance created', 'NodeMaintenances created'],
  'join-maintenance': ['NodeMaintenance joined', 'NodeMaintenances joined'],
  'delete-maintenance': ['NodeMaintenance deleted', 'NodeMaintenances deleted'],
  'release-maintenance': ['NodeMaintenance released', 'NodeMaintenances released'],
};

const writeCounts = (writes: readonly Write[]): string =>
  [...Map.groupBy(writes, (write) => write.do)].map(([act, of]) => count(of.length, ...WORDS[act])).join(', ');

const effects = ({ writes, starts }: PassForecast): string => {
  const drains = starts.filter(({ start }) => start === 'drain').map(({ node }) => node);
  return `Written: ${writes.length === 0 ? 'nothing' : writeCounts(writes)}.${drains.length === 0 ? '' : ` In the background: drain of ${named(drains)}.`}`;
};

const LEFT_BEHIND_SHOWN = 10;

const offText = ({ manager, off, writes, leftBehind }: PassForecast, paint: Paint, verbose: boolean): string => {
  const shown = verbose ? leftBehind : leftBehind.slice(0, LEFT_BEHIND_SHOWN);
  return [
    `${paint.bold(manager)}  no pass, since ${off}`,
    ...(writes.length === 0 ? [] : [`The operator cleans up: ${writeCounts(writes)}; cordons and annotations stay.`]),
    ...shown.map(({ node, because }) => `  ${node}  ${because}`),
    ...(shown.length < leftBehind.length ? [`  and ${leftBehind.length - shown.length} more (-v)`] : []),
  ].join('\n');
};
