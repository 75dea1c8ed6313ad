/**
 * What programs said, wherever it was kept: lines of logs and pasted text, events, messages of containers, the last error of
 * a node state, the rows of a NicClusterPolicy. A rule names its pattern once; this file says of which node and object the
 * words are, and whether they are over. What they mean is left to the rules.
 */
import { digList, digText } from '../model/dig.ts';
import { objectPath } from '../model/kube-object.ts';
import type { SnapshotObject, SnapshotText } from '../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from './evidence.ts';
import type { Facts } from './facts.ts';
import type { Evidence, Finding, Scope, Statement } from './finding.ts';
import { messagesOf, type Message } from './rules/dpf/messages.ts';
import type { TellingLine } from './telling-lines.ts';

export interface Said {
  /** The line or message. */
  readonly text: string;
  readonly evidence: Evidence;
  readonly groups: Readonly<Record<string, string | undefined>>;
  /** The object that it is about, where the input has it. */
  readonly about?: SnapshotObject;
  /** `NAMESPACE/NAME` of the pod that a described or pasted text is about. */
  readonly podName?: string;
  readonly node?: string;
}

/** The words of a node state and of a policy that stand in no condition. */
const ofStatus = (facts: Facts): readonly (Pick<Said, 'text' | 'evidence'> & { readonly about: SnapshotObject })[] => [
  ...facts.objects('SriovNetworkNodeState').flatMap((about) => {
    const text = digText(about.object, 'status', 'lastSyncError');
    return text === undefined || text === ''
      ? []
      : [{ text, about, evidence: fieldEvidence(about, ['status', 'lastSyncError']) }];
  }),
  ...['NicClusterPolicy', 'NicNodePolicy'].flatMap((kind) =>
    facts.objects(kind).flatMap((about) =>
      digList(about.object, 'status', 'appliedStates').flatMap((row, index) =>
        // `error` before release 24.7, `message` since (diagnosis-ux.md 3.1).
        ['message', 'error'].flatMap((key) => {
          const text = digText(row, key);
          return text === undefined || text === ''
            ? []
            : [{ text, about, evidence: fieldEvidence(about, ['status', 'appliedStates', index, key], text) }];
        }),
      ),
    ),
  ),
];

const FARTHEST = 400;

/** The pod and node of `kubectl describe pod` output around a line. */
const described = (
  { text, origin }: SnapshotText,
  line: number,
): { readonly podName?: string; readonly node?: string } => {
  const above = text.split('\n', line - (origin.line ?? 1) + 1).slice(-FARTHEST);
  const value = (key: string): string | undefined =>
    above
      .findLast((one) => one.startsWith(`${key}:`))
      ?.slice(key.length + 1)
      .trim();
  const name = value('Name');
  const node = value('Node')?.split('/')[0];
  return {
    ...(name === undefined || name === '' ? {} : { podName: `${value('Namespace') ?? 'default'}/${name}` }),
    ...(node === undefined || node === '' || node.startsWith('<') ? {} : { node }),
  };
};

const ofLine = (facts: Facts, { text, line, origin, groups }: TellingLine): Said => {
  const told = text.kind === 'host' ? described(text, origin.line) : {};
  const node = told.node ?? facts.nodeOfText(text);
  const podName = told.podName ?? (text.pod === undefined ? undefined : `${text.namespace ?? ''}/${text.pod}`);
  const about =
    podName === undefined
      ? undefined
      : facts.object('Pod', podName.slice(podName.indexOf('/') + 1), podName.split('/')[0] || undefined);
  return {
    text: line.trim(),
    evidence: textEvidence(origin, line),
    groups,
    ...(about === undefined ? {} : { about }),
    ...(podName === undefined ? {} : { podName }),
    ...(node === undefined ? {} : { node }),
  };
};

const nodeOf = (about: SnapshotObject | undefined): string | undefined =>
  about === undefined
    ? undefined
    : about.object.kind === 'SriovNetworkNodeState' || about.object.kind === 'Node'
      ? about.object.metadata.name
      : digText(about.object, 'spec', 'nodeName');

