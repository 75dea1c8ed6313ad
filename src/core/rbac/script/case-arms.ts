/** `case WORD in ...`: which arms are taken for sure, perhaps, or not, each with its condition in words. */
import type { Case } from 'unbash';
import { isPossible, literalOf } from './condition.ts';
import type { Literal } from './condition.ts';
import { patternOf } from './expand-word.ts';
import { matches, plainText } from './pattern.ts';
import type { Pattern } from './pattern.ts';
import { textCell } from './scope.ts';
import type { Run } from './shell-run.ts';
import { keyOf, literal, showText, text } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { equalsTest, noneOfThem, variableOf } from './wording.ts';
import { lookUp } from './variables.ts';

export interface CaseArm {
  readonly index: number;
  /** Undefined: it depends on what is not known. */
  readonly taken: boolean | undefined;
  readonly literal: Literal;
  /** Keeps of the variable only what goes with this arm. */
  readonly narrow?: () => void;
}

/** Any pattern matches; undefined when it is not certain. */
const matchesAny = (patterns: readonly Pattern[], value: Value): boolean | undefined => {
  const answers = patterns.map((pattern) => matches(pattern, value));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
};

export const caseOf = (run: Run, node: Case): { readonly arms: readonly CaseArm[]; readonly otherwise: Literal } => {
  let subjects = run.execute.text(run, node.word).filter(({ when }) => isPossible([...run.path, ...when]));
  const variable = variableOf(node.word);
  const [only, ...more] = subjects;
  const shown =
    variable !== undefined
      ? `$${variable}`
      : only !== undefined && more.length === 0
        ? showText(only.content)
        : node.word.text.replaceAll('"', '');
  const id = subjects.map(({ content }) => keyOf(content)).join('\u0003');
  const origin = variable === undefined ? undefined : run.options.get(variable);
  const earlier: string[] = [];
  const arms: CaseArm[] = [];
  node.items.forEach((item, index) => {
    const patterns = item.pattern.map((word) => patternOf(run, word));
    const texts = patterns.map(plainText);
    const isDefault = item.pattern.some(({ text: source }) => source === '*');
    const shownPatterns = item.pattern.map(({ value }, at) => texts[at] ?? value);
    const atom = isDefault
      ? {
          id: `default ${id} ${node.pos}`,
          yes: earlier.length === 0 ? `${shown} is anything` : noneOfThem(shown, earlier),
          no: `${shown} is ${earlier.join(' or ')}`,
        }
      : texts.every((one) => one !== undefined)
        ? equalsTest(id, shown, shownPatterns, origin)
        : {
            id: `matches ${id} ${shownPatterns.join('|')}`,
            yes: `${shown} matches ${shownPatterns.join('|')}`,
            no: `${shown} does not match ${shownPatterns.join('|')}`,
          };
    const answers = subjects.map(({ content }) => matchesAny(patterns, content));
    const [first] = answers;
    const taken =
      answers.length > 0 && answers.every((answer) => answer === first)
        ? first
        : answers.length === 0
          ? false
          : undefined;
    const [equal, ...others] = texts;
    const narrow = (): void => {
      if (variable === undefined || !/^[A-Za-z_]\w*$/.test(variable)) return;
      const kept = lookUp(run, variable).filter(({ content }) => matchesAny(patterns, content.value) !== false);
      if (kept.length === 0 || kept.some(({ content }) => content.items !== undefined)) return;
      const known = equal !== undefined && others.length === 0 ? text(equal) : undefined;
      run.scope.set(
        `v:${variable}`,
        textCell(
          kept.map(({ content, when }) => ({
            content: literal(content.value) === undefined ? (known ?? content.value) : content.value,
            when,
          })),
        ),
      );
    };
    arms.push({ index, taken, literal: literalOf(atom), narrow });
    // What surely matched here does not come to the arms below.
    if (item.terminator !== ';;&') subjects = subjects.filter(({ content }) => matchesAny(patterns, content) !== true);
    if (!isDefault) earlier.push(...shownPatterns);
  });
  return {
    arms,
    otherwise: literalOf({
      id: `default ${id} ${node.pos}`,
      yes: noneOfThem(shown, earlier),
      no: `${shown} is ${earlier.join(' or ')}`,
    }),
  };
};
