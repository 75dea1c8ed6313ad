/**
 * Words of the script -> what they may expand to: alternatives of fields (for arguments) or of one text (for
 * assignments, here-documents, patterns). Splitting at blanks, quotes, arrays and braces are those of bash; file names
 * are not globbed, since no files are there.
 */
import type { DoubleQuotedChild, ProcessSubstitutionPart, Script, Word, WordPart } from 'unbash';
import { both } from './condition.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { expandParameter } from './expand-parameter.ts';
import { readPattern } from './pattern.ts';
import { plainPattern } from './pattern.ts';
import type { Pattern, Token } from './pattern.ts';
import { certain, fileKey, textCell } from './scope.ts';
import type { Guarded, Texts } from './scope.ts';
import { capture, deeper, inSubshell, step } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { concat, edges, isUnknown, literal, splitWords, text, trimNewlines, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { emptyAtom } from './wording.ts';

/** A stretch of a word: text that is or is not split at blanks, or several fields at once (`"$@"`, `{a,b}`). */
type Segment =
  | { readonly is: 'text'; readonly value: Value; readonly split: boolean; readonly quoted: boolean }
  | { readonly is: 'fields'; readonly fields: readonly Value[] }
  | { readonly is: 'choices'; readonly choices: readonly Value[] };

type Segments = readonly Guarded<readonly Segment[]>[];

const plain = (value: Value, quoted: boolean, split = false): Segments => [
  { content: [{ is: 'text', value, split, quoted }], when: [] },
];

/** Combinations of alternatives in one command; beyond it the call is reported as not followed in full. */
const MAX_COMBINATIONS = 64;

/** Every combination of the alternatives of two stretches that can hold together. */
const product = <T>(
  run: Run,
  left: readonly Guarded<readonly T[]>[],
  right: readonly Guarded<readonly T[]>[],
): readonly Guarded<readonly T[]>[] => {
  const joined: Guarded<readonly T[]>[] = [];
  for (const a of left)
    for (const b of right) {
      const when = both(a.when, b.when);
      if (when !== undefined) joined.push({ content: [...a.content, ...b.content], when });
    }
  if (joined.length <= MAX_COMBINATIONS) return joined;
  if (run.reached)
    run.recorder.unresolved({
      line: run.line,
      text: '',
      because: `the variables here may have more than ${MAX_COMBINATIONS} combinations of values, and not all were followed`,
    });
  return joined.slice(0, MAX_COMBINATIONS);
};

/** What an outside program wrote is unknown; it is shown as the substitution that it stands in. */
const shownAs = (value: Value, source: string): Value => {
  const [piece, ...more] = value;
  if (piece === undefined || more.length > 0 || !isUnknown(piece) || piece.listed !== undefined) return value;
  const short = source.replace(/\s+/g, ' ');
  return [{ ...piece, text: short.length > 40 ? `${short.slice(0, 36)}...)` : short }];
};

const runSubstitution = (run: Run, source: string, script: Script | undefined): Texts => {
  let written: Texts = [];
  if (script === undefined || !step(run)) return certain([unknown(source)]);
  const { handling } = run;
  deeper(run, () => {
    // The error text of a command inside $( ) still goes where the surroundings send it.
    run.handling = { ...handling, tested: false, suspended: handling.suspended || handling.tested };
    inSubshell(run, () => {
      written = capture(run, () => run.execute.list(run, script));
    });
  });
  run.handling = handling;
  return written.map(({ content, when }) => ({ content: shownAs(trimNewlines(content), source), when }));
};

const processFile = (run: Run, part: ProcessSubstitutionPart): Value => {
  const path = `/dev/fd/${part.pos}`;
  if (part.operator === '<') run.scope.set(fileKey(path), textCell(runSubstitution(run, part.text, part.script)));
  return text(path);
};

const expandBraces = (source: string): readonly Value[] | undefined => {
  const range = /^\{(-?\d{1,6})\.\.(-?\d{1,6})\}$/.exec(source);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    const count = Math.min(Math.abs(to - from) + 1, 1000);
    return Array.from({ length: count }, (_, at) => text(String(from <= to ? from + at : from - at)));
  }
  return /^\{[^{}$`'"\\]*,[^{}$`'"\\]*\}$/.test(source) ? source.slice(1, -1).split(',').map(text) : undefined;
};

const expandPart = (run: Run, part: WordPart | DoubleQuotedChild, quoted: boolean): Segments => {
  switch (part.type) {
    case 'Literal':
      return plain(text(part.value), quoted);
    case 'Glob':
      return plain(text(part.text), quoted);
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return plain(text(part.value), true);
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.reduce<Segments>(
        (sofar, child) => product(run, sofar, expandPart(run, child, true)),
        plain([], true),
      );
    case 'SimpleExpansion':
    case 'ParameterExpansion':
      return expandParameter(run, part).map(({ content: { value, fields }, when }) => ({
        content: [
          fields === undefined || (quoted && fields.joined)
            ? { is: 'text', value, split: !quoted, quoted }
            : { is: 'fields', fields: quoted ? fields.items : fields.items.flatMap(splitWords) },
        ],
        when,
      }));
    case 'CommandExpansion':
      return runSubstitution(run, part.text, part.script).map(({ content, when }) => ({
        content: [{ is: 'text', value: content, split: !quoted, quoted }],
        when,
      }));
    case 'ArithmeticExpansion': {
      const number = part.expression === undefined ? undefined : evaluateArithmetic(run, part.expression);
      return plain(
        number === undefined ? [unknown(`${run.source.name}:${part.pos}`, part.text)] : text(String(number)),
        quoted,
      );
    }
    case 'ProcessSubstitution':
      return plain(processFile(run, part), true);
    case 'BraceExpansion': {
      const choices = expandBraces(part.text);
      return choices === undefined
        ? plain(text(part.text), quoted)
        : [{ content: [{ is: 'choices', choices }], when: [] }];
    }
    case 'ExtendedGlob':
      return plain(text(part.text), quoted);
  }
};

const segmentsOf = (run: Run, word: Word): Segments =>
  word.parts === undefined
    ? plain(text(word.value), false)
    : word.parts.reduce<Segments>(
        (sofar, part) => product(run, sofar, expandPart(run, part, false)),
        [{ content: [], when: [] }],
      );

/** Words that one word may become; `{a,b}{a,b}...` doubles them with each pair of braces. */
const MAX_FIELDS = 1000;
const MORE_FIELDS: Value = [unknown('more words than are followed')];

/** Joins the stretches of one word to fields. */
const toFields = (segments: readonly Segment[]): readonly Value[] => {
  const fields: Value[] = [];
  /** The field that the next stretch is glued to. */
  let open: Value | undefined;
  const glue = (value: Value): void => {
    open = concat(open ?? [], value);
  };
  const close = (): void => {
    if (open !== undefined) fields.push(open);
    open = undefined;
  };
  for (const [at, segment] of segments.entries())
    if (segment.is === 'text' && !segment.split) {
      if (segment.quoted || segment.value.length > 0) glue(segment.value);
    } else if (segment.is === 'choices') {
      const rest = toFields(segments.slice(at + 1));
      const before = open ?? [];
      const after = rest.length === 0 ? [[]] : rest;
      open = undefined;
      for (const choice of segment.choices)
        for (const end of after) {
          if (fields.length >= MAX_FIELDS) return [...fields, MORE_FIELDS];
          fields.push(concat(before, choice, end));
        }
      return fields;
    } else {
      const words = segment.is === 'fields' ? segment.fields : splitWords(segment.value);
      const { blankBefore, blankAfter } =
        segment.is === 'fields' ? { blankBefore: false, blankAfter: false } : edges(segment.value);
      if (blankBefore) close();
      words.forEach((word, index) => {
        if (index > 0) close();
        glue(word);
      });
      if (blankAfter) close();
    }
  close();
  return fields;
};

/**
 * A variable that a script keeps further flags in may well be empty: both ways are followed. Other unquoted variables
 * are taken for one word, as their authors do.
 */
const OPTIONAL_WORDS = /(?:opts?|options?|args|flags?|extra)$/i;

const withOptional = (fields: readonly Value[]): readonly Guarded<readonly Value[]>[] => {
  const at = fields.findIndex((field) => {
    const [piece, ...more] = field;
    return (
      more.length === 0 &&
      piece !== undefined &&
      isUnknown(piece) &&
      piece.many !== true &&
      OPTIONAL_WORDS.test(piece.text)
    );
  });
  const piece = fields[at]?.[0];
  if (piece === undefined || !isUnknown(piece)) return [{ content: fields, when: [] }];
  const atom = emptyAtom(piece.id, piece.text);
  return [
    { content: fields.toSpliced(at, 1), when: [{ atom, holds: true }] },
    { content: fields, when: [{ atom, holds: false }] },
  ];
};

const isUnquotedVariable = (word: Word): boolean =>
  word.parts?.length === 1 && ['SimpleExpansion', 'ParameterExpansion'].includes(word.parts[0]?.type ?? '');

/** All fields of several words, in every combination that can be. */
export const expandFields = (run: Run, words: readonly Word[]): readonly Guarded<readonly Value[]>[] =>
  words.reduce<readonly Guarded<readonly Value[]>[]>(
    (sofar, word) => {
      const fields = segmentsOf(run, word).flatMap(({ content, when }) => {
        const whole = toFields(content);
        const ways = isUnquotedVariable(word) ? withOptional(whole) : [{ content: whole, when: [] }];
        return ways.flatMap((way) => {
          const condition = both(when, way.when);
          return condition === undefined ? [] : [{ content: way.content, when: condition }];
        });
      });
      return product(run, sofar, fields);
    },
    [{ content: [], when: [] }],
  );

const joinSegments = (segments: readonly Segment[]): Value =>
  concat(
    ...segments.map((segment) => {
      if (segment.is === 'text') return segment.value;
      const items = segment.is === 'fields' ? segment.fields : segment.choices;
      return concat(...items.flatMap((item, at) => (at === 0 ? [item] : [text(' '), item])));
    }),
  );

/** One text without splitting: for assignments, redirections, `case`, here-documents. */
export const expandText = (run: Run, word: Word): Texts =>
  segmentsOf(run, word).map(({ content, when }) => ({ content: joinSegments(content), when }));

/** The parts of a here-document's body. */
export const expandParts = (run: Run, parts: readonly WordPart[]): Texts =>
  parts
    .reduce<Segments>((sofar, part) => product(run, sofar, expandPart(run, part, true)), [{ content: [], when: [] }])
    .map(({ content, when }) => ({ content: joinSegments(content), when }));

/** A word as a pattern: quoted text is taken as it stands, unquoted text has wildcards. */
export const patternOf = (run: Run, word: Word): Pattern => {
  const tokens: Token[] = [];
  const add = (part: WordPart): boolean => {
    if (part.type === 'ExtendedGlob' || part.type === 'BraceExpansion' || part.type === 'ProcessSubstitution')
      return false;
    if (part.type === 'Glob') return addAll(readPattern(part.text));
    if (part.type === 'SingleQuoted' || part.type === 'AnsiCQuoted') return addAll(plainPattern(part.value));
    const [only, ...more] = expandPart(run, part, part.type === 'DoubleQuoted');
    const known = only === undefined || more.length > 0 ? undefined : literal(joinSegments(only.content));
    if (known === undefined) return false;
    const isExpansion = part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion';
    return addAll(isExpansion ? readPattern(known) : plainPattern(known));
  };
  const addAll = (more: Pattern): boolean => {
    if (more === undefined) return false;
    tokens.push(...more);
    return true;
  };
  if (word.parts === undefined) return word.text === word.value ? readPattern(word.value) : plainPattern(word.value);
  return word.parts.every(add) ? tokens : undefined;
};
