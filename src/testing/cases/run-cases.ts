/**
 * Runs the cases of one file against the rooms' answers: dispatch by group, else by kind; every expect, want, row and
 * pass is compared. Reading files and printing is left to scripts/cases.ts.
 */
import type { Answering, CaseContext, CaseInput, CaseKind, CaseKinds, Json, JsonObject } from './case-kind.ts';
import { compare } from './compare.ts';
import { KNOWN_KINDS } from './known-kinds.ts';
import { isMap, Matcher } from './matcher.ts';
import { mutantsOf } from './mutate.ts';
import { readingOf } from './prose.ts';

export interface CaseDifference {
  readonly name: string;
  readonly kind: string;
  readonly lines: readonly string[];
}

export interface CaseRun {
  readonly passed: number;
  readonly failed: readonly CaseDifference[];
  /** Kinds of cases whose room does not exist yet, with the count of cases. */
  readonly notBuilt: ReadonlyMap<string, number>;
  readonly unknownKinds: readonly string[];
  /** With mutation: how many altered expectations were tried, and which were wrongly accepted. */
  readonly mutants: number;
}

const EXPECTATION_KEYS = ['expect', 'want', 'rows', 'passes'];

const kindOf = (doc: JsonObject): string =>
  typeof doc['group'] === 'string'
    ? `group:${doc['group']}`
    : `kind:${typeof doc['kind'] === 'string' ? doc['kind'] : '(none)'}`;

const nameOf = (doc: JsonObject, index: number): string => {
  const { id, name } = doc;
  if (typeof id === 'string') return typeof name === 'string' ? `${id} ${name}` : id;
  return typeof name === 'string' ? name : `case ${index + 1}`;
};

const without = (doc: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(doc).filter(([key]) => !keys.includes(key)));

const asObject = (value: Json | undefined): JsonObject => (isMap(value) ? (value as JsonObject) : {});

/** One comparison: what to ask the room, and what it has to say. */
interface Check {
  readonly label: string;
  readonly input: CaseInput;
  readonly expected: JsonObject;
}

/** A row states what is expected under `expect`, or as accepted/rejected lists beside the row's inputs. */
const rowExpectation = (row: JsonObject): JsonObject | undefined => {
  if ('expect' in row) return isMap(row['expect']) ? (row['expect'] as JsonObject) : { result: row['expect'] as Json };
  const lists = Object.fromEntries(Object.entries(row).filter(([key]) => key === 'accepted' || key === 'rejected'));
  return Object.keys(lists).length > 0 ? lists : undefined;
};

const checksOfCase = (doc: JsonObject, kind: CaseKind): readonly Check[] => {
  const about = without(doc, EXPECTATION_KEYS);
  const given = asObject(doc['given']);
  const checks: Check[] = [];
  const add = (label: string, answering: Answering, expected: Json, row?: JsonObject): void => {
    const rowGiven = row === undefined ? {} : asObject(row['given']);
    checks.push({
      label,
      input: {
        given: { ...given, ...rowGiven },
        about,
        answering,
        ...(row === undefined ? {} : { row: without(row, ['expect', 'accepted', 'rejected']) }),
      },
      expected: isMap(expected) ? (expected as JsonObject) : { result: expected },
    });
  };
  if ('expect' in doc) add('expect', 'upstream', doc['expect'] as Json);
  if (kind.deviates === true && ('want' in doc || 'expect' in doc))
    add('want' in doc ? 'want' : 'expect (ours)', 'ours', (doc['want'] ?? doc['expect']) as Json);
  if ('passes' in doc) {
    const passes = (Array.isArray(doc['passes']) ? doc['passes'] : []).map(asObject);
    const events = passes.map(({ event }) => (typeof event === 'string' ? event : null));
    checks.push({
      label: 'passes',
      input: { given, about, answering: 'upstream', events },
      expected: { passes: passes.map((pass) => without(pass, ['event'])) },
    });
  }
  const rows = doc['rows'];
  if (Array.isArray(rows))
    rows.forEach((row: Json, index) => {
      const expected = rowExpectation(asObject(row));
      if (expected !== undefined) add(`rows[${index}]`, 'upstream', expected, asObject(row));
    });
  return checks;
};

const isStated = (value: unknown): boolean =>
  value === true || typeof value === 'number'
    ? true
    : typeof value === 'string'
      ? value.trim() !== ''
      : Array.isArray(value)
        ? value.length > 0 && value.every(isStated)
        : isMap(value) && Object.keys(value).length > 0 && Object.values(value).every(isStated);

/**
 * Splits an expectation into what is compared and what the prose table says of the rest: prose must be answered by a
 * sentence, remarks fall away, substrings must be contained. Returns the compared tree and the problems found so far.
 */
