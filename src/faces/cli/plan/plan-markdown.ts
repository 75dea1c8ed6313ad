/** A plan for the change ticket. */
import type { Plan, PlanStep } from '../../../core/plan/plan.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const stepLines = ({ title, because, back }: PlanStep, at: number): readonly string[] => [
  `${at + 1}. **${title}**`,
  `   - Why: ${because}`,
  `   - Way back: ${'none' in back ? `none; ${back.none}` : 'taken back by `nicwright apply --rollback`'}`,
];

/** A plan that takes no node out of service has none of these. */
const visitSections = ({ visits, waves }: Plan): readonly string[] =>
  visits.length === 0
    ? []
    : [
        '| Node | Restart | Changes | Evicted pods | Time | Now |',
        '|---|---|---|---|---|---|',
        ...visits.map(
          ({ node, restart, changes, evicts, minutes: takes, state }) =>
            `| ${[node, restart, changes.join('; '), evicts.join(', ') || 'none', `${takes} min`, state].map(cell).join(' | ')} |`,
        ),
        '',
        '## Why',
        ...[...new Set(visits.map(({ because }) => because))].map((because) => `- ${because}`),
        '',
        '## Order',
        ...waves.map(({ name, nodes }) => `- ${name}: ${nodes.join(', ')}`),
        '',
      ];

export const planMarkdown = (plan: Plan): string => {
  const { metadata, goal, visits, minutes, effects, blockers, gaps, steps, fingerprint } = plan;
  return [
    `# ${metadata.name}: ${goal}`,
    '',
    ...(visits.length === 0 ? [] : [`- Nodes: ${visits.length}`]),
    `- Estimated time: ${minutes} min`,
    `- Fingerprint: \`${fingerprint}\` (the plan is refused when what it rests on has changed)`,
    '',
    ...visitSections(plan),
    '## Effects',
    ...effects.map((line) => `- ${line}`),
    '',
    '## Blockers',
    ...(blockers.length === 0
      ? ['- none']
      : blockers.map(({ on, because, wayOut }) => `- ${on}: ${because}. Way out: ${wayOut}`)),
    ...(gaps.length === 0
      ? []
      : ['', '## Not told by the input', ...gaps.map(({ what, because }) => `- ${what}: ${because}`)]),
    '',
    '## Steps',
    ...steps.flatMap(stepLines),
  ].join('\n');
};
