/** The page of a rule for a terminal: what it means, what may be behind it, what to do; -v adds how it tells things apart. */
import type { RuleLink, RulePage } from '../../../core/diagnosis/rule-page.ts';
import type { Paint } from '../paint.ts';
import { remedyLines } from './remedy-lines.ts';
import { wrap } from './wrap.ts';

const ROLES = {
  cause: 'a cause',
  symptom: 'a symptom, which always has a cause',
  observation: 'worth knowing, and the reason of nothing',
} as const;

const VERDICTS = {
  broken: 'found',
  healthy: 'in order',
  lacking: 'cannot be told',
  'look-alike': 'something else, and left alone',
} as const;

export const rulePageText = (page: RulePage, verbose: boolean, paint: Paint): string => {
  const { width } = paint;
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint.bold(title), ...lines];
  const links = (list: readonly RuleLink[]): readonly string[] =>
    list.flatMap(({ id, title }) => wrap(`${title}  [${id}]`, width, '  - ', '    '));
  return [
    `${paint.bold(page.title)}  ${paint.dim(`${page.severity}; ${ROLES[page.role]}  [${page.id}]`)}`,
    ...wrap(page.meaning, width, '  ', '  '),
    ...(page.affects === undefined ? [] : wrap(`Releases: ${page.affects}`, width, '  ', '  ')),
    ...section('What may be behind it', links(page.causes)),
    ...section('What follows from it', links(page.leadsTo)),
    ...section('How it is told', [
      ...(page.needs.length === 0
        ? ['  from whatever was read that speaks of it']
        : page.needs.flatMap(({ what, settle }) => [
            ...wrap(`without ${what} it says nothing; get it with`, width, '  - ', '    '),
            `      ${settle}`,
          ])),
      ...(verbose ? page.lines.map((line) => `  - line that matches  ${line}`) : []),
      ...(verbose
        ? (Object.entries(VERDICTS) as readonly (readonly [keyof typeof VERDICTS, string])[]).flatMap(
            ([kind, verdict]) => page.tried[kind].flatMap((name) => wrap(`${verdict}: ${name}`, width, '  - ', '    ')),
          )
        : []),
    ]),
    ...section('What to do (names are those of an example)', remedyLines(page.remedy, width)),
    ...(page.thenExpect === undefined
      ? []
      : ['', ...wrap(`After this is mended: ${page.thenExpect}`, width, '  ', '  ')]),
    ...section('Reports of others', [
      ...page.reports.flatMap(({ repository, number, says, exact }) =>
        wrap(`${repository} #${number}${exact ? '' : ' (akin)'}: ${says}`, width, '  - ', '    '),
      ),
      ...(page.reportsNote === undefined ? [] : [`  ${page.reportsNote}`]),
    ]),
    ...section('Sources', wrap(page.sources.join('; '), width, '  ', '  ')),
    ...(verbose ? [] : ['', paint.dim('-v adds the lines that it looks for and what it tells apart')]),
  ].join('\n');
};
