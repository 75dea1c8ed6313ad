/**
 * Which values a chart's templates read, in the order in which Helm would reach them, and under which condition; and
 * which values they use at all. A read of `a.b.c` fails when `a` or `a.b` is missing; reads of one key cannot fail.
 */
import { inRenderOrder } from '../../src/core/release/render-order.ts';
import type { Condition, TemplateRead } from '../../src/core/release/template-reads.ts';
import { actionsOf, pipelineOf, type Action, type Operand, type Pipeline } from './template-actions.ts';

/** What an operand is known to be: a path below .Values, the chart's root context, or something else. */
type Known =
  { readonly is: 'values'; readonly path: readonly string[] } | { readonly is: 'root' } | { readonly is: 'other' };
const OTHER: Known = { is: 'other' };

interface Scope {
  readonly dot: Known;
  readonly vars: Map<string, Known>;
  readonly when: readonly Condition[];
}

interface Walk {
  readonly file: string;
  readonly defines: ReadonlyMap<string, readonly Action[]>;
  readonly reads: TemplateRead[];
  /** Paths handed on as a whole: printed, put through a function, ranged over. */
  readonly takes: Set<string>;
  /** Paths of which a template only asks whether they are there. */
  readonly tests: Set<string>;
  /** The line that Helm names first: the one of the file, not of the helper it includes. */
  readonly line: (action: Action) => number;
  readonly depth: number;
}

/** Functions that only look whether a value is there. */
const LOGIC = new Set(['and', 'or', 'not', 'empty']);

const follow = (start: Known, path: readonly string[]): Known => {
  if (path.length === 0) return start;
  if (start.is === 'values') return { is: 'values', path: [...start.path, ...path] };
  if (start.is === 'root' && path[0] === 'Values') return { is: 'values', path: path.slice(1) };
  return OTHER;
};

const together = (conditions: readonly Condition[]): Condition | undefined =>
  conditions.length === 0 ? undefined : conditions.length === 1 ? conditions[0] : ['and', ...conditions];

const note = (walk: Walk, scope: Scope, line: number, known: Known, extra: readonly Condition[]): void => {
  if (known.is !== 'values' || known.path.length === 0) return;
  walk.tests.add(known.path.join('.'));
  if (known.path.length === 1) return;
  const when = together([...scope.when, ...extra]);
  walk.reads.push({ file: walk.file, line, path: known.path.join('.'), ...(when === undefined ? {} : { when }) });
};

const take = (walk: Walk, known: Known): void => {
  if (known.is === 'values' && known.path.length > 0) walk.takes.add(known.path.join('.'));
};

/** Evaluates one operand for its reads and returns what it is. */
const operand = (walk: Walk, scope: Scope, line: number, part: Operand, extra: readonly Condition[]): Known => {
  if (part.kind === 'pipeline') {
    const inner = pipeline(walk, scope, line, part.pipeline, extra);
    const known = follow(inner, part.path);
    if (part.path.length > 0) note(walk, scope, line, known, extra);
    return known;
  }
  if (part.kind !== 'fields') return OTHER;
  const start = part.of === 'dot' ? scope.dot : part.of === 'root' ? { is: 'root' as const } : scope.vars.get(part.of);
  const known = follow(start ?? OTHER, part.path);
  if (part.path.length > 0) note(walk, scope, line, known, extra);
  return known;
};

