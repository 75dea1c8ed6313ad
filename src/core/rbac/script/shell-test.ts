/**
 * `[ ... ]`, `test ...` and `[[ ... ]]`: true, false, or an atom in words. What a test says of a variable is also used
 * inside the branch: alternatives that contradict it fall away there.
 */
import type { TestExpression, Word } from 'unbash';
import { isPossible, literalOf, negate } from './condition.ts';
import type { Atom, Condition } from './condition.ts';
import { patternOf } from './expand-word.ts';
import { matches, plainPattern, plainText } from './pattern.ts';
import type { Pattern } from './pattern.ts';
import type { Guarded } from './scope.ts';
import { fileKey, textCell } from './scope.ts';
import { FAILURE, negateStatus, statusOf, SUCCESS } from './shell-run.ts';
import type { Run, Tested } from './shell-run.ts';
import { isEmpty, isUnknown, keyOf, literal, showText } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { lookUp } from './variables.ts';
import { emptyTest, equalsTest, variableOf } from './wording.ts';

const decided = (holds: boolean, atom?: Atom): Tested => ({
  status: holds ? SUCCESS : FAILURE,
  ...(atom === undefined ? {} : { literal: literalOf(atom) }),
});

interface Operand {
  readonly word: Word;
  readonly texts: readonly Guarded<Value>[];
  readonly variable: string | undefined;
  /** How it is shown in a condition. */
  readonly shown: string;
  readonly id: string;
}

const operandOf = (run: Run, word: Word): Operand => {
  const texts = run.execute.text(run, word).filter(({ when }) => isPossible([...run.path, ...when]));
  const variable = variableOf(word);
  const [only] = texts;
  const bare = texts.length === 1 && only !== undefined ? showText(only.content) : word.text.replaceAll('"', '');
  const shown = variable === undefined ? bare : `$${variable}`;
  return { word, texts, variable, shown, id: texts.map(({ content }) => keyOf(content)).join('\u0003') };
};

/** The same answer for every alternative, or undefined. */
const unanimous = (answers: readonly (boolean | undefined)[]): boolean | undefined => {
  const [first] = answers;
  return answers.every((answer) => answer === first) ? first : undefined;
};

/** Does an alternative pass? Undefined: it depends. What holds where the alternative stands is given too. */
type Test = (value: Value, when: Condition) => boolean | undefined;

const narrowBy =
  (run: Run, operand: Operand, test: Test, equal?: Value) =>
  (holds: boolean): void => {
    const { variable } = operand;
    if (variable === undefined || !/^[A-Za-z_]\w*$/.test(variable)) return;
    const kept = lookUp(run, variable).filter(({ content, when }) => {
      const answer = test(content.value, when);
      return (answer === undefined || answer === holds) && isPossible([...run.path, ...when]);
    });
    if (kept.some(({ content }) => content.items !== undefined)) return;
    const known = kept.map(({ content, when }) => ({
      content: holds && equal !== undefined && literal(content.value) === undefined ? equal : content.value,
      when,
    }));
    if (known.length > 0) run.scope.set(`v:${variable}`, textCell(known));
  };

const decide = (run: Run, operand: Operand, test: Test, atom: () => Atom, equal?: Value): Tested => {
  const answer =
    operand.texts.length === 0 ? undefined : unanimous(operand.texts.map(({ content, when }) => test(content, when)));
  if (answer !== undefined) return decided(answer, atom());
  // Alternatives that stand under one condition are decided by that condition, so that its wording is kept.
  const [one, two, ...more] = operand.texts;
  if (one !== undefined && two !== undefined && more.length === 0) {
    const [literalOne, ...rest] = one.when;
    const first = test(one.content, one.when);
    if (
      literalOne !== undefined &&
      rest.length === 0 &&
      first !== undefined &&
      test(two.content, two.when) === !first &&
      two.when.length === 1
    )
      return {
        status: first
          ? { literal: literalOne, expected: false }
          : negateStatus({ literal: literalOne, expected: false }),
        narrow: narrowBy(run, operand, test, equal),
      };
  }
  return { status: statusOf(atom()), narrow: narrowBy(run, operand, test, equal) };
};

export const negated = ({ status, narrow, literal: condition }: Tested): Tested => ({
  status: negateStatus(status),
  ...(narrow === undefined ? {} : { narrow: (holds: boolean) => narrow(!holds) }),
  ...(condition === undefined ? {} : { literal: negate(condition) }),
});

