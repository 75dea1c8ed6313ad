/**
 * Sequences of writes by chance, as data: each can be played on any API and be read by a person. A sequence is about two objects
 * of one kind; pods have a budget beside them, so that evictions meet one.
 */
import type { JsonPatchOperation, Patch, WriteOptions } from '../../../src/core/ports/kube-api.ts';
import type { Random } from '../../../src/core/ports/random.ts';
import { type Body, type Edit, META_EDITS, REMOVED, WRITTEN_KINDS, type WrittenKind } from './written-kinds.ts';

export interface Change {
  readonly at: readonly string[];
  /** Absent: the field is taken away. */
  readonly value?: unknown;
}

export type Write = { readonly name: 'a' | 'b'; readonly options: WriteOptions } & (
  | { readonly do: 'create'; readonly changes: readonly Change[]; readonly generated: boolean }
  /** Of what is stored, with these changes. */
  | { readonly do: 'update'; readonly changes: readonly Change[]; readonly version: 'newest' | 'stale' | 'none' }
  | { readonly do: 'patch'; readonly patch: Patch }
  | {
      readonly do: 'apply';
      /** Of an object with its base, or with nothing but its head. */
      readonly whole: boolean;
      readonly changes: readonly Change[];
      readonly force: boolean;
    }
  | {
      readonly do: 'delete' | 'evict';
      readonly uid?: 'right' | 'wrong';
      readonly version?: 'right' | 'wrong';
      readonly propagation?: 'Orphan' | 'Background' | 'Foreground';
      readonly graceSeconds?: number;
    }
);

export interface Sequence {
  readonly kind: WrittenKind;
  readonly writes: readonly Write[];
}

const MANAGERS = ['one', 'two', 'three'];

class Draw {
  readonly #random: Random;
  constructor(random: Random) {
    this.#random = random;
  }
  below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }
  chance(share: number): boolean {
    return this.#random.next() < share;
  }
  of<T>(list: readonly T[]): T {
    const drawn = list[this.below(list.length)];
    if (drawn === undefined) throw new Error('nothing to draw from');
    return drawn;
  }
}

export const drawSequence = (random: Random): Sequence => {
  const draw = new Draw(random);
  const kind = draw.of(WRITTEN_KINDS);
  const first: Write = drawBeginning(draw, kind);
  const more = Array.from({ length: 4 + draw.below(8) }, () => drawWrite(draw, kind));
  return { kind, writes: [first, ...more] };
};

const optionsOf = (draw: Draw, subresource?: 'status'): WriteOptions => ({
  ...(draw.chance(0.7) && { fieldManager: draw.of(MANAGERS) }),
  ...(draw.chance(0.05) && { dryRun: true }),
  ...(subresource !== undefined && { subresource }),
});

const changeOf = (draw: Draw, edits: readonly Edit[]): Change => {
  const { at, values } = draw.of(edits);
  const value = draw.of(values.map((one) => ({ one }))).one;
  return value === REMOVED ? { at } : { at, value };
};

const changesOf = (draw: Draw, kind: WrittenKind, isStatus: boolean): readonly Change[] => {
  const own = isStatus ? (kind.status ?? []) : kind.edits;
  const count = draw.below(4);
  return Array.from({ length: count }, () => changeOf(draw, draw.chance(0.75) && own.length > 0 ? own : META_EDITS));
};

/** Most sequences begin with an object that is there. */
const drawBeginning = (draw: Draw, kind: WrittenKind): Write =>
  draw.chance(0.3)
    ? { do: 'apply', name: 'a', whole: true, changes: [], force: false, options: { fieldManager: draw.of(MANAGERS) } }
    : {
        do: 'create',
        name: 'a',
        generated: false,
        changes: changesOf(draw, kind, false).slice(0, 1),
        options: optionsOf(draw),
      };

