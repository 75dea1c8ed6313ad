/** `rules test`: the cases of a module of rules, and what every rule is held to besides. */
import { checkRule, type RuleCheck } from '../../../core/diagnosis/check-rule.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { readRulePack } from '../../../core/diagnosis/rule-pack.ts';
import type { Rule } from '../../../core/diagnosis/rule.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { wrap } from '../diagnosis/wrap.ts';

interface Tried {
  readonly id: string;
  readonly checks: readonly RuleCheck[];
}

const isGood = ({ problems }: RuleCheck): boolean => problems.length === 0;

const text = (tried: readonly Tried[], verbose: boolean, paint: Paint): string => {
  const checks = tried.flatMap((one) => one.checks);
  const bad = checks.filter((check) => !isGood(check)).length;
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  return [
    paint.bold(
      `${count(tried.length, 'rule')}, ${count(checks.length, 'check')}: ${bad === 0 ? 'all hold' : `${count(bad, 'check')} ${bad === 1 ? 'does' : 'do'} not hold`}`,
    ),
    ...tried.flatMap(({ id, checks: own }) => {
      const shown = verbose ? own : own.filter((check) => !isGood(check));
      if (shown.length === 0) return [];
      return [
        '',
        paint.bold(id),
        ...shown.flatMap(({ name, problems }) =>
          problems.length === 0
            ? [`  ${paint.good('ok')}    ${name}`]
            : problems.flatMap((problem) =>
                wrap(`${name}: ${problem}`, paint.width, `  ${paint.bad('fails')} `, '        '),
              ),
        ),
      ];
    }),
  ].join('\n');
};

export default defineCommand({
  path: 'rules test',
  about: 'Runs the cases of rules of your own, and checks what every rule is held to',
  examples: [
    { line: 'rules test my-rules.mjs', does: 'what does not hold, with the reason; exit 1 then' },
    { line: 'rules test my-rules.ts -v', does: 'every case' },
  ],
  arguments: [{ name: 'MODULE...', about: 'modules whose default export is a rule or a list of rules' }],
  run: async (context, modules, options) => {
    if (modules.length === 0) return fail('usage-module', 'Which module? Give the file that exports the rules.');
    const rules: Rule[] = [];
    for (const specifier of modules) {
      const exports = await context.importModule(specifier, '.');
      if (!exports.ok) return exports;
      const pack = readRulePack(exports.value, specifier, [...ALL_RULES, ...rules]);
      if (!pack.ok) return pack;
      rules.push(...pack.value);
    }
    const tried = rules.map((rule) => ({ id: rule.id, checks: checkRule(rule) }));
    return ok({
      exit: tried.every(({ checks }) => checks.every(isGood)) ? EXIT.clean : EXIT.findings,
      data: { rules: tried },
      text: (paint) => text(tried, options['verbose'] === true, paint),
    });
  },
});