const testEmpty = (run: Run, word: Word): Tested => {
  const operand = operandOf(run, word);
  const { variable } = operand;
  const origin = variable === undefined ? undefined : run.options.get(variable);
  const nonEmpty: Test = (value, when) => {
    const [piece, ...more] = value;
    const empty = isEmpty(value);
    if (empty !== undefined || piece === undefined || more.length > 0 || !isUnknown(piece)) return empty;
    const said = [...run.path, ...when].find(({ atom }) => atom.id === `empty ${piece.id}`);
    return said?.holds;
  };
  const shown = variable === undefined || /^\d+$/.test(variable) ? operand.shown : variable;
  const [first] = operand.texts[0]?.content ?? [];
  const id = operand.texts.length === 1 && first !== undefined && isUnknown(first) ? first.id : operand.id;
  return decide(run, operand, nonEmpty, () => emptyTest(id, shown, origin), []);
};

/** Comparisons of whole numbers, where both sides are known. */
const NUMERIC: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

const SIGNS: Readonly<Record<string, string>> = {
  '-eq': '=',
  '-ne': '!=',
  '-lt': '<',
  '-le': '<=',
  '-gt': '>',
  '-ge': '>=',
};

const known = (operand: Operand): string | undefined => {
  const [only, ...more] = operand.texts;
  return only === undefined || more.length > 0 ? undefined : literal(only.content);
};

const numericAtom = (a: Operand, operator: string, b: Operand): Atom => {
  const shown = `${a.shown} ${SIGNS[operator] ?? operator} ${b.shown}`;
  return { id: `${a.id} ${operator} ${b.id}`, yes: shown, no: `not ${shown}` };
};

const testNumeric = (run: Run, left: Word, operator: string, right: Word): Tested => {
  const [a, b] = [operandOf(run, left), operandOf(run, right)];
  const [x, y] = [known(a), known(b)];
  const compare = NUMERIC[operator];
  if (
    x !== undefined &&
    y !== undefined &&
    /^-?\d+$/.test(x.trim()) &&
    /^-?\d+$/.test(y.trim()) &&
    compare !== undefined
  )
    return decided(compare(Number(x), Number(y)), numericAtom(a, operator, b));
  // `[ $? -ne 0 ]` asks how the command before it went.
  if (a.word.text.includes('$?') && y === '0' && (operator === '-eq' || operator === '-ne')) {
    const status = operator === '-eq' ? run.status : negateStatus(run.status);
    return { status };
  }
  return { status: statusOf(numericAtom(a, operator, b)) };
};

const testEqual = (run: Run, left: Word, right: Word, pattern: Pattern): Tested => {
  let operand = operandOf(run, left);
  let compared = pattern;
  let plain = plainText(pattern);
  // `[ none = "$x" ]` is the same test the other way round.
  if (operand.variable === undefined && plain === undefined) {
    const turned = operandOf(run, right);
    const value = known(operand);
    if (turned.variable !== undefined && value !== undefined) {
      operand = turned;
      compared = plainPattern(value);
      plain = value;
    }
  }
  const origin = operand.variable === undefined ? undefined : run.options.get(operand.variable);
  const test: Test = (value) => matches(compared, value);
  if (plain === '') return testEmpty(run, operand.word);
  const shownRight = plain ?? right.text.replaceAll('"', '');
  return decide(
    run,
    operand,
    test,
    () => equalsTest(operand.id, operand.shown, [shownRight], origin),
    plain === undefined ? undefined : [plain],
  );
};

/** Tests of files: a file that the script wrote, or was given, is there. */
const testFile = (run: Run, operator: string, word: Word): Tested => {
  const operand = operandOf(run, word);
  const path = known(operand);
  if (path !== undefined && ['-e', '-f', '-r', '-s'].includes(operator) && run.scope.get(fileKey(path)) !== undefined)
    return decided(true);
  return {
    status: statusOf({
      id: `${operator} ${operand.id}`,
      yes: `${operator} ${operand.shown}`,
      no: `not ${operator} ${operand.shown}`,
    }),
  };
};

const testVariableSet = (run: Run, word: Word): Tested => {
  const name = known(operandOf(run, word));
  const looked = name === undefined ? [] : lookUp(run, name);
  const answer = unanimous(looked.map(({ content }) => content.set));
  if (answer !== undefined) return decided(answer);
  const shown = name ?? word.text;
  return { status: statusOf({ id: `unset ${shown}`, yes: `${shown} set`, no: `${shown} not set` }) };
};

