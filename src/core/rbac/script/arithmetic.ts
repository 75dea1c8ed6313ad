/** `$(( ))`, `(( ))` and `let`, where all parts are known whole numbers; undefined otherwise. */
import { parse } from 'unbash';
import type { ArithmeticExpression } from 'unbash';
import { certainText } from './scope.ts';
import type { Run } from './shell-run.ts';
import { literal } from './shell-value.ts';
import { assign, knownText } from './variables.ts';

const BINARY: Readonly<Record<string, (a: number, b: number) => number | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? undefined : Math.trunc(a / b)),
  '%': (a, b) => (b === 0 ? undefined : a % b),
  '**': (a, b) => (b < 0 || b > 64 ? undefined : a ** b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
  ',': (_a, b) => b,
};

const toNumber = (source: string): number | undefined => {
  const number = /^\s*-?\d{1,15}\s*$/.test(source) ? Number(source) : undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
};

const safe = (number: number | undefined): number | undefined =>
  number !== undefined && Number.isSafeInteger(number) ? number : undefined;

const NAME = /^[A-Za-z_]\w*$/;

const wordNumber = (run: Run, word: ArithmeticExpression & { readonly type: 'ArithmeticWord' }): number | undefined => {
  const plain = toNumber(word.value);
  if (plain !== undefined) return plain;
  if (NAME.test(word.value)) {
    const held = knownText(run, word.value);
    return held === undefined ? undefined : held === '' ? 0 : toNumber(held);
  }
  if (word.parts === undefined) return undefined;
  const [only, ...more] = run.execute.text(run, { ...word, type: 'Word', text: word.value, parts: word.parts });
  const known = only === undefined || more.length > 0 ? undefined : literal(only.content);
  return known === undefined ? undefined : toNumber(known);
};

const assignTo = (run: Run, target: ArithmeticExpression, number: number | undefined): number | undefined => {
  if (target.type !== 'ArithmeticWord' || !NAME.test(target.value)) return undefined;
  if (number === undefined)
    run.scope.set(`v:${target.value}`, [
      { content: { is: 'text', value: [{ id: `${target.value}=${target.pos}`, text: target.value }] }, when: [] },
    ]);
  else assign(run, target.value, certainText(String(number)));
  return number;
};

export const evaluateArithmetic = (run: Run, expression: ArithmeticExpression): number | undefined => {
  switch (expression.type) {
    case 'ArithmeticWord':
      return wordNumber(run, expression);
    case 'ArithmeticGroup':
      return evaluateArithmetic(run, expression.expression);
    case 'ArithmeticUnary': {
      const operand = evaluateArithmetic(run, expression.operand);
      if (expression.operator === '++' || expression.operator === '--') {
        const change = expression.operator === '++' ? 1 : -1;
        const changed = assignTo(run, expression.operand, operand === undefined ? undefined : operand + change);
        return expression.prefix ? changed : operand;
      }
      if (operand === undefined) return undefined;
      if (expression.operator === '!') return Number(operand === 0);
      return expression.operator === '-' ? -operand : expression.operator === '+' ? operand : undefined;
    }
    case 'ArithmeticTernary': {
      const test = evaluateArithmetic(run, expression.test);
      if (test === undefined) return undefined;
      return evaluateArithmetic(run, test === 0 ? expression.alternate : expression.consequent);
    }
    case 'ArithmeticBinary': {
      const { operator, left } = expression;
      const right = evaluateArithmetic(run, expression.right);
      if (operator === '=') return assignTo(run, left, right);
      const before = evaluateArithmetic(run, left);
      const isAssignment = operator.endsWith('=') && BINARY[operator] === undefined;
      const compute = BINARY[isAssignment ? operator.slice(0, -1) : operator];
      const result = safe(before === undefined || right === undefined ? undefined : compute?.(before, right));
      return isAssignment ? assignTo(run, left, result) : result;
    }
    case 'ArithmeticCommandExpansion':
      return undefined;
  }
};

/** Text that stands where bash expects arithmetic: an array index, a substring's offset. */
export const evaluateArithmeticText = (run: Run, source: string): number | undefined => {
  const plain = toNumber(source);
  if (plain !== undefined) return plain;
  if (source.length > 200 || /['"`\\;\n]/.test(source)) return undefined;
  const [statement] = parse(`((${source}))`).commands;
  const command = statement?.command;
  return command?.type === 'ArithmeticCommand' && command.expression !== undefined
    ? evaluateArithmetic(run, command.expression)
    : undefined;
};
