/** RFC 6902 on JSON values that are not changed: each operation makes a new value, sharing what it does not touch. */
import { isMap } from '../../../core/model/dig.ts';
import type { JsonPatchOperation } from '../../../core/ports/kube-api.ts';
import { sameJson } from '../stored-value.ts';

/** The patched value, or why it cannot be done, in one sentence. */
export type Patched = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly because: string };

export const applyJsonPatch = (target: unknown, operations: readonly JsonPatchOperation[]): Patched => {
  let value = target;
  for (const operation of operations) {
    const step = one(value, operation);
    if (!step.ok) return step;
    ({ value } = step);
  }
  return { ok: true, value };
};

const done = (value: unknown): Patched => ({ ok: true, value });
const refuse = (because: string): Patched => ({ ok: false, because });
const missing = (op: string, path: string): Patched =>
  refuse(`${op} operation does not apply: doc is missing path: ${path}: missing value`);

const one = (value: unknown, { op, path, value: given, from = '' }: JsonPatchOperation): Patched => {
  const to = pointer(path);
  if (to === undefined) return missing(op, path);
  switch (op) {
    case 'add':
      return write(value, to, { how: 'add', given: given ?? null, whole: path });
    case 'replace':
      // The server's library adds a member of an object that is not there.
      return write(value, to, { how: 'replace', given: given ?? null, whole: path });
    case 'remove':
      return read(value, to) === undefined
        ? missing('remove', path)
        : write(value, to, { how: 'remove', given: undefined, whole: path });
    case 'test':
      return sameJson(read(value, to) ?? null, given ?? null)
        ? done(value)
        : refuse(`testing value ${path} failed: test failed`);
    case 'move':
    case 'copy': {
      const source = pointer(from);
      const taken = source === undefined ? undefined : read(value, source);
      if (source === undefined || taken === undefined) return missing(op, from);
      const left = op === 'move' ? write(value, source, { how: 'remove', given: undefined, whole: from }) : done(value);
      return left.ok ? write(left.value, to, { how: 'add', given: taken, whole: path }) : left;
    }
  }
};

/** Undefined for a text that is no JSON pointer. */
const pointer = (path: string): readonly string[] | undefined =>
  path === ''
    ? []
    : path.startsWith('/')
      ? path
          .slice(1)
          .split('/')
          .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      : undefined;

const read = (value: unknown, path: readonly string[]): unknown => {
  let here = value;
  for (const part of path) {
    if (Array.isArray(here)) here = here[indexOf(part, here.length) ?? -1];
    else if (isMap(here)) here = Object.hasOwn(here, part) ? here[part] : undefined;
    else return undefined;
  }
  return here;
};

/** Negative indexes count from the end, as the server's library lets them. */
const indexOf = (part: string, length: number): number | undefined => {
  if (!/^-?\d{1,9}$/.test(part)) return undefined;
  const index = Number(part);
  return index < 0 ? length + index : index;
};

type How = 'add' | 'replace' | 'remove';

/** One change on its way down to where it is due. */
interface Change {
  readonly how: How;
  readonly given: unknown;
  /** The whole path, for sentences. */
  readonly whole: string;
}

const write = (value: unknown, path: readonly string[], change: Change): Patched => {
  const { how, given, whole } = change;
  const [part, ...rest] = path;
  if (part === undefined) return how === 'remove' ? refuse('the whole object cannot be removed') : done(given);
  if (Array.isArray(value)) return writeEntry(value, part, rest, change);
  if (!isMap(value)) return missing(how, whole);
  if (rest.length > 0) {
    const inner = Object.hasOwn(value, part) ? write(value[part], rest, change) : missing(how, whole);
    return inner.ok ? done({ ...value, [part]: inner.value }) : inner;
  }
  if (how !== 'remove') return done({ ...value, [part]: given });
  const left: Record<string, unknown> = { ...value };
  delete left[part];
  return done(left);
};

const writeEntry = (list: readonly unknown[], part: string, rest: readonly string[], change: Change): Patched => {
  const { how, given, whole } = change;
  const last = rest.length === 0;
  const index =
    part === '-' && how === 'add' && last ? list.length : indexOf(part, list.length + (how === 'add' ? 1 : 0));
  if (index === undefined || index < 0 || index > list.length || (index === list.length && !(last && how === 'add')))
    return refuse(`${how} operation does not apply: doc is missing path: ${whole}: invalid index referenced`);
  if (!last) {
    const inner = write(list[index], rest, change);
    return inner.ok ? done(list.with(index, inner.value)) : inner;
  }
  if (how === 'add') return done(list.toSpliced(index, 0, given));
  return done(how === 'remove' ? list.toSpliced(index, 1) : list.with(index, given));
};