const drawWrite = (draw: Draw, kind: WrittenKind): Write => {
  const name = draw.chance(0.85) ? 'a' : 'b';
  const isStatus = kind.status !== undefined && draw.chance(0.25);
  const options = optionsOf(draw, isStatus ? 'status' : undefined);
  const changes = changesOf(draw, kind, isStatus);
  const kindOfWrite = draw.below(100);
  if (kindOfWrite < 8) {
    const { subresource: _none, ...plain } = options;
    return { do: 'create', name, changes: changesOf(draw, kind, false), generated: false, options: plain };
  }
  if (kindOfWrite < 25) return { do: 'update', name, changes, version: drawVersion(draw), options };
  if (kindOfWrite < 60) return { do: 'patch', name, patch: drawPatch(draw, kind, changes), options };
  if (kindOfWrite < 85) {
    const manager = draw.of(MANAGERS);
    const force = draw.chance(0.3);
    return {
      do: 'apply',
      name,
      whole: draw.chance(0.5),
      changes,
      force,
      options: { ...options, fieldManager: manager },
    };
  }
  return drawEnd(draw, kind, name);
};

const drawVersion = (draw: Draw): 'newest' | 'stale' | 'none' =>
  draw.chance(0.7) ? 'newest' : draw.chance(0.5) ? 'stale' : 'none';

const drawPatch = (draw: Draw, kind: WrittenKind, changes: readonly Change[]): Patch => {
  const drawn = draw.below(3);
  if (drawn === 0) return { type: 'json', operations: changes.map((change) => operationOf(draw, change)) };
  const body = bodyOf(changes);
  if (drawn === 1 || (kind.resource.group.includes('nicwright') && draw.chance(0.8))) return { type: 'merge', body };
  return { type: 'strategic', body: draw.chance(0.2) ? withDirective(draw, body) : body };
};

const pointer = (at: readonly string[]): string =>
  at.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const operationOf = (draw: Draw, { at, value }: Change): JsonPatchOperation => {
  const path = pointer(at);
  if (value === undefined) return { op: 'remove', path };
  const drawn = draw.below(10);
  if (drawn < 6) return { op: 'add', path, value };
  return drawn < 9 ? { op: 'replace', path, value } : { op: 'test', path, value };
};

export const bodyOf = (changes: readonly Change[]): Body =>
  changes.reduce<Body>((body, { at, value }) => setAt(body, at, value === undefined ? null : value), {});

/** Takes an entry out of the first list of maps there is, or replaces one. */
const withDirective = (draw: Draw, body: Body): Body => {
  const how = draw.of(['delete', 'replace']);
  let done = false;
  const walk = (value: unknown): unknown => {
    if (done) return value;
    if (Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null) {
      done = true;
      if (how === 'replace') return [...(value as readonly unknown[]), { $patch: 'replace' }];
      const first = value[0] as Readonly<Record<string, unknown>>;
      const key = ['name', 'type', 'key', 'uid'].find((one) => one in first);
      return key === undefined ? value : [{ [key]: first[key], $patch: 'delete' }, ...(value.slice(1) as unknown[])];
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(body) as Body;
};

const drawEnd = (draw: Draw, kind: WrittenKind, name: 'a' | 'b'): Write => {
  const isEviction = kind.resource.kind === 'Pod' && draw.chance(0.5);
  const propagation =
    isEviction || draw.chance(0.6) ? undefined : draw.of(['Orphan', 'Background', 'Foreground'] as const);
  return {
    do: isEviction ? 'evict' : 'delete',
    name,
    options: draw.chance(0.1) ? { dryRun: true } : {},
    ...(draw.chance(0.2) && { uid: draw.chance(0.6) ? ('right' as const) : ('wrong' as const) }),
    ...(draw.chance(0.2) && { version: draw.chance(0.6) ? ('right' as const) : ('wrong' as const) }),
    ...(propagation !== undefined && { propagation }),
    ...(draw.chance(0.3) && { graceSeconds: draw.of([0, 1, 10]) }),
  };
};

/** A copy with this value there; undefined takes it away. */
export const setAt = (body: Body, at: readonly string[], value: unknown): Body => {
  const [key = '', ...rest] = at;
  if (rest.length === 0) {
    const { [key]: _old, ...others } = body;
    return value === undefined ? others : { ...body, [key]: value };
  }
  const inner = body[key];
  const isMap = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  if (!isMap && value === undefined) return body;
  return { ...body, [key]: setAt(isMap ? (inner as Body) : {}, rest, value) };
};
