/**
 * `$name`, `${name}` and its operators. A variable that the script never sets may come from the environment: it stands
 * for itself, and `${name:-default}` then has two alternatives.
 */
import type { ParameterExpansionPart, ParameterOperation, SimpleExpansionPart, Word } from 'unbash';
import { both } from './condition.ts';
import type { Condition } from './condition.ts';
import { evaluateArithmeticText } from './arithmetic.ts';
import { lookUp, positionalOf } from './variables.ts';
import type { Looked } from './variables.ts';
import { cutMatching, plainText, readPattern } from './pattern.ts';
import type { Guarded } from './scope.ts';
import { textCell } from './scope.ts';
import { emptyAtom, unsetAtom } from './wording.ts';
import type { Run } from './shell-run.ts';
import { concat, EMPTY, isEmpty, isUnknown, keyOf, literal, showText, text, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';

type Expansion = Guarded<{
  readonly value: Value;
  /** For `$@`, `$*` and arrays: `joined` for the starred ones, which are one field inside quotes. */
  readonly fields?: { readonly items: readonly Value[]; readonly joined: boolean };
}>;

const spaced = (items: readonly Value[]): Value =>
  concat(...items.flatMap((item, at) => (at === 0 ? [item] : [text(' '), item])));

const scalar = (value: Value, when: Condition = []): Expansion => ({ content: { value }, when });

const several = (items: readonly Value[], joined: boolean, when: Condition = []): Expansion => ({
  content: { value: spaced(items), fields: { items, joined } },
  when,
});

const expandPositional = (run: Run, name: string): readonly Expansion[] =>
  positionalOf(run).map(({ content: { values, generation }, when }) => {
    const shown = (part: string): Value => [unknown(`${part}#${generation}`, part)];
    if (values === undefined) {
      const rest = { ...unknown(`@#${generation}`, '@'), many: true } as const;
      return name === '@' || name === '*' ? several([[rest]], name === '*', when) : scalar(shown(name), when);
    }
    if (name === '@' || name === '*') return several(values, name === '*', when);
    if (name === '#') return scalar(text(String(values.length)), when);
    return scalar(values[Number(name) - 1] ?? EMPTY, when);
  });

/** The parameter without its operator. */
const expandPlain = (run: Run, name: string, index: Word | undefined): readonly Expansion[] => {
  if (/^(?:[1-9]\d*|[@*#])$/.test(name)) return expandPositional(run, name);
  const looked = lookUp(run, name);
  if (index === undefined) return looked.map(({ content, when }) => scalar(content.value, when));
  const key = index.text;
  if (key === '@' || key === '*')
    return looked.map(({ content, when }) =>
      content.items === undefined
        ? several(content.set === false ? [] : [content.value], key === '*', when)
        : several([...content.items.values()], key === '*', when),
    );
  return looked.flatMap(({ content, when }) =>
    run.execute.text(run, index).flatMap((at) => {
      const condition = both(when, at.when);
      return condition === undefined ? [] : [scalar(elementOf(run, name, content, at.content), condition)];
    }),
  );
};

const elementOf = (run: Run, name: string, looked: Looked, index: Value): Value => {
  const key = literal(index);
  if (looked.items === undefined)
    return key === '0' ? looked.value : [unknown(`${name}[${keyOf(index)}]`, `${name}[${showText(index)}]`)];
  if (key === undefined) return [unknown(`${name}[${keyOf(index)}]`, `${name}[${showText(index)}]`)];
  const direct = looked.items.get(key);
  if (direct !== undefined) return direct;
  const number = evaluateArithmeticText(run, key);
  const at = number === undefined ? undefined : number < 0 ? number + looked.items.size : number;
  return (at === undefined ? undefined : looked.items.get(String(at))) ?? EMPTY;
};

/** Something known only as derived from what is unknown. */
const derived = (value: Value, operation: ParameterOperation | string): Value => {
  const how = typeof operation === 'string' ? operation : operation.operator;
  const shown = value.find(isUnknown);
  return [unknown(`${keyOf(value)}${how}`, shown?.text ?? showText(value))];
};

const transform = (run: Run, value: Value, operation: ParameterOperation): Value => {
  const known = literal(value);
  const patternText = (word: Word): string | undefined => {
    const [only, ...more] = run.execute.text(run, word);
    return only === undefined || more.length > 0 ? undefined : literal(only.content);
  };
  switch (operation.type) {
    case 'Remove': {
      const source = patternText(operation.operand);
      const pattern = source === undefined ? undefined : readPattern(source);
      if (pattern === undefined) return derived(value, operation);
      if (known !== undefined) return text(cutMatching(pattern, known, operation.operator));
      return removeFromEnd(value, plainText(pattern), source ?? '', operation.operator) ?? derived(value, operation);
    }
    case 'Replace': {
      const from = patternText(operation.pattern);
      const to = patternText(operation.replacement);
      if (known === undefined || from === undefined || to === undefined || from === '' || /[*?[\\]/.test(from))
        return derived(value, operation);
      if (operation.operator === '//') return text(known.replaceAll(from, () => to));
      if (operation.operator === '/#') return text(known.startsWith(from) ? to + known.slice(from.length) : known);
      if (operation.operator === '/%') return text(known.endsWith(from) ? known.slice(0, -from.length) + to : known);
      return text(known.replace(from, () => to));
    }
    case 'Slice': {
      const offset = evaluateArithmeticText(run, operation.offset.value);
      const length = operation.length === undefined ? undefined : evaluateArithmeticText(run, operation.length.value);
      if (known === undefined || offset === undefined || (operation.length !== undefined && length === undefined))
        return derived(value, operation);
      const from = offset < 0 ? Math.max(known.length + offset, 0) : offset;
      return text(
        length === undefined
          ? known.slice(from)
          : length < 0
            ? known.slice(from, length)
            : known.slice(from, from + length),
      );
    }
    case 'CaseModification': {
      if (known === undefined)
        return value.map((piece) => (isUnknown(piece) ? piece : changeCase(piece, operation.operator)));
      return text(changeCase(known, operation.operator));
    }
    case 'Default':
      return value;
    case 'Transform':
    case 'Names':
    case 'Unknown':
      return derived(value, operation);
  }
};

const changeCase = (source: string, operator: '^' | '^^' | ',' | ',,'): string => {
  if (operator === '^^') return source.toUpperCase();
  if (operator === ',,') return source.toLowerCase();
  const first = source.slice(0, 1);
  return (operator === '^' ? first.toUpperCase() : first.toLowerCase()) + source.slice(1);
};

/** `${arg#*=}` of `--opt=$X` is $X, and `${x%-secret}` of `$X-secret` too: the known end decides. */
const removeFromEnd = (
  value: Value,
  plain: string | undefined,
  source: string,
  operator: '#' | '##' | '%' | '%%',
): Value | undefined => {
  const front = operator.startsWith('#');
  const end = front ? value[0] : value.at(-1);
  if (typeof end !== 'string') return undefined;
  const rest = front ? value.slice(1) : value.slice(0, -1);
  const keep = (left: string): Value => (front ? concat(text(left), rest) : concat(rest, text(left)));
  if (plain !== undefined) {
    if (front) return end.startsWith(plain) ? keep(end.slice(plain.length)) : undefined;
    return end.endsWith(plain) ? keep(end.slice(0, -plain.length)) : undefined;
  }
  const wild = front ? /^\*([^*?[\]\\]+)$/.exec(source) : /^([^*?[\]\\]+)\*$/.exec(source);
  const mark = wild?.[1];
  if (mark === undefined || operator.length > 1) return undefined;
  const at = front ? end.indexOf(mark) : end.lastIndexOf(mark);
  if (at < 0) return undefined;
  return keep(front ? end.slice(at + mark.length) : end.slice(0, at));
};

/** `${x:-d}`, `${x:=d}`, `${x:?m}`, `${x:+d}`, and those without the colon, which ask only whether x is set. */
const withDefault = (
  run: Run,
  name: string,
  plain: readonly Expansion[],
  operation: ParameterOperation & { readonly type: 'Default' },
): readonly Expansion[] => {
  const { operator, operand } = operation;
  const colon = operator.startsWith(':');
  const kind = operator.at(-1);
  const looked = /^\d+$|^[@*]$/.test(name) ? undefined : lookUp(run, name);
  const instead = (when: Condition): readonly Expansion[] =>
    run.execute.text(run, operand).flatMap((one) => {
      const condition = both(when, one.when);
      return condition === undefined ? [] : [scalar(one.content, condition)];
    });
  const result = plain.flatMap((expansion, at): readonly Expansion[] => {
    const { value } = expansion.content;
    const set = looked?.[at]?.content.set ?? (value.length > 0 ? undefined : colon ? undefined : false);
    const missing = colon ? isEmpty(value) : set === undefined ? undefined : !set;
    const present = kind === '+' ? instead(expansion.when) : [expansion];
    const absent = kind === '+' ? [scalar(EMPTY, expansion.when)] : kind === '?' ? [] : instead(expansion.when);
    if (missing === true) return absent;
    if (missing === false) return present;
    const first = value.find(isUnknown);
    const id = first?.id ?? name;
    const atom = colon ? emptyAtom(id, first?.text ?? name) : unsetAtom(id, first?.text ?? name);
    const guard = (ways: readonly Expansion[], holds: boolean): readonly Expansion[] =>
      ways.flatMap((way) => {
        const condition = both(way.when, [{ atom, holds, ...(kind === '?' ? { assumed: true } : {}) }]);
        return condition === undefined ? [] : [{ content: way.content, when: condition }];
      });
    return [...guard(absent, true), ...guard(present, false)];
  });
  if (kind === '=')
    run.scope.set(`v:${name}`, textCell(result.map(({ content, when }) => ({ content: content.value, when }))));
  return result;
};

const lengthOf = ({ content: { value, fields }, when }: Expansion): Expansion => {
  if (fields !== undefined)
    return scalar(
      fields.items.some((item) => item.some((piece) => isUnknown(piece) && piece.many === true))
        ? derived(value, '#')
        : text(String(fields.items.length)),
      when,
    );
  const known = literal(value);
  return scalar(known === undefined ? derived(value, '#') : text(String(known.length)), when);
};

const indirect = (run: Run, plain: readonly Expansion[]): readonly Expansion[] =>
  plain.flatMap(({ content, when }) => {
    const name = literal(content.value);
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return [scalar(derived(content.value, '!'), when)];
    return expandPlain(run, name, undefined).flatMap((one) => {
      const condition = both(when, one.when);
      return condition === undefined ? [] : [{ content: one.content, when: condition }];
    });
  });

export const expandParameter = (run: Run, part: SimpleExpansionPart | ParameterExpansionPart): readonly Expansion[] => {
  if (part.type === 'SimpleExpansion') return expandPlain(run, part.text.slice(1), undefined);
  const { parameter, prefix, index, operation } = part;
  if (prefix === '!' && operation?.type === 'Names') return [scalar([unknown(part.text)])];
  // `${!map[@]}`: the keys of an array.
  if (prefix === '!' && index !== undefined && (index.text === '@' || index.text === '*'))
    return lookUp(run, parameter).map(({ content, when }) =>
      several(content.items === undefined ? [] : [...content.items.keys()].map(text), index.text === '*', when),
    );
  const plain = expandPlain(run, parameter, index);
  const named = prefix === '!' ? indirect(run, plain) : prefix === '#' ? plain.map(lengthOf) : plain;
  if (operation === undefined) return named;
  if (operation.type === 'Default') return withDefault(run, parameter, named, operation);
  return named.map(({ content: { value, fields }, when }) => {
    if (fields === undefined) return scalar(transform(run, value, operation), when);
    if (operation.type === 'Slice')
      return several(
        sliceOf(run, fields.items, operation, parameter === '@' || parameter === '*'),
        fields.joined,
        when,
      );
    return several(
      fields.items.map((item) => transform(run, item, operation)),
      fields.joined,
      when,
    );
  });
};

/** `"${@:2}"` counts from 1, `"${list[@]:1}"` from 0; both are cut as lists. */
const sliceOf = (
  run: Run,
  items: readonly Value[],
  operation: ParameterOperation & { readonly type: 'Slice' },
  positional: boolean,
): readonly Value[] => {
  const offset = evaluateArithmeticText(run, operation.offset.value);
  const length = operation.length === undefined ? undefined : evaluateArithmeticText(run, operation.length.value);
  if (offset === undefined || items.some((item) => item.some((piece) => isUnknown(piece) && piece.many === true)))
    return items;
  const from = positional ? Math.max(offset - 1, 0) : offset;
  return items.slice(from, length === undefined ? undefined : from + length);
};