const settleProse = (
  kind: string,
  expected: unknown,
  got: unknown,
  path: string,
): { tree: unknown; problems: string[]; empty: boolean } => {
  if (Array.isArray(expected)) {
    if (got instanceof Matcher) return { tree: expected, problems: [], empty: false };
    const parts = expected.map((item, index) =>
      settleProse(kind, item, Array.isArray(got) ? got[index] : undefined, `${path}[]`),
    );
    if (parts.length > 0 && parts.every((part) => part.empty))
      return { tree: undefined, problems: parts.flatMap((part) => part.problems), empty: true };
    return {
      tree: parts.map((part, index) => (part.empty ? (Array.isArray(got) ? got[index] : undefined) : part.tree)),
      problems: parts.flatMap((part) => part.problems),
      empty: false,
    };
  }
  if (!isMap(expected)) return { tree: expected, problems: [], empty: false };
  const tree: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, value] of Object.entries(expected)) {
    const inner = path === '' ? key : `${path}.${key}`;
    const answer = isMap(got) ? got[key] : undefined;
    const reading = readingOf(kind, inner, value);
    if (reading === 'remark') continue;
    if (reading === 'prose') {
      if (!isStated(answer))
        problems.push(`${inner}: a sentence is expected here, got ${JSON.stringify(answer) ?? 'nothing'}`);
      continue;
    }
    if (reading === 'substring' && typeof value === 'string') {
      // Every text contains the empty one: an expected '' means that nothing is said.
      const holds = value === '' ? answer === '' : typeof answer === 'string' && answer.includes(value);
      if (!holds)
        problems.push(`${inner}: expected ${JSON.stringify(value)} within ${JSON.stringify(answer) ?? 'nothing'}`);
      continue;
    }
    const part = settleProse(kind, value, answer, inner);
    problems.push(...part.problems);
    if (!part.empty) tree[key] = part.tree;
  }
  const hadKeys = Object.keys(expected).length > 0;
  return { tree, problems, empty: hadKeys && Object.keys(tree).length === 0 };
};

const differencesOf = (
  kind: string,
  expected: JsonObject,
  answer: unknown,
  defaults: JsonObject,
): readonly string[] => {
  const { tree, problems } = settleProse(kind, expected, answer, '');
  return [...problems, ...compare({ ...defaults, ...(isMap(tree) ? tree : {}) }, answer)];
};

const answerOf = (kind: CaseKind, check: Check, context: CaseContext): { answer?: unknown; error?: string } => {
  try {
    return { answer: kind.answer(check.input, context) };
  } catch (error) {
    return {
      error:
        error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' | ') : String(error),
    };
  }
};

export interface RunOptions {
  readonly mutate?: boolean;
}

/** Runs every case of one parsed case file. `file` is the whole document, with its `cases`. */
export const runCases = (
  file: JsonObject,
  kinds: CaseKinds,
  context: Omit<CaseContext, 'file'>,
  options: RunOptions = {},
): CaseRun => {
  const cases = Array.isArray(file['cases']) ? (file['cases'] as readonly Json[]) : [];
  const full: CaseContext = { ...context, file: without(file, ['cases']) };
  const failed: CaseDifference[] = [];
  const notBuilt = new Map<string, number>();
  const unknownKinds = new Set<string>();
  let passed = 0;
  let mutants = 0;

  cases.forEach((entry, index) => {
    const doc = asObject(entry);
    const kindName = kindOf(doc);
    const name = nameOf(doc, index);
    if (!KNOWN_KINDS.has(kindName)) {
      unknownKinds.add(kindName);
      return;
    }
    const kind = (kinds as Readonly<Record<string, CaseKind>>)[kindName];
    if (kind === undefined) {
      notBuilt.set(kindName, (notBuilt.get(kindName) ?? 0) + 1);
      return;
    }
    const checks = checksOfCase(doc, kind);
    const lines: string[] = checks.length === 0 ? ['states no expectation (expect, want, rows or passes)'] : [];
    for (const check of checks) {
      const { answer, error } = answerOf(kind, check, full);
      if (error !== undefined) {
        lines.push(`${check.label}: threw ${error}`);
        continue;
      }
      const defaults = kind.expectDefaults ?? {};
      const found = differencesOf(kindName, check.expected, answer, defaults);
      lines.push(...found.map((line) => `${check.label}.${line}`));
      if (options.mutate === true && found.length === 0)
        for (const mutant of mutantsOf(kindName, check.expected, answer)) {
          mutants += 1;
          if (differencesOf(kindName, mutant.expected as JsonObject, answer, defaults).length === 0)
            lines.push(`${check.label}: an expectation altered at ${mutant.at} was accepted`);
        }
    }
    if (lines.length === 0) passed += 1;
    else failed.push({ name, kind: kindName, lines });
  });
  return { passed, failed, notBuilt, unknownKinds: [...unknownKinds], mutants };
};
