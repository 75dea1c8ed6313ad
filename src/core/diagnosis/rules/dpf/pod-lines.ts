/**
 * Log lines with the pod and container whose they are: by the loader, by the pod's name in the path, or by the
 * `kubectl logs` command above them. What a line means is left to the rules.
 */
import { digList, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import type { SnapshotObject, SnapshotText } from '../../../snapshot/snapshot.ts';
import type { Facts } from '../../facts.ts';
import type { Scope } from '../../finding.ts';
import { literally } from '../../literally.ts';
import type { TellingLine } from '../../telling-lines.ts';

export interface PodLine extends TellingLine {
  readonly pod?: SnapshotObject;
  readonly container?: string;
  readonly node?: string;
}

const LOGS = /\b(?:kubectl|oc)\s(?:.*\s)?logs\s(?<rest>.*)$/;

/** The `kubectl logs` command that printed a line, if the text is such a paste. */
const commandAbove = (text: string, line: number): string | undefined => {
  const lines = text.split('\n', line);
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const rest = LOGS.exec(lines[at] ?? '')?.groups?.['rest'];
    if (rest !== undefined) return rest;
  }
  return undefined;
};

const LONGEST_PASTE = 1_000_000;

const containersOf = (pod: SnapshotObject): readonly string[] =>
  ['initContainers', 'containers'].flatMap((key) =>
    digList(pod.object, 'spec', key).flatMap((container) => digText(container, 'name') ?? []),
  );

const longest = <T>(found: readonly T[], length: (one: T) => number): T | undefined =>
  found.toSorted((a, b) => length(b) - length(a))[0];

const podIndexes = new WeakMap<Facts, ReadonlyMap<string, readonly SnapshotObject[]>>();

const podsByName = (facts: Facts): ReadonlyMap<string, readonly SnapshotObject[]> => {
  const index = podIndexes.get(facts) ?? Map.groupBy(facts.objects('Pod'), ({ object }) => object.metadata.name);
  podIndexes.set(facts, index);
  return index;
};

/** In a small dump a pod's name counts wherever it stands in a path; in a large one only as a word of it. */
const FEW_PODS = 500;

/** The pod that a path or a command names; of several the one with the longest name. */
const podNamedIn = (facts: Facts, words: string): SnapshotObject | undefined => {
  const index = podsByName(facts);
  const parts = words
    .split(/[/\s!]+/)
    .flatMap((part) => [...part.matchAll(/[._]|$/g)].map((edge) => part.slice(0, edge.index)));
  const named = parts.filter((part) => index.has(part));
  const all =
    named.length === 0 && index.size <= FEW_PODS ? [...index.keys()].filter((name) => words.includes(name)) : named;
  const name = longest(all, ({ length }) => length);
  return name === undefined ? undefined : index.get(name)?.[0];
};

type Place = Pick<PodLine, 'pod' | 'container' | 'node'>;

const placeOf = (facts: Facts, text: SnapshotText, pasted: string | undefined): Place => {
  // A path may seem to name a pod and name its container too: what is no pod of the input is looked for again.
  const pod =
    (text.pod === undefined ? [] : (podsByName(facts).get(text.pod) ?? [])).find(
      ({ object: { metadata } }) => text.namespace === undefined || metadata.namespace === text.namespace,
    ) ?? podNamedIn(facts, pasted ?? text.origin.source);
  const container =
    text.container ??
    /(?:^|\s)(?:-c|--container)[ =](\S+)/.exec(pasted ?? '')?.[1] ??
    (pod === undefined
      ? undefined
      : longest(
          containersOf(pod).filter((name) => new RegExp(`[./_-]${literally(name)}[./_]`).test(text.origin.source)),
          ({ length }) => length,
        ));
  const node = digText(pod?.object, 'spec', 'nodeName') ?? facts.nodeOfText(text);
  return {
    ...(pod === undefined ? {} : { pod }),
    ...(container === undefined ? {} : { container }),
    ...(node === undefined ? {} : { node }),
  };
};

const known = new WeakMap<Facts, Map<string, Place>>();

/** A log has one place; of a paste each command has its own. */
const placeOfLine = (facts: Facts, { text, origin }: TellingLine): Place => {
  const pasted =
    text.kind === 'host' && text.text.length < LONGEST_PASTE
      ? commandAbove(text.text, origin.line - (text.origin.line ?? 1) + 1)
      : undefined;
  const places = known.get(facts) ?? new Map<string, Place>();
  known.set(facts, places);
  const key = `${origin.source}\n${pasted ?? ''}`;
  const place = places.get(key) ?? placeOf(facts, text, pasted);
  places.set(key, place);
  return place;
};

/** Every such line with its place. */
export const podLines = (facts: Facts, name: string): readonly PodLine[] =>
  facts.lines(name).map((line) => ({ ...line, ...placeOfLine(facts, line) }));

/** The last such line of each log (or of each pod in a paste of several): earlier ones say the same. */
export const lastPodLines = (facts: Facts, name: string): readonly PodLine[] => [
  ...new Map(
    podLines(facts, name).map((line) => [`${line.origin.source} ${line.pod?.object.metadata.name ?? ''}`, line]),
  ).values(),
];

/**
 * What a finding about a pod is about: its node, so that it can explain findings about the node's cards, and the pod itself
 * only where its node is not known.
 */
export const scopeOfPod = (pod: SnapshotObject | undefined, node?: string): Scope => {
  const on = digText(pod?.object, 'spec', 'nodeName') ?? node;
  if (on !== undefined) return { node: on };
  return pod === undefined ? {} : { object: objectPath(pod.object) };
};

export const isReady = ({ object }: SnapshotObject): boolean =>
  digList(object, 'status', 'conditions').some(
    (condition) => digText(condition, 'type') === 'Ready' && digText(condition, 'status') === 'True',
  );

/** The logs of this pod (of this container, where the log's name says one). */
export const logsOf = (facts: Facts, pod: SnapshotObject, container: string): readonly SnapshotText[] =>
  facts.snapshot.texts.filter((text) => {
    const { name } = pod.object.metadata;
    const isIts =
      text.pod === name || text.origin.source.includes(name) || (text.kind === 'host' && pastedLog(text, name));
    if (!isIts || (text.kind === 'host' && !pastedLog(text, name))) return false;
    if (text.container !== undefined) return text.container === container;
    const namesIt = (one: string): boolean => new RegExp(`[./_]${literally(one)}[./_]`).test(text.origin.source);
    if (namesIt(container)) return true;
    if (containersOf(pod).some((other) => other !== container && namesIt(other))) return false;
    // A log without a container's name: the script of dms-init marks its lines, other programs do not.
    return container !== 'dms-init' || text.text.includes('[dmsinit]') || pastedLog(text, container);
  });

export const hasLogOf = (facts: Facts, pod: SnapshotObject, container: string): boolean =>
  logsOf(facts, pod, container).length > 0;

const pastedLog = ({ text }: SnapshotText, pod: string): boolean =>
  text.length < LONGEST_PASTE &&
  text.includes(pod) &&
  text.split('\n').some((line) => LOGS.exec(line)?.groups?.['rest']?.includes(pod) === true);