const ofMessage = (facts: Facts, { text, evidence, kind, namespace, name }: Message): Omit<Said, 'groups'> => {
  const about = facts.object(kind, name, namespace);
  const node = nodeOf(about);
  return {
    text,
    evidence,
    ...(about === undefined ? {} : { about }),
    ...(kind === 'Pod' ? { podName: `${namespace ?? 'default'}/${name}` } : {}),
    ...(node === undefined ? {} : { node }),
  };
};

/** Everything that matches: `name` is the pattern's `RULE/NAME` for texts, `pattern` is tried on messages of objects. */
export const said = (facts: Facts, name: string, pattern: RegExp): readonly Said[] => {
  const matched = (one: Omit<Said, 'groups'>): readonly Said[] => {
    const match = pattern.exec(one.text);
    return match === null ? [] : [{ ...one, groups: match.groups ?? {} }];
  };
  return [
    ...messagesOf(facts).flatMap((message) => (pattern.test(message.text) ? matched(ofMessage(facts, message)) : [])),
    ...ofStatus(facts).flatMap(({ about, ...one }) => {
      const node = nodeOf(about);
      return matched({ ...one, about, ...(node === undefined ? {} : { node }) });
    }),
    ...facts.lines(name).map((line) => ofLine(facts, line)),
  ];
};

const isPodUp = ({ object }: SnapshotObject): boolean =>
  ['Running', 'Succeeded'].includes(digText(object, 'status', 'phase') ?? '') &&
  digList(object, 'status', 'conditions').some(
    (condition) => digText(condition, 'type') === 'Ready' && digText(condition, 'status') === 'True',
  );

/** The pod that could not start is up: what was said of it is history. */
export const isPodOver = ({ about }: Said): boolean => about?.object.kind === 'Pod' && isPodUp(about);

/** The node whose configuration failed is in sync: what the daemon said before is history. */
export const isSyncOver =
  (facts: Facts) =>
  ({ node }: Said): boolean =>
    node !== undefined && facts.node(node)?.nodeState?.syncStatus === 'Succeeded';

export const saidScope = ({ node, about }: Said): Scope =>
  node !== undefined ? { node } : about === undefined ? {} : { object: objectPath(about.object) };

/** A finding without what the words themselves give: where they stand, and whose they are. Its evidence comes on top. */
export type Saying = Partial<Omit<Finding, 'says' | 'because'>> & Pick<Finding, 'because'>;

const MOST_SHOWN = 4;

/**
 * One finding for each node (or object) and kind of saying, with its last words as evidence. `over` are those that time has
 * settled: they make a clear. Undefined from `say` means that the words mean something else there.
 */
export const sayings = (
  all: readonly Said[],
  { over, clear }: { readonly over: (one: Said) => boolean; readonly clear: string },
  say: (one: Said) => Saying | undefined,
): readonly Statement[] => {
  const open = all.filter((one) => !over(one));
  const past = all.filter(over).map((one): Statement => ({ says: 'clear', scope: saidScope(one), saw: clear }));
  const told = open.flatMap((one) => {
    const saying = say(one);
    return saying === undefined ? [] : [{ one, saying, scope: saying.scope ?? saidScope(one) }];
  });
  const groups = Map.groupBy(told, ({ saying, scope }) => JSON.stringify([scope, saying.sameAs ?? '']));
  const found = [...groups.values()].flatMap((group): readonly Finding[] => {
    const last = group.at(-1);
    if (last === undefined) return [];
    const { evidence = [], confidence = 'proven', ...saying } = last.saying;
    return [
      {
        ...saying,
        says: 'finding',
        scope: last.scope,
        confidence,
        evidence: [...group.slice(-MOST_SHOWN).map(({ one }) => one.evidence), ...evidence],
      },
    ];
  });
  return [...found, ...(found.length === 0 ? past : [])];
};
