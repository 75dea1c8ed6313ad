/** The rules that a command works with: ours, those of the user's configuration, and those of --rules, in this order. */
import path from 'node:path';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import type { Rule } from '../../../core/diagnosis/rule.ts';
import { guardedRule, readRulePack } from '../../../core/diagnosis/rule-pack.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { CommandContext, OptionSpec, OptionValues } from '../command.ts';
import { readConfig, type Config } from '../config.ts';

export const RULE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--rules <module...>',
    about: 'modules with rules of your own (docs/writing-rules.md); they run with your rights',
  },
  { flags: '--config <file>', about: 'configuration with rules and suppressions, instead of the one in your home' },
];

export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly config: Config;
}

interface Asked {
  readonly specifier: string;
  readonly folder: string;
}

export const readRuleSet = async (context: CommandContext, options: OptionValues): Promise<Result<RuleSet>> => {
  const config = await readConfig(context, options['config']);
  if (!config.ok) return config;
  const given = Array.isArray(options['rules']) ? (options['rules'] as readonly string[]) : [];
  const asked: readonly Asked[] = [
    ...config.value.rules.map((specifier) => ({ specifier, folder: path.dirname(config.value.file ?? '.') })),
    ...given.map((specifier) => ({ specifier, folder: '.' })),
  ];
  let rules: readonly Rule[] = ALL_RULES;
  for (const { specifier, folder } of asked) {
    const exports = await context.importModule(specifier, folder);
    if (!exports.ok) return exports;
    const pack = readRulePack(exports.value, specifier, rules);
    if (!pack.ok) return pack;
    rules = [...rules, ...pack.value.map((rule) => guardedRule(rule, specifier))];
  }
  return ok({ rules, config: config.value });
};
