/** docs/rules.md: every topic and every rule of `diagnose`, from the same pages that `nicwright explain` prints. */
import { rulePage, type RuleLink, type RulePage } from '../../src/core/diagnosis/rule-page.ts';
import { ALL_RULES } from '../../src/core/diagnosis/rules/index.ts';
import type { Topic } from '../../src/core/diagnosis/topics/topic.ts';
import { TOPICS } from '../../src/core/diagnosis/topics/topics.ts';

/** What markdown would take for markup. */
const escape = (text: string): string => text.replaceAll(/[\\*_<>|[\]`]/g, '\\$&');

const code = (text: string): readonly string[] => ['```', ...text.split('\n'), '```'];

const links = (list: readonly RuleLink[]): string => list.map(({ id }) => `[${id}](#${id})`).join(', ');

const part = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `**${title}**`, '', ...lines];

const topicSection = (topic: Topic): readonly string[] => {
  const [headings = [], ...rows] = topic.table?.() ?? [];
  return [
    '',
    `### ${topic.id}`,
    '',
    `${escape(topic.title)}. ${escape(topic.answer)}`,
    '',
    ...topic.because.map((line) => `- ${escape(line)}`),
    ...part(
      'Said elsewhere, and what holds',
      (topic.corrected ?? []).map(({ said, holds }) => `- "${escape(said)}": ${escape(holds)}`),
    ),
    ...(rows.length === 0
      ? []
      : [
          '',
          `| ${headings.join(' | ')} |`,
          `|${headings.map(() => '---').join('|')}|`,
          ...rows.map((row) => `| ${row.map(escape).join(' | ')} |`),
        ]),
    ...part(
      'How to look',
      topic.look.flatMap(({ text, command }) => [escape(text), '', ...code(command), '']),
    ),
    `Rules: ${topic.rules.map((id) => `[${id}](#${id})`).join(', ')}. Sources: ${escape(topic.sources.join('; '))}.`,
  ];
};

const ruleSection = (page: RulePage): readonly string[] => [
  '',
  `### ${page.id}`,
  '',
  `${escape(page.title)}. Severity ${page.severity}, ${page.role}.${page.affects === undefined ? '' : ` Releases: ${escape(page.affects)}.`}`,
  '',
  escape(page.meaning),
  '',
  ...(page.causes.length === 0 ? [] : [`- May be caused by: ${links(page.causes)}`]),
  ...(page.leadsTo.length === 0 ? [] : [`- Leads to: ${links(page.leadsTo)}`]),
  ...page.needs.map(({ what, settle }) => `- Needs ${escape(what)}: \`${settle}\``),
  ...page.lines.map((line) => `- Looks for \`${line.replaceAll('`', "'")}\``),
  ...page.tried.broken.map((name) => `- Finds: ${escape(name)}`),
  ...page.tried['look-alike'].map((name) => `- Leaves alone: ${escape(name)}`),
  ...page.tried.lacking.map((name) => `- Cannot tell: ${escape(name)}`),
  ...part(
    'What to do (names are those of an example)',
    page.remedy.flatMap(({ text, command, risk }, index) => [
      `${index + 1}. ${escape(text)}${risk === undefined ? '' : ` Risk: ${escape(risk)}.`}`,
      ...(command === undefined ? [] : ['', ...code(command).map((line) => `   ${line}`), '']),
    ]),
  ),
  ...(page.thenExpect === undefined ? [] : ['', `After this is mended: ${escape(page.thenExpect)}`]),
  ...part('Reports of others', [
    ...page.reports.map(
      ({ repository, number, says, exact }) => `- ${repository} #${number}${exact ? '' : ' (akin)'}: ${escape(says)}`,
    ),
    ...(page.reportsNote === undefined ? [] : [...(page.reports.length === 0 ? [] : ['']), page.reportsNote]),
  ]),
  '',
  `Sources: ${escape(page.sources.join('; '))}.`,
];

export const rulesPage = (): string => {
  const pages = ALL_RULES.toSorted((a, b) => a.id.localeCompare(b.id)).map((rule) => rulePage(rule, ALL_RULES));
  return `${[
    '# Rules and topics',
    '',
    '`nicwright explain NAME` prints each of these pages. Generated from the rules themselves (`npm run generate`); a test keeps',
    'this page so. How to write a rule of your own: [writing-rules.md](writing-rules.md).',
    '',
    `${TOPICS.length} topics, ${pages.length} rules.`,
    '',
    '| rule | what it finds | severity | role |',
    '|---|---|---|---|',
    ...pages.map(({ id, title, severity, role }) => `| [${id}](#${id}) | ${escape(title)} | ${severity} | ${role} |`),
    '',
    '## Topics',
    ...TOPICS.flatMap(topicSection),
    '',
    '## Rules',
    ...pages.flatMap(ruleSection),
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')}\n`;
};
