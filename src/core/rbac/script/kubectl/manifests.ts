/**
 * YAML (or JSON) that a script hands to kubectl: which objects it holds. Unknown pieces are carried through the reader as
 * marks, so that `name: $NODE-cert` stays an expression.
 */
import { dig, digList, digText, isMap } from '../../../model/dig.ts';
import type { ReadYaml } from '../../../ports/read-yaml.ts';
import type { ResourceType, ResourceTypes } from '../../resource-types.ts';
import { isUnknown, literal, showText } from '../shell-value.ts';
import type { Piece, Unknown, Value } from '../shell-value.ts';

export interface ManifestObject {
  readonly type: ResourceType;
  /** Absent where the server chooses it (generateName). */
  readonly name?: Value;
  readonly namespace?: Value;
}

export type Manifests = { readonly objects: readonly ManifestObject[] } | { readonly why: string };

/** Marks from Unicode's private range: YAML allows them in plain text, and no manifest has them. */
const mark = (at: number): string => `\uE000${at}\uE001`;
const MARKED = /\uE000(\d+)\uE001/;

/** A manifest of more objects is not one that an init script applies. */
const MAX_OBJECTS = 2000;

export const readManifests = (text: Value, types: ResourceTypes, readYaml: ReadYaml): Manifests => {
  const unknowns: Unknown[] = [];
  const source = text
    .map((piece) => {
      if (!isUnknown(piece)) return piece;
      unknowns.push(piece);
      return mark(unknowns.length - 1);
    })
    .join('');
  const [only, ...more] = text;
  if (only !== undefined && more.length === 0 && isUnknown(only))
    return { why: `the manifest is known only at run time: ${showText(text)}` };
  let documents: readonly unknown[];
  try {
    documents = readYaml(source);
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { why: `the manifest is not YAML: ${line}` };
  }
  const toValue = (value: string): Value =>
    value.split(/(\uE000\d+\uE001)/).flatMap((part): readonly Piece[] => {
      const at = MARKED.exec(part)?.[1];
      const piece = at === undefined ? undefined : unknowns[Number(at)];
      return piece === undefined ? (part === '' ? [] : [part]) : [piece];
    });
  const objects: ManifestObject[] = [];
  const open = [...documents].toReversed();
  for (let document = open.pop(); open.length > 0 || document !== undefined; document = open.pop()) {
    if (document === null || document === undefined) continue;
    if (
      Array.isArray(document) ||
      (isMap(document) && Array.isArray(dig(document, 'items')) && (digText(document, 'kind') ?? '').endsWith('List'))
    ) {
      const items = Array.isArray(document) ? document : digList(document, 'items');
      open.push(...items.slice(0, MAX_OBJECTS).toReversed());
      continue;
    }
    const apiVersion = toValue(digText(document, 'apiVersion') ?? '');
    const kind = toValue(digText(document, 'kind') ?? '');
    const knownKind = literal(kind);
    const knownVersion = literal(apiVersion);
    if (knownKind === undefined || knownVersion === undefined)
      return { why: `the kind of an object comes from ${showText(kind)} in ${showText(apiVersion)}` };
    if (knownKind === '' || knownVersion === '')
      return { why: 'an object of the manifest has no apiVersion or no kind' };
    const type = types.ofKind(knownVersion, knownKind);
    if (type === undefined)
      return {
        why: `kind ${knownKind} of ${knownVersion} is in no table; give the CustomResourceDefinition that defines it`,
      };
    const name = digText(document, 'metadata', 'name');
    const namespace = digText(document, 'metadata', 'namespace');
    if (objects.length >= MAX_OBJECTS) return { why: `the manifest holds more than ${MAX_OBJECTS} objects` };
    objects.push({
      type,
      ...(name === undefined ? {} : { name: toValue(name) }),
      ...(namespace === undefined || !type.namespaced ? {} : { namespace: toValue(namespace) }),
    });
  }
  return objects.length === 0 ? { why: 'the manifest holds no object' } : { objects };
};
