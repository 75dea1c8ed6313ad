/**
 * Rules of a user's own, from a module whose `default` export is a rule or a list of rules. What cannot be a rule is refused
 * with the module and the rule's name; a rule that throws becomes something that could not be told, and stops nobody.
 */
import { isMap } from '../model/dig.ts';
import { fail, ok, type Fault, type Result } from '../result.ts';
import { SEVERITIES, type Statement } from './finding.ts';
import type { Rule } from './rule.ts';
import { SOURCES } from './source.ts';

const ROLES = ['cause', 'symptom', 'observation'] as const;
const CASE_KINDS = ['broken', 'healthy', 'lacking', 'look-alike'] as const;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

const isCase = (value: unknown): boolean =>
  isMap(value) &&
  isText(value['name']) &&
  CASE_KINDS.some((kind) => kind === value['kind']) &&
  Array.isArray(value['objects']);

/** What keeps a value from being a rule, as a sentence; undefined where nothing does. */
const fault = (rule: Readonly<Record<string, unknown>>): string | undefined => {
  const { id, title, severity, role, needs, lines, explain, sources, causedBy, check, remedy, cases } = rule;
  if (!isText(id) || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id))
    return 'id is not made of lower-case words joined by dashes';
  if (!isText(title)) return 'title is missing';
  if (!SEVERITIES.some((one) => one === severity)) return `severity is not one of ${SEVERITIES.join(', ')}`;
  if (!ROLES.some((one) => one === role)) return `role is not one of ${ROLES.join(', ')}`;
  const wrongNeed = isTexts(needs) ? needs.find((need) => !(need in SOURCES)) : 'nothing';
  if (wrongNeed !== undefined)
    return `needs is a list of sources (${Object.keys(SOURCES).join(', ')}), and ${wrongNeed} is none`;
  if (lines !== undefined && !(isMap(lines) && Object.values(lines).every((one) => one instanceof RegExp)))
    return 'lines is not a map of regular expressions';
  if (!isText(explain)) return 'explain is missing: two to five sentences';
  if (!isTexts(sources) || sources.length === 0) return 'sources is missing: where the knowledge comes from';
  if (causedBy !== undefined && !isTexts(causedBy)) return 'causedBy is not a list of rule ids';
  if (typeof check !== 'function') return 'check is not a function';
  if (typeof remedy !== 'function') return 'remedy is not a function';
  if (!Array.isArray(cases) || !cases.every(isCase))
    return `cases is not a list of name, kind (${CASE_KINDS.join(', ')}) and objects`;
  return undefined;
};

const refuse = (source: string, sentence: string): { ok: false; fault: Fault } =>
  fail('input-rules', `${source}: ${sentence}`);

/** The rules that a module exports. `others`: those that are there already. */
export const readRulePack = (exports: unknown, source: string, others: readonly Rule[]): Result<readonly Rule[]> => {
  const exported = isMap(exports) ? (exports['default'] ?? exports['rules']) : undefined;
  const list: readonly unknown[] = Array.isArray(exported) ? exported : exported === undefined ? [] : [exported];
  if (list.length === 0)
    return refuse(source, 'it exports no rule; export default a rule made by defineRule, or a list of them.');
  const taken = new Set(others.map(({ id }) => id));
  const rules: Rule[] = [];
  for (const [index, value] of list.entries()) {
    const name = isMap(value) && isText(value['id']) ? value['id'] : `rule ${index + 1}`;
    const wrong = isMap(value) ? fault(value) : 'it is no object; make it with defineRule';
    if (wrong !== undefined) return refuse(source, `${name}: ${wrong}.`);
    if (taken.has(name))
      return refuse(source, `${name}: there is a rule of that id already; put a word of your own in front.`);
    taken.add(name);
    // Checked above, part by part.
    rules.push(value as unknown as Rule);
  }
  for (const { id, causedBy = [] } of rules) {
    const unknown = causedBy.find((cause) => !taken.has(cause));
    if (unknown !== undefined) return refuse(source, `${id}: causedBy names ${unknown}, and there is no such rule.`);
  }
  return ok(rules);
};

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

const CONFIDENCES = ['proven', 'likely', 'possible'];

const isStatement = (value: unknown): boolean => {
  if (!isMap(value) || !isMap(value['scope'])) return false;
  if (value['says'] === 'clear') return isText(value['saw']);
  if (value['says'] === 'unknown')
    return (
      isMap(value['lack']) &&
      ['what', 'why', 'settle'].every((key) => isText((value['lack'] as Record<string, unknown>)[key]))
    );
  return (
    value['says'] === 'finding' &&
    isText(value['because']) &&
    CONFIDENCES.includes(String(value['confidence'])) &&
    Array.isArray(value['evidence'])
  );
};

/** The same rule, whose mistakes become unknowns instead of ending the diagnosis. `source`: the module it came from. */
export const guardedRule = (rule: Rule, source: string): Rule => {
  const failed = (because: string): Statement => ({
    says: 'unknown',
    scope: {},
    lack: {
      what: `what the rule ${rule.id} of ${source} says`,
      why: because,
      settle: `nicwright rules test ${source}`,
    },
  });
  return {
    ...rule,
    check: (facts) => {
      try {
        const statements: unknown = rule.check(facts);
        if (!Array.isArray(statements) || !statements.every(isStatement))
          return [failed('it answered something that is no list of findings, unknowns and clears')];
        return statements as readonly Statement[];
      } catch (error) {
        return [failed(`it failed: ${messageOf(error)}`)];
      }
    },
    remedy: (findings, facts) => {
      try {
        return rule.remedy(findings, facts);
      } catch (error) {
        return [{ text: `The rule ${rule.id} failed to name a remedy: ${messageOf(error)}` }];
      }
    },
    summarise: (findings, facts) => {
      try {
        return rule.summarise?.(findings, facts) ?? findings[0]?.because ?? '';
      } catch {
        return findings[0]?.because ?? '';
      }
    },
  };
};
