/** `kubectl describe pod` back as a pod: where it runs, as whom, and what its containers are and did. */
import type { KubeObject } from '../model/kube-object.ts';
import type { Line } from './described-objects.ts';

const KEY = /^(?<key>[A-Z][\w /.-]*?):(?:\s+(?<value>.*))?$/;

const fieldOf = ({ text }: Line): { readonly key: string; readonly value: string } | undefined => {
  const groups = KEY.exec(text)?.groups;
  return groups === undefined ? undefined : { key: groups['key'] ?? '', value: (groups['value'] ?? '').trim() };
};

const leastIndent = (lines: readonly Line[]): number =>
  lines.reduce((least, { indent }) => Math.min(least, indent), Number.POSITIVE_INFINITY);

/** The lines below a heading, up to the next one at its depth. */
const below = (lines: readonly Line[], at: number): readonly Line[] => {
  const depth = lines[at]?.indent ?? 0;
  const end = lines.findIndex(({ indent }, index) => index > at && indent <= depth);
  return lines.slice(at + 1, end < 0 ? undefined : end);
};

const section = (lines: readonly Line[], heading: string): readonly Line[] => {
  const at = lines.findIndex((line) => line.indent === 0 && fieldOf(line)?.key === heading);
  return at < 0 ? [] : below(lines, at);
};

const valueIn = (lines: readonly Line[], heading: string): string | undefined => {
  const own = leastIndent(lines);
  const line = lines.find((one) => one.indent === own && fieldOf(one)?.key === heading);
  const value = line === undefined ? undefined : fieldOf(line)?.value;
  return value === undefined || value === '' || value === '<none>' ? undefined : value;
};

/** `State: Waiting` with its reason below becomes `{waiting: {reason}}`. */
const stateIn = (lines: readonly Line[], heading: string): Record<string, unknown> => {
  const own = leastIndent(lines);
  const at = lines.findIndex((line) => line.indent === own && fieldOf(line)?.key === heading);
  const word = lines[at] === undefined ? undefined : fieldOf(lines[at])?.value.toLowerCase();
  if (word === undefined || word === '') return {};
  const inside = below(lines, at);
  const [reason, message, code, started] = ['Reason', 'Message', 'Exit Code', 'Started'].map((key) =>
    valueIn(inside, key),
  );
  return {
    [word]: {
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
      ...(code === undefined ? {} : { exitCode: Number(code) }),
      ...(started === undefined ? {} : { startedAt: started }),
    },
  };
};

const wordsIn = (lines: readonly Line[], heading: string): readonly string[] => {
  const at = lines.findIndex((line) => fieldOf(line)?.key === heading);
  return at < 0 ? [] : below(lines, at).map(({ text }) => text);
};

interface Containers {
  readonly spec: readonly unknown[];
  readonly status: readonly unknown[];
}

const containersIn = (lines: readonly Line[]): Containers => {
  const depth = leastIndent(lines);
  const heads = lines.flatMap((line, at) => (line.indent === depth && /^[a-z0-9-]+:$/.test(line.text) ? [at] : []));
  const all = heads.map((at) => ({ name: lines[at]?.text.slice(0, -1) ?? '', inside: below(lines, at) }));
  return {
    spec: all.map(({ name, inside }) => ({
      name,
      image: valueIn(inside, 'Image') ?? '',
      command: wordsIn(inside, 'Command'),
      args: wordsIn(inside, 'Args'),
    })),
    status: all.map(({ name, inside }) => ({
      name,
      image: valueIn(inside, 'Image') ?? '',
      ready: valueIn(inside, 'Ready') === 'True',
      restartCount: Number(valueIn(inside, 'Restart Count') ?? 0),
      state: stateIn(inside, 'State'),
      lastState: stateIn(inside, 'Last State'),
    })),
  };
};

/** `Labels:` holds the first pair behind it, and the others stand below. */
const labelsIn = (lines: readonly Line[]): Readonly<Record<string, string>> => {
  const at = lines.findIndex((line) => line.indent === 0 && fieldOf(line)?.key === 'Labels');
  if (at < 0) return {};
  const pairs = [
    fieldOf(lines[at] ?? { indent: 0, text: '', number: 0 })?.value ?? '',
    ...below(lines, at).map(({ text }) => text),
  ];
  return Object.fromEntries(
    pairs.flatMap((pair) => (pair.includes('=') ? [pair.split('=', 2) as [string, string]] : [])),
  );
};

/** Undefined where the block is no pod. */
export const describedPod = (lines: readonly Line[]): KubeObject | undefined => {
  const [name, namespace, node] = ['Name', 'Namespace', 'Node'].map((key) => valueIn(lines, key));
  if (name === undefined || section(lines, 'Containers').length === 0) return undefined;
  const init = containersIn(section(lines, 'Init Containers'));
  const main = containersIn(section(lines, 'Containers'));
  const account = valueIn(lines, 'Service Account');
  const [kind, owner] = (valueIn(lines, 'Controlled By') ?? '').split('/');
  const conditions = section(lines, 'Conditions').flatMap(({ text }) => {
    const [type, status] = text.split(/\s{2,}/);
    return status === 'True' || status === 'False' ? [{ type, status }] : [];
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: labelsIn(lines),
      ...(kind === undefined || owner === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: '', kind, name: owner }] }),
    },
    spec: {
      ...(node === undefined ? {} : { nodeName: node.split('/')[0] }),
      ...(account === undefined ? {} : { serviceAccountName: account }),
      initContainers: init.spec,
      containers: main.spec,
    },
    status: {
      phase: valueIn(lines, 'Status') ?? 'Unknown',
      conditions,
      initContainerStatuses: init.status,
      containerStatuses: main.status,
    },
  };
};
