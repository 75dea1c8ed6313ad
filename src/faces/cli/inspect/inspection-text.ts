/** What `inspect` prints: which dumps, what they hold, what can be told from them, what is missing and how to get it. */
import type { Inspection } from '../../../app/inspect/inspect-input.ts';
import { wrap } from '../diagnosis/wrap.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

const SHOWN = 8;

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

const LONGEST_COMMAND = 48;

const short = (command: string): string =>
  command.length <= LONGEST_COMMAND ? command : `${command.slice(0, LONGEST_COMMAND - 3)}...`;

const indented = (text: string): readonly string[] => text.split('\n').map((line) => `  ${line}`);

const dumpLines = ({ dumps }: Inspection, paint: Paint): readonly string[] =>
  dumps.flatMap(({ root, name, files, takenAt }) => [
    paint.bold(root === '' ? name : root),
    `  ${root === '' ? '' : `${name}, `}${counted(files, 'file')}${takenAt === undefined ? '' : `, taken ${takenAt} or later`}`,
  ]);

const heldLines = (
  { kinds, foundEmpty, logs, hosts, otherTexts, tables }: Inspection,
  verbose: boolean,
): readonly string[] => {
  const rows = kinds.map(({ kind, count, namespaces }) => [
    kind,
    String(count),
    namespaces === 0 ? '' : `in ${counted(namespaces, 'namespace')}`,
  ]);
  if (logs.count > 0)
    rows.push([
      'logs',
      String(logs.count),
      [
        `of ${counted(logs.pods, 'pod')}`,
        ...(logs.previous > 0 ? [`${logs.previous} of previous runs`] : []),
        ...(logs.unnamed > 0 ? [`${logs.unnamed} that name no pod`] : []),
      ].join(', '),
    ]);
  const texts = hosts.reduce((sum, { texts: own }) => sum + own, 0);
  const named = hosts.slice(0, verbose ? undefined : SHOWN).map(({ node }) => node);
  if (texts > 0)
    rows.push([
      'texts of hosts',
      String(texts),
      `of ${named.join(', ')}${hosts.length > named.length ? ` and ${hosts.length - named.length} more` : ''}`,
    ]);
  if (otherTexts > 0) rows.push(['other texts', String(otherTexts), 'attributed by what they say, if at all']);
  if (tables.length > 0)
    rows.push([
      'pasted tables',
      String(tables.length),
      `weak evidence: ${[...new Set(tables.map(({ command }) => short(command || 'a table without its command')))].slice(0, 2).join('; ')}${tables.length > 2 ? '; ...' : ''}`,
    ]);
  for (const kind of foundEmpty) rows.push([kind, '0', 'listed and found empty']);
  return rows.length === 0 ? ['  nothing'] : indented(table(['WHAT', 'COUNT', ''], rows));
};

const missingLines = ({ missing }: Inspection, paint: Paint): readonly string[] =>
  missing.flatMap(({ what, settle, rules }) => [
    ...wrap(
      rules.length === 0
        ? `${what}: its collector does not write it`
        : `${what}: ${counted(rules.length, 'rule')} cannot speak without it`,
      paint.width,
      '  - ',
      '    ',
    ),
    // A command is for copying, and stays on one line.
    `      ${paint.dim(settle)}`,
  ]);

export const inspectionText = (inspection: Inspection, paint: Paint, verbose: boolean): string => {
  const { rules, missing, notRead } = inspection;
  const gaps = verbose ? notRead : notRead.slice(0, SHOWN);
  return [
    ...dumpLines(inspection, paint),
    '',
    paint.bold('Holds'),
    ...heldLines(inspection, verbose),
    '',
    `${paint.bold('Can tell')}  ${rules.able.length} of ${rules.of} rules have all that they need`,
    ...(verbose ? wrap(rules.able.join(', '), paint.width, '  ', '  ') : []),
    ...(missing.length === 0 ? [] : ['', paint.bold('Cannot tell'), ...missingLines(inspection, paint)]),
    ...(notRead.length === 0
      ? []
      : [
          '',
          paint.bold('Not read'),
          ...gaps.flatMap(({ what, because }) => wrap(`${what}: ${because}`, paint.width, '  - ', '    ')),
          ...(gaps.length < notRead.length ? [`  and ${notRead.length - gaps.length} more (-v)`] : []),
        ]),
    '',
    `Next: nicwright diagnose ${inspection.sources.map((source) => `--from ${source}`).join(' ')}`,
  ].join('\n');
};
