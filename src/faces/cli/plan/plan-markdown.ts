/** A plan for the change ticket. */
import type { RolloutSpec, RolloutWindow } from '../../../core/model/crd/rollout.ts';
import type { Plan, PlanStep } from '../../../core/plan/plan.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const stepLines = ({ title, because, back }: PlanStep, at: number): readonly string[] => [
  `${at + 1}. **${title}**`,
  `   - Why: ${because}`,
  `   - Way back: ${'none' in back ? `none; ${back.none}` : 'taken back by `nicwright apply --rollback`'}`,
];

const MOST_PODS = 6;

/** A cell of a table is no place for a hundred names. */
const podsCell = (pods: readonly string[]): string => {
  if (pods.length === 0) return 'none';
  const more = pods.length - MOST_PODS;
  return `${pods.length}: ${pods.slice(0, MOST_PODS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

/** A plan that takes no node out of service has none of these. */
const visitSections = ({ visits, waves }: Plan): readonly string[] =>
  visits.length === 0
    ? []
    : [
        '## Nodes',
        '',
        '| Node | Restart | Changes | Evicted pods | Time | Now |',
        '|---|---|---|---|---|---|',
        ...visits.map(
          ({ node, restart, changes, evicts, minutes: takes, state }) =>
            `| ${[node, restart, changes.join('; '), podsCell(evicts), `${takes} min`, state].map(cell).join(' | ')} |`,
        ),
        '',
        '## Why',
        ...[...new Set(visits.map(({ because }) => because))].map((because) => `- ${because}`),
        '',
        '## Order',
        ...waves.map(({ name, nodes }) => `- ${name}: ${nodes.join(', ')}`),
        '',
      ];

const windowWords = ({ days, from, to, offset }: RolloutWindow): string =>
  `${days.length === 0 ? 'every day' : days.join(', ')} ${from} to ${to} (UTC${offset})`;

const POWER: Readonly<Record<string, string>> = {
  '': 'nobody is named: no restart that needs power to go can be carried out',
  manual: 'a person, when the visit asks for it; `nicwright status` says what to do',
  bmc: 'the BMC of each node, by what is known of it',
};

const several = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What whoever answers for the change has to know beside the nodes. */
const termLines = (name: string, { budget, waves, windows, power, drain }: RolloutSpec): readonly string[] => [
  '## Terms',
  `- Out of service at once: at most ${String(budget.maxUnavailable)} of these nodes, by whomever`,
  `- First: ${waves.canary === 0 ? 'no canary' : `${several(waves.canary, 'node')} alone (canary); the others follow when ${waves.canary === 1 ? 'it is' : 'they are'} back and proved`}`,
  `- Windows: ${windows.length === 0 ? 'none; it begins when it is applied' : `a visit begins only ${windows.map(windowWords).join(' or ')}, and goes on to its end`}`,
  `- Power is switched by: ${POWER[power.adapter] ?? power.adapter}`,
  `- A drain that takes longer than ${Math.round(drain.timeoutSeconds / 60)} min is held`,
  `- It stops by itself when ${several(budget.maxHeld, 'visit')} ${budget.maxHeld === 1 ? 'is' : 'are'} held; the node stays cordoned, with the reason and the way out written on it`,
  `- Stop by hand: \`nicwright pause ${name}\` begins no further visit, \`nicwright abort ${name}\` also turns back those that have not restarted their host`,
  '',
];

/** The same sentence on many nodes is one line. */
const blockerLines = ({ blockers }: Plan): readonly string[] =>
  blockers.length === 0
    ? ['- none']
    : [...Map.groupBy(blockers, ({ because, wayOut }) => `${because}. Way out: ${wayOut}`)].map(
        ([line, on]) => `- ${on.map((one) => one.on).join(', ')}: ${line}`,
      );

export const planMarkdown = (plan: Plan): string => {
  const { metadata, goal, visits, minutes, effects, blockers, gaps, steps, fingerprint, untold } = plan;
  const rollout = steps.flatMap(({ act }) => (act.do === 'rollout' ? [act] : []))[0];
  return [
    `# ${metadata.name}: ${goal}`,
    '',
    ...(visits.length === 0 ? [] : [`- Nodes: ${visits.length}`]),
    `- Estimated time: ${minutes} min`,
    `- Can be carried out now: ${blockers.length === 0 ? 'yes' : `no, ${several(blockers.length, 'blocker')} below`}`,
    `- Fingerprint: \`${fingerprint}\` (the plan is refused when what it rests on has changed)`,
    '',
    ...visitSections(plan),
    ...(rollout === undefined ? [] : termLines(rollout.name, rollout.spec)),
    '## Effects',
    ...effects.map((line) => `- ${line}`),
    '',
    '## Blockers',
    ...blockerLines(plan),
    ...(gaps.length + untold.length === 0
      ? []
      : [
          '',
          '## Not told by the input',
          ...untold.map((node) => `- ${node}: what waits on it could not be told, so this plan does not visit it`),
          ...gaps.map(({ what, because }) => `- ${what}: ${because}`),
        ]),
    '',
    '## Steps',
    ...steps.flatMap(stepLines),
    '',
  ].join('\n');
};
