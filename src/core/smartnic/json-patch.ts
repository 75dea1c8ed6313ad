/** The part of RFC 6902 that Ironic takes: add, replace, remove on members of a port, with Ironic's own messages. */
import { isMap } from '../model/dig.ts';
import { pythonText } from './python-text.ts';

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

export type PatchVerdict<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

const OPS = ['add', 'replace', 'remove'];
const PATH = /^(?:\/[\w-]+)+$/;

const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });

export const readPatch = (patch: unknown): PatchVerdict<readonly PatchOperation[]> => {
  const wrong = (text: string): ReturnType<typeof bad> => bad(`Schema error for patch: ${text}`);
  if (!Array.isArray(patch)) return wrong(`${pythonText(patch)} is not of type 'array'`);
  for (const item of patch as readonly unknown[]) {
    if (!isMap(item)) return wrong(`${pythonText(item)} is not of type 'object'`);
    for (const key of ['path', 'op']) if (item[key] === undefined) return wrong(`'${key}' is a required property`);
    if (!OPS.includes(item['op'] as string)) return wrong(`${pythonText(item['op'])} is not one of ${pythonText(OPS)}`);
    if (typeof item['path'] !== 'string' || !PATH.test(item['path']))
      return wrong(`${pythonText(item['path'])} does not match '^(/[\\\\w-]+)+$'`);
  }
  return { ok: true, value: patch as readonly PatchOperation[] };
};

/** `/local_link_connection/port_id` -> `local_link_connection`. */
export const topField = ({ path }: PatchOperation): string => path.split('/')[1] ?? '';

/** Applies the operations in order; the document is not changed. */
export const applyPatch = (
  document: Readonly<Record<string, unknown>>,
  patch: readonly PatchOperation[],
): PatchVerdict<Readonly<Record<string, unknown>>> => {
  let here: Readonly<Record<string, unknown>> = document;
  for (const operation of patch) {
    const next = applyAt(here, operation.path.split('/').slice(1), operation);
    if (typeof next === 'string') return bad(`Couldn't apply patch '${pythonText(operation)}'. Reason: ${next}`);
    here = next;
  }
  return { ok: true, value: here };
};

const applyAt = (
  here: Readonly<Record<string, unknown>>,
  path: readonly string[],
  operation: PatchOperation,
): Readonly<Record<string, unknown>> | string => {
  const [key = '', ...rest] = path;
  if (rest.length > 0) {
    const inner = here[key] ?? undefined;
    if (!isMap(inner)) return `member '${key}' not found in ${pythonText(here)}`;
    const changed = applyAt(inner, rest, operation);
    return typeof changed === 'string' ? changed : { ...here, [key]: changed };
  }
  if (operation.op !== 'add' && !Object.hasOwn(here, key))
    return `can't ${operation.op} a non-existent object '${key}'`;
  if (operation.op === 'remove') return Object.fromEntries(Object.entries(here).filter(([name]) => name !== key));
  return { ...here, [key]: operation.value ?? null };
};
