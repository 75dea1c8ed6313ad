/**
 * The arguments of a call -> the objects or types it speaks of. `TYPE NAME...`, `TYPE/NAME...`, `TYPE1,TYPE2`, `all`,
 * bare pods and nodes; key=value pairs and other words that follow are left out. Files are left to manifests.ts.
 */
import type { ResourceType, ResourceTypes } from '../../resource-types.ts';
import { concat, isUnknown, literal, showText, unknown } from '../shell-value.ts';
import type { Unknown, Value } from '../shell-value.ts';
import type { KubectlCall } from './kubectl-call.ts';
import { flagText } from './kubectl-call.ts';
import type { CommandRow } from './request-row.ts';

export interface Target {
  readonly type: ResourceType;
  /** Absent: all of the type that the call selects. */
  readonly name?: Value;
  readonly namespace?: Value;
}

export type Targets = { readonly targets: readonly Target[] } | { readonly why: string };

const unknownType = (text: string): { readonly why: string } => ({
  why: `no table knows the resource type ${JSON.stringify(text)}; give the CustomResourceDefinition that defines it`,
});

const whence = (piece: Unknown): string =>
  /^[A-Za-z_]\w*$/.test(piece.text)
    ? `an unset variable (${piece.text})`
    : `${piece.text}, which is known only at run time`;

const typesOf = (text: string, types: ResourceTypes): readonly ResourceType[] | { readonly why: string } => {
  const found: ResourceType[] = [];
  for (const name of text.split(',')) {
    if (name.toLowerCase() === 'all') {
      found.push(...types.inAll().filter(({ group }) => !group.endsWith('openshift.io')));
      continue;
    }
    const type = types.named(name);
    if (type === undefined) return unknownType(name);
    found.push(type);
  }
  return found;
};

/** `TYPE/NAME` with the slash in its known beginning. */
const splitPair = (word: Value): { readonly type: string; readonly name: Value } | undefined => {
  const [head, ...tail] = word;
  if (typeof head !== 'string') return undefined;
  const slash = head.indexOf('/');
  if (slash < 1) return undefined;
  return { type: head.slice(0, slash), name: concat([head.slice(slash + 1)], tail) };
};

/** What `-o name` of a list gave: `TYPE/NAME`. */
const listedType = (word: Value): ResourceType | undefined => {
  const [piece, ...more] = word;
  return piece !== undefined && more.length === 0 && isUnknown(piece) && piece.listed?.as === 'type/name'
    ? piece.listed.type
    : undefined;
};

const EACH = (type: ResourceType): Value => [{ ...unknown(`each ${type.plural}.${type.group}`, 'each') }];

const isPair = (word: Value): boolean => {
  const text = showText(word);
  return /^[^/\s]*[=:]/.test(text) || (text.endsWith('-') && text.length > 1) || /^[\w./-]+=/.test(text);
};

const resourceTargets = (args: readonly Value[], types: ResourceTypes): Targets => {
  const [first, ...names] = args;
  if (first === undefined) return { targets: [] };
  const paired = args.some((word) => splitPair(word) !== undefined || listedType(word) !== undefined);
  if (paired) {
    const targets: Target[] = [];
    for (const word of args) {
      const listed = listedType(word);
      if (listed !== undefined) {
        targets.push({ type: listed, name: EACH(listed) });
        continue;
      }
      const pair = splitPair(word);
      if (pair === undefined) return { why: `${showText(word)} stands among TYPE/NAME pairs and is none` };
      const type = types.named(pair.type);
      if (type === undefined) return unknownType(pair.type);
      targets.push({ type, name: pair.name });
    }
    return { targets };
  }
  const text = literal(first);
  if (text === undefined) {
    const piece = first.find(isUnknown);
    return { why: `the resource type comes from ${piece === undefined ? showText(first) : whence(piece)}` };
  }
  const found = typesOf(text, types);
  if ('why' in found) return found;
  return {
    targets: found.flatMap((type): readonly Target[] =>
      names.length === 0 ? [{ type }] : names.map((name) => ({ type, name: nameOf(name) })),
    ),
  };
};

/** Names of listed objects are each of them. */
const nameOf = (word: Value): Value => {
  const [piece, ...more] = word;
  return piece !== undefined && more.length === 0 && isUnknown(piece) && piece.listed !== undefined
    ? EACH(piece.listed.type)
    : word;
};

/** POD, NODE or TYPE/NAME: the first argument; what follows are ports, containers, files. */
const podTargets = (call: KubectlCall, row: CommandRow, types: ResourceTypes): Targets => {
  const [group = '', plural = ''] = (row.type ?? '/pods').split('/');
  const type = types.at(group, plural);
  if (type === undefined) return unknownType(plural);
  const { command } = call;
  const args = command === 'cp' || command === 'rsync' ? remoteOf(call.args) : call.args;
  if (call.flags.has('selector') || args.length === 0) return { targets: [{ type }] };
  const many = row.takes === 'nodes' || command.startsWith('certificate');
  const targets: Target[] = [];
  for (const word of many ? args : args.slice(0, 1)) {
    const listed = listedType(word);
    const pair = splitPair(word);
    const named = pair === undefined ? undefined : types.named(pair.type);
    if (listed !== undefined) targets.push({ type: listed, name: EACH(listed) });
    else if (pair !== undefined && command === 'cp') targets.push({ type, name: pair.name, namespace: [pair.type] });
    else if (pair !== undefined && named === undefined) return unknownType(pair.type);
    else targets.push({ type: named ?? type, name: nameOf(pair?.name ?? word) });
  }
  return { targets };
};

/** `kubectl cp NS/POD:PATH PATH`: the argument with the colon, without its path. */
const remoteOf = (args: readonly Value[]): readonly Value[] => {
  for (const word of args) {
    const at = word.findIndex((piece) => typeof piece === 'string' && piece.includes(':'));
    const piece = word[at];
    if (typeof piece === 'string') return [concat(word.slice(0, at), [piece.slice(0, piece.indexOf(':'))])];
  }
  return args.slice(0, 1);
};

export const targetsOf = (call: KubectlCall, row: CommandRow, types: ResourceTypes): Targets => {
  switch (row.takes) {
    case 'resources':
      return resourceTargets(call.args, types);
    case 'pairs': {
      const end = call.args.findIndex((word, at) => at > 0 && isPair(word));
      return resourceTargets(end < 0 ? call.args : call.args.slice(0, end), types);
    }
    case 'account':
      return resourceTargets(call.args.slice(0, -1), types);
    case 'pods':
    case 'nodes':
      return podTargets(call, row, types);
    case 'manifests':
    case 'new':
    case 'nothing':
      return { targets: [] };
  }
};

/** The name that a field selector asks for: the request then is authorized with it. */
export const selectedName = (call: KubectlCall): string | undefined =>
  /(?:^|,)metadata\.name==?([^,=!]+)/.exec(flagText(call, 'field-selector') ?? '')?.[1];