/** `and` and `or` stop at the operand that decides (Go 1.18 and later): what comes behind is read under a condition. */
const command = (
  walk: Walk,
  scope: Scope,
  line: number,
  parts: readonly Operand[],
  extra: readonly Condition[],
): Known => {
  const [head, ...rest] = parts;
  if (head === undefined) return OTHER;
  if (head.kind !== 'word') return parts.length === 1 ? operand(walk, scope, line, head, extra) : OTHER;
  if (head.name === 'include' || head.name === 'template') {
    const [name, context] = rest;
    const passed = context === undefined ? OTHER : operand(walk, scope, line, context, extra);
    if (name?.kind === 'literal' && walk.depth < 8) {
      const inner: Walk = { ...walk, line: () => line, depth: walk.depth + 1 };
      const when = [...scope.when, ...extra];
      walkActions(inner, { dot: passed, vars: new Map(), when }, walk.defines.get(String(name.value)) ?? []);
    }
    return OTHER;
  }
  const guards: Condition[] = [...extra];
  for (const part of rest) {
    const known = operand(walk, scope, line, part, guards);
    if (!LOGIC.has(head.name)) take(walk, known);
    if (head.name === 'and') guards.push(truthOf(scope, { assigns: [], commands: [[part]] }));
    if (head.name === 'or') guards.push(['not', truthOf(scope, { assigns: [], commands: [[part]] })]);
  }
  return OTHER;
};

function pipeline(walk: Walk, scope: Scope, line: number, from: Pipeline, extra: readonly Condition[]): Known {
  let known: Known = OTHER;
  for (const parts of from.commands) {
    const piped = known;
    known = command(walk, scope, line, parts, extra);
    const name = parts[0]?.kind === 'word' ? parts[0].name : '';
    if (!LOGIC.has(name)) take(walk, piped);
  }
  const result = from.commands.length === 1 ? known : OTHER;
  for (const name of from.assigns) scope.vars.set(name, result);
  return result;
}

/** The truth of a pipeline as a condition on values; `?` where it hangs on something else. */
function truthOf(scope: Scope, from: Pipeline): Condition {
  const [first, ...rest] = from.commands;
  let condition = first === undefined ? '?' : truthOfCommand(scope, first);
  for (const parts of rest) {
    const name = parts.length === 1 && parts[0]?.kind === 'word' ? parts[0].name : '';
    condition = name === 'not' || name === 'empty' ? ['not', condition] : '?';
  }
  return condition;
}

const knownOf = (scope: Scope, part: Operand): Known => {
  if (part.kind !== 'fields') return OTHER;
  const start = part.of === 'dot' ? scope.dot : part.of === 'root' ? { is: 'root' as const } : scope.vars.get(part.of);
  return follow(start ?? OTHER, part.path);
};

const truthOfOperand = (scope: Scope, part: Operand): Condition => {
  if (part.kind === 'pipeline') return part.path.length === 0 ? truthOf(scope, part.pipeline) : '?';
  const known = knownOf(scope, part);
  return known.is === 'values' ? known.path.join('.') : '?';
};

const truthOfCommand = (scope: Scope, parts: readonly Operand[]): Condition => {
  const [head, ...rest] = parts;
  if (head === undefined) return '?';
  if (head.kind !== 'word') return rest.length === 0 ? truthOfOperand(scope, head) : '?';
  const inner = rest.map((part) => truthOfOperand(scope, part));
  if ((head.name === 'not' || head.name === 'empty') && inner[0] !== undefined) return ['not', inner[0]];
  if (head.name === 'and' || head.name === 'or') return [head.name, ...inner];
  return '?';
};

/** Walks a list of actions with its blocks; `define` bodies were taken out before. */
function walkActions(walk: Walk, scope: Scope, actions: readonly Action[]): void {
  const blocks: { outer: Scope; passed: Condition[]; here: Scope }[] = [];
  let here = scope;
  for (const action of actions) {
    const line = walk.line(action);
    if (action.word === 'end') {
      here = blocks.pop()?.outer ?? scope;
      continue;
    }
    if (action.word === 'else') {
      const block = blocks.at(-1);
      if (block !== undefined) here = { ...block.outer, when: [...block.outer.when, ...block.passed] };
      continue;
    }
    const isElse = action.word === 'else if';
    const block = isElse ? blocks.at(-1) : undefined;
    const base = block === undefined ? here : { ...block.outer, when: [...block.outer.when, ...block.passed] };
    const parsed = pipelineOf(action.text);
    const known = pipeline(walk, base, line, parsed, []);
    if (action.word === 'do' || action.word === 'range') take(walk, known);
    if (action.word === 'do' || action.word === 'define') continue;
    const truth = truthOf(base, parsed);
    const dot = action.word === 'with' ? known : action.word === 'range' ? OTHER : base.dot;
    if (action.word === 'range') for (const name of parsed.assigns) base.vars.set(name, OTHER);
    here = { ...base, dot, when: [...base.when, truth] };
    if (block === undefined) blocks.push({ outer: base, passed: [['not', truth]], here });
    else block.passed.push(['not', truth]);
  }
}