const unary = (run: Run, operator: string, word: Word): Tested => {
  if (operator === '-z') return testEmpty(run, word);
  if (operator === '-n') return negated(testEmpty(run, word));
  if (operator === '-v') return testVariableSet(run, word);
  return testFile(run, operator, word);
};

const binary = (run: Run, left: Word, operator: string, right: Word, withPattern: boolean): Tested => {
  if (operator in NUMERIC) return testNumeric(run, left, operator, right);
  if (operator === '=' || operator === '==' || operator === '!=') {
    const texts = withPattern ? undefined : run.execute.text(run, right);
    const value = texts?.length === 1 && texts[0] !== undefined ? literal(texts[0].content) : undefined;
    const pattern = withPattern ? patternOf(run, right) : value === undefined ? undefined : plainPattern(value);
    const tested = testEqual(run, left, right, pattern);
    return operator === '!=' ? negated(tested) : tested;
  }
  const [a, b] = [operandOf(run, left), operandOf(run, right)];
  return {
    status: statusOf({
      id: `${a.id} ${operator} ${b.id}`,
      yes: `${a.shown} ${operator} ${b.shown}`,
      no: `not ${a.shown} ${operator} ${b.shown}`,
    }),
  };
};

/** Both, or either, of several tests. */
const combine = (tests: readonly Tested[], operator: '&&' | '||'): Tested => {
  const decisive = operator === '||';
  const open: Tested[] = [];
  for (const tested of tests) {
    if (!('known' in tested.status)) open.push(tested);
    else if (tested.status.known === decisive) return tested;
  }
  const [first, ...more] = open;
  if (first === undefined) return tests.at(-1) ?? decided(!decisive);
  if (more.length === 0) return first;
  const literals = open.flatMap(({ status }) => ('known' in status ? [] : [status.literal]));
  const words = literals.map(({ atom, holds }) => (holds ? atom.yes : atom.no));
  const opposite = literals.map(({ atom, holds }) => (holds ? atom.no : atom.yes));
  const [yes, no] = operator === '&&' ? [' and ', ' or '] : [' or ', ' and '];
  const atom = {
    id: literals.map(({ atom: { id }, holds }) => `${holds}${id}`).join(operator),
    yes: words.join(yes),
    no: opposite.join(no),
  };
  return {
    status: statusOf(atom),
    narrow: (holds) => {
      if (holds === (operator === '&&')) for (const { narrow } of open) narrow?.(holds);
    },
  };
};

/** `[[ ... ]]`, already parsed. */
export const testExpression = (run: Run, expression: TestExpression): Tested => {
  switch (expression.type) {
    case 'TestUnary':
      return unary(run, expression.operator, expression.operand);
    case 'TestBinary':
      return binary(run, expression.left, expression.operator, expression.right, true);
    case 'TestGroup':
      return testExpression(run, expression.expression);
    case 'TestNot': {
      const tested = testExpression(run, expression.operand);
      return expression.negations.length % 2 === 1 ? negated(tested) : tested;
    }
    case 'TestLogical':
      return combine(
        expression.operands.map((operand) => testExpression(run, operand)),
        expression.operator,
      );
  }
};

/** The words of `[ ... ]` or `test ...`, without the brackets. */
export const testWords = (run: Run, words: readonly Word[]): Tested => {
  const at = (operator: string): number =>
    words.findIndex(({ text }, index) => text === operator && index > 0 && index < words.length - 1);
  const [first, second, third] = words;
  if (first === undefined) return decided(false);
  for (const [operator, sign] of [
    ['-o', '||'],
    ['-a', '&&'],
  ] as const) {
    const split = words.length > 3 ? at(operator) : -1;
    if (split > 0)
      return combine([testWords(run, words.slice(0, split)), testWords(run, words.slice(split + 1))], sign);
  }
  if (first.text === '!' && words.length > 1) return negated(testWords(run, words.slice(1)));
  if (first.text.replace('\\', '') === '(' && words.length > 2) return testWords(run, words.slice(1, -1));
  if (second === undefined) return negated(testEmpty(run, first));
  if (third === undefined) return unary(run, first.text, second);
  return binary(run, first, second.text, third, false);
};
