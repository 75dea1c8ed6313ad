/** A topic for a terminal: the answer, why, what is said elsewhere and does not hold, and how to look. */
import type { Topic } from '../../../core/diagnosis/topics/topic.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';
import { wrap } from './wrap.ts';

export const topicText = (topic: Topic, paint: Paint): string => {
  const { width } = paint;
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint.bold(title), ...lines];
  const [headings = [], ...rows] = topic.table?.() ?? [];
  return [
    `${paint.bold(topic.title)}  ${paint.dim(`[${topic.id}]`)}`,
    ...wrap(topic.answer, width, '  ', '  '),
    '',
    ...topic.because.flatMap((paragraph) => wrap(paragraph, width, '  - ', '    ')),
    ...section(
      'Said elsewhere, and what holds',
      (topic.corrected ?? []).flatMap(({ said, holds }) => wrap(`"${said}": ${holds}`, width, '  - ', '    ')),
    ),
    ...section(
      'By release',
      rows.length === 0
        ? []
        : table(headings, rows)
            .split('\n')
            .map((line) => `  ${line}`),
    ),
    ...section(
      'How to look',
      topic.look.flatMap(({ text, command }) => [...wrap(text, width, '  - ', '    '), `      ${command}`]),
    ),
    ...section('Found by', [`  ${topic.rules.join(', ')}`]),
    ...section('Sources', wrap(topic.sources.join('; '), width, '  ', '  ')),
  ].join('\n');
};
