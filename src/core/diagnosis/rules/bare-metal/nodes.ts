/**
 * The bare-metal nodes of an input with their ports, as core/smartnic lays them side by side, and lines of the texts that
 * they were read from. A node that only a log names is known by its UUID.
 */
import type { Facts } from '../../facts.ts';
import { textEvidence } from '../../evidence.ts';
import { literally } from '../../literally.ts';
import type { Evidence, Scope } from '../../finding.ts';
import { findNode } from '../../../smartnic/explain/find-node.ts';
import type { NodeFinding } from '../../../smartnic/explain/finding.ts';
import { nodeFindings } from '../../../smartnic/explain/node-findings.ts';
import { portFindings } from '../../../smartnic/explain/port-findings.ts';
import { picturesOf, type PortPicture } from '../../../smartnic/explain/port-picture.ts';
import { factsOfState } from '../../../smartnic/provision-state.ts';
import type { BareMetalFacts, NodeFacts } from '../../../smartnic/readers/bare-metal-facts.ts';
import { digText } from '../../../model/dig.ts';
import type { Origin, SnapshotObject } from '../../../snapshot/snapshot.ts';

export interface BareMetalNode {
  /** Name, else UUID. */
  readonly name: string;
  readonly node: NodeFacts;
  readonly pictures: readonly PortPicture[];
  /** What core/smartnic finds wrong at it and at its ports. */
  readonly findings: readonly NodeFinding[];
}

/** Metal3's object of a node: what Ironic said last stands in its status. */
const fromMetal3 = ({ object, origin }: SnapshotObject): BareMetalNode => {
  const state = digText(object, 'status', 'provisioning', 'state');
  const error = digText(object, 'status', 'errorMessage');
  const uuid = digText(object, 'status', 'provisioning', 'ID');
  const node: NodeFacts = {
    name: object.metadata.name,
    ...(uuid === undefined ? {} : { uuid }),
    provisionState: METAL3_STATES[state ?? ''] ?? state ?? 'unknown',
    ...(error === undefined || error === '' ? {} : { lastError: error }),
    origin,
  };
  return { name: object.metadata.name, node, pictures: [], findings: [] };
};

/** States in which Metal3's hosts rest, by Ironic's names. */
const METAL3_STATES: Readonly<Record<string, string>> = {
  provisioned: 'active',
  'externally provisioned': 'active',
  available: 'available',
  ready: 'available',
};

const known = new WeakMap<Facts, readonly BareMetalNode[]>();

export const bareMetalNodes = (facts: Facts): readonly BareMetalNode[] => {
  const before = known.get(facts);
  if (before !== undefined) return before;
  const read = facts.bareMetal();
  // A port without the record of its node has a picture too.
  const ofPorts = read.ports.flatMap(({ nodeUuid, origin }) =>
    nodeUuid === undefined || read.nodes.some(({ uuid }) => uuid === nodeUuid) ? [] : [{ uuid: nodeUuid, origin }],
  );
  const whole: BareMetalFacts = { ...read, nodes: [...read.nodes, ...ofPorts] };
  const names = new Set(whole.nodes.map(({ uuid, name }) => uuid ?? name ?? ''));
  const found = [...names].flatMap((key): readonly BareMetalNode[] => {
    const node = findNode(key, whole);
    if (!node.ok) return [];
    const pictures = picturesOf(node.value, whole);
    const wakes = pictures.some(({ port }) => port.isSmartNic === true);
    return [
      {
        name: node.value.name ?? node.value.uuid ?? key,
        node: node.value,
        pictures,
        findings: [
          ...nodeFindings(node.value, whole, wakes),
          ...pictures.flatMap((picture) => portFindings(picture, node.value, whole)),
        ],
      },
    ];
  });
  const all = [...found, ...facts.objects('BareMetalHost').map(fromMetal3)];
  known.set(facts, all);
  return all;
};

/** The node that a UUID, a name or a Neutron port's host means. */
export const nodeBy = (facts: Facts, word: string | undefined): BareMetalNode | undefined =>
  word === undefined
    ? undefined
    : bareMetalNodes(facts).find(
        ({ node, pictures }) =>
          node.uuid === word ||
          node.name === word ||
          node.instanceUuid === word ||
          pictures.some(({ host }) => host === word),
      );

export const scopeOfNode = (facts: Facts, word: string | undefined): Scope => {
  if (word === undefined) return {};
  return { node: nodeBy(facts, word)?.name ?? word };
};

/** A node that rests where it should, without an error: what logs tell of it is past. */
export const isWell = ({ node }: BareMetalNode): boolean =>
  node.lastError === undefined &&
  node.maintenance !== true &&
  factsOfState(node.provisionState ?? '')?.phase === 'stable';

/** The first line of the text behind `origin` that says it; without one, the place alone. */
export const quote = (facts: Facts, origin: Origin, words: RegExp, otherwise: string): Evidence => {
  const text = facts.snapshot.texts.find(({ origin: { source } }) => source === origin.source);
  const lines = text?.text.split('\n') ?? [];
  const at = lines.findIndex((line) => words.test(line));
  return at < 0
    ? textEvidence(origin, otherwise)
    : textEvidence({ source: origin.source, line: (text?.origin.line ?? 1) + at }, lines[at] ?? '');
};

/** A finding of core/smartnic as evidence: the first place it was read from. */
export const placeOf = (facts: Facts, { origins, says }: NodeFinding, words: RegExp): readonly Evidence[] =>
  origins.slice(0, 2).map((origin) => quote(facts, origin, words, says));

/** Any of several words; none given matches nothing. */
export const anyOf = (...words: readonly (string | undefined)[]): RegExp => {
  const given = words.filter((word): word is string => word !== undefined && word !== '');
  return given.length === 0 ? /(?!)/ : new RegExp(given.map(literally).join('|'));
};