/** Takes `define` blocks out of a file's actions. */
const splitDefines = (actions: readonly Action[]): { body: Action[]; defines: Map<string, Action[]> } => {
  const defines = new Map<string, Action[]>();
  const body: Action[] = [];
  let depth = 0;
  let into: Action[] | undefined;
  for (const action of actions) {
    if (action.word === 'define' && into === undefined) {
      into = [];
      depth = 0;
      defines.set(action.text.replaceAll('"', ''), into);
      continue;
    }
    if (into === undefined) {
      body.push(action);
      continue;
    }
    if (action.word === 'if' || action.word === 'with' || action.word === 'range') depth += 1;
    if (action.word === 'end') {
      if (depth === 0) {
        into = undefined;
        continue;
      }
      depth -= 1;
    }
    into.push(action);
  }
  return { body, defines };
};

const conjuncts = (when: Condition | undefined): readonly string[] => {
  if (when === undefined) return [];
  if (typeof when !== 'string' && when[0] === 'and')
    return when.slice(1).flatMap((part) => conjuncts(part as Condition));
  return [JSON.stringify(when)];
};

/**
 * Leaves out reads that can fail only where an earlier one would have failed already, and those whose own condition
 * says that the map is there.
 */
const withoutRepeats = (reads: readonly TemplateRead[]): readonly TemplateRead[] => {
  const seen = new Map<string, (readonly string[])[]>();
  return reads.filter(({ path, when }) => {
    const parent = path.split('.').slice(0, -1).join('.');
    const terms = conjuncts(when);
    if (terms.some((term) => term === JSON.stringify(parent) || term.startsWith(`"${parent}.`))) return false;
    const earlier = seen.get(parent) ?? [];
    if (earlier.some((known) => known.every((term) => terms.includes(term)))) return false;
    seen.set(parent, [...earlier, terms]);
    return true;
  });
};

export interface TemplateUse {
  /** In the order of rendering. */
  readonly reads: readonly TemplateRead[];
  readonly takes: readonly string[];
  /** Paths that are only tested; those that are taken are not repeated. */
  readonly tests: readonly string[];
}

/** What the templates of one chart use. `files` maps names below templates/ to their text, helpers included. */
export const templateUseOf = (files: ReadonlyMap<string, string>): TemplateUse => {
  const split = [...files].map(([name, text]) => ({ name, ...splitDefines(actionsOf(text)) }));
  const defines = new Map(split.flatMap((file) => [...file.defines]));
  const reads: TemplateRead[] = [];
  const takes = new Set<string>();
  const tests = new Set<string>();
  const isPartial = (name: string): boolean => (name.split('/').at(-1) ?? '').startsWith('_');
  for (const { name, body } of inRenderOrder(split, ({ name: file }) => file)) {
    if (isPartial(name)) continue;
    const walk: Walk = { file: name, defines, reads, takes, tests, line: (action) => action.line, depth: 0 };
    walkActions(walk, { dot: { is: 'root' }, vars: new Map(), when: [] }, body);
  }
  return {
    reads: withoutRepeats(reads),
    takes: [...takes].sort(),
    tests: [...tests].filter((path) => !takes.has(path)).sort(),
  };
};
