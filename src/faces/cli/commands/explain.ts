/** `explain`: the page of a rule or of a topic; without a name, the list of both. */
import { rulePage } from '../../../core/diagnosis/rule-page.ts';
import type { Rule } from '../../../core/diagnosis/rule.ts';
import { TOPICS } from '../../../core/diagnosis/topics/topics.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { readRuleSet, RULE_OPTIONS } from '../diagnosis/rule-set.ts';
import { rulePageText } from '../diagnosis/rule-page-text.ts';
import { topicText } from '../diagnosis/topic-text.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';

const listText = (rules: readonly Rule[], paint: Paint): string => {
  const width = Math.max(...[...TOPICS, ...rules].map(({ id }) => id.length));
  const row = ({ id, title }: { readonly id: string; readonly title: string }): string =>
    `  ${id.padEnd(width)}  ${title}`;
  return [
    paint.bold('Topics'),
    ...TOPICS.map(row),
    '',
    paint.bold('Rules'),
    ...rules.toSorted((a, b) => a.id.localeCompare(b.id)).map(row),
  ].join('\n');
};

/** Names that share a word with what was typed. */
const near = (name: string, rules: readonly Rule[]): readonly string[] => {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2);
  return [...TOPICS, ...rules]
    .map(({ id }) => ({
      id,
      hits: words.filter((word) => id.includes(word) || id.replaceAll('-', '').includes(word)).length,
    }))
    .filter(({ hits }) => hits > 0)
    .toSorted((a, b) => b.hits - a.hits)
    .slice(0, 5)
    .map(({ id }) => id);
};

export default defineCommand({
  path: 'explain',
  about: 'Tells what a finding means, what may be behind it and what to do; or a topic such as cold-restart',
  examples: [
    { line: 'explain cold-restart-pending', does: 'the page of a rule, by the id that diagnose prints' },
    { line: 'explain cold-restart', does: 'a topic' },
    { line: 'explain', does: 'the names of all' },
  ],
  arguments: [{ name: '[NAME]', about: 'id of a rule or a topic' }],
  options: RULE_OPTIONS,
  run: async (context, [name], options) => {
    const set = await readRuleSet(context, options);
    if (!set.ok) return set;
    const { rules } = set.value;
    if (name === undefined)
      return ok({
        exit: EXIT.clean,
        data: {
          topics: TOPICS.map(({ id, title }) => ({ id, title })),
          rules: rules.map(({ id, title, severity }) => ({ id, title, severity })),
        },
        text: (paint) => listText(rules, paint),
      });
    const topic = TOPICS.find(({ id }) => id === name);
    if (topic !== undefined)
      return ok({
        exit: EXIT.clean,
        data: { ...topic, table: topic.table?.() },
        text: (paint) => topicText(topic, paint),
      });
    const rule = rules.find(({ id }) => id === name);
    if (rule === undefined) {
      const hints = near(name, rules);
      return fail(
        'usage-name',
        `There is no rule or topic ${name}.${hints.length === 0 ? '' : ` Did you mean ${hints.join(', ')}?`} nicwright explain lists them all.`,
      );
    }
    const page = rulePage(rule, rules);
    return ok({
      exit: EXIT.clean,
      data: page,
      text: (paint) => rulePageText(page, options['verbose'] === true, paint),
    });
  },
});
