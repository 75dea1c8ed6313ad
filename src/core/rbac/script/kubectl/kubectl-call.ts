/**
 * The grammar of a kubectl command line: command, flags (which may stand before it), arguments, and what follows `--`.
 * What the arguments name is left to targets.ts.
 */
import { isUnknown, literal, text } from '../shell-value.ts';
import type { Value } from '../shell-value.ts';
import { longName, takesValue } from './flags.ts';

export interface KubectlCall {
  /** `get`, `rollout status`, `create secret generic`. Empty when no command was found. */
  readonly command: string;
  /** By long name; a switch without a value has `true`. */
  readonly flags: ReadonlyMap<string, readonly Value[]>;
  readonly args: readonly Value[];
  /** After `--`: what exec and debug run. */
  readonly rest: readonly Value[];
  /** Words that stand for any number of words, so that nothing is sure. */
  readonly open: boolean;
}

/** Commands that have a command of their own after them. */
const GROUPS = new Set([
  'rollout',
  'set',
  'auth',
  'top',
  'certificate',
  'config',
  'create',
  'create secret',
  'create service',
  'adm',
  'adm policy',
  'policy',
  'image',
]);
/** What follows `create` when it is no generator is no command. */
const CREATE = new Set(
  `clusterrole clusterrolebinding configmap cm cronjob cj deployment deploy ingress ing job namespace ns poddisruptionbudget
  pdb priorityclass pc quota resourcequota role rolebinding secret service svc serviceaccount sa token route`.split(
    /\s+/,
  ),
);
const OPTIONAL: Readonly<Record<string, ReadonlySet<string>>> = {
  create: CREATE,
  apply: new Set(['edit-last-applied', 'set-last-applied', 'view-last-applied']),
  'cluster-info': new Set(['dump']),
};
const SAME: Readonly<Record<string, string>> = {
  cm: 'configmap',
  cj: 'cronjob',
  deploy: 'deployment',
  ing: 'ingress',
  ns: 'namespace',
  pdb: 'poddisruptionbudget',
  pc: 'priorityclass',
  resourcequota: 'quota',
  svc: 'service',
  sa: 'serviceaccount',
  pods: 'pod',
  po: 'pod',
  nodes: 'node',
  no: 'node',
};

const takesCommand = (sofar: string, word: string): boolean =>
  sofar === '' || (sofar in OPTIONAL ? OPTIONAL[sofar]?.has(word) === true : GROUPS.has(sofar));

const canonical = (sofar: string, word: string): string =>
  /^(?:create|set|top)$/.test(sofar) ? (SAME[word] ?? word) : word;

/** `words` without the program's own. */
export const parseCall = (words: readonly Value[]): KubectlCall => {
  const flags = new Map<string, Value[]>();
  const args: Value[] = [];
  let command = '';
  let open = false;
  let at = 0;
  const add = (name: string, value: Value): void => {
    const list = flags.get(name);
    if (list === undefined) flags.set(name, [value]);
    else list.push(value);
  };
  const next = (): Value => {
    at += 1;
    return words[at] ?? [];
  };
  const readShort = (letters: string, tail: Value): void => {
    for (let index = 0; index < letters.length; index += 1) {
      const name = longName(command, letters[index] ?? '');
      if (!takesValue(command, name)) {
        const assigned = letters[index + 1] === '=';
        add(name, assigned ? text(letters.slice(index + 2)) : text('true'));
        if (assigned) return;
        continue;
      }
      const attached = letters.slice(index + 1).replace(/^=/, '');
      add(name, attached === '' && tail.length === 0 ? next() : [...(attached === '' ? [] : [attached]), ...tail]);
      return;
    }
  };
  for (; at < words.length; at += 1) {
    const word = words[at] ?? [];
    const [head, ...tail] = word;
    if (head === undefined) {
      args.push(word);
      continue;
    }
    if (isUnknown(head) && head.many === true) {
      open = true;
      continue;
    }
    if (literal(word) === '--') return { command, flags, args, rest: words.slice(at + 1), open };
    if (typeof head === 'string' && head.startsWith('--')) {
      const equals = head.indexOf('=');
      const name = head.slice(2, equals < 0 ? undefined : equals);
      if (equals >= 0) add(name, [...(head.length === equals + 1 ? [] : [head.slice(equals + 1)]), ...tail]);
      else add(name, takesValue(command, name) ? next() : text('true'));
    } else if (typeof head === 'string' && head.startsWith('-') && head.length > 1) readShort(head.slice(1), tail);
    else {
      const known = literal(word);
      if (args.length === 0 && known !== undefined && takesCommand(command, known))
        command = command === '' ? known : `${command} ${canonical(command, known)}`;
      else args.push(word);
    }
  }
  return { command, flags, args, rest: [], open };
};

/** The value of a flag where it is known: the last one counts. */
export const flagText = (call: KubectlCall, name: string): string | undefined => {
  const value = call.flags.get(name)?.at(-1);
  return value === undefined ? undefined : literal(value);
};

/**
 * Does the call have the flag? `watch` (given and not false), `dry-run=client` (with that value), several joined by `|`.
 */
export const hasFlag = (call: KubectlCall, wanted: string): boolean =>
  wanted.split('|').some((one) => {
    const [name = '', value] = one.split('=');
    const given = flagText(call, name);
    if (!call.flags.has(name)) return false;
    // A bare --dry-run is --dry-run=client.
    if (name === 'dry-run' && given === 'true') return value === 'client';
    return value === undefined ? given !== 'false' : given === value;
  });
