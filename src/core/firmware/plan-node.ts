/**
 * The firmware plan of a node: for each card that a policy configures or that has something pending, what is to be written,
 * what activates it, what the operator as shipped would do, and what cannot be told. One restart serves all cards of the node,
 * the highest rung that any of them needs.
 */
import { addressOf, unplacedAdapters, type InventoryNode } from '../inventory/build-inventory.ts';
import { pendingSettings } from '../inventory/collect-adapters.ts';
import type { WantedInterface } from '../inventory/node-state.ts';
import type { Adapter } from '../model/adapter.ts';
import { cardOf, functionOf } from '../model/pci-address.ts';
import type { Result } from '../result.ts';
import type { Gap } from '../snapshot/snapshot.ts';
import { cardFirmware } from './card-firmware.ts';
import { activationEvidence, bluefieldOf, restartsSinceStaged, type RestartsSeen } from './node-evidence.ts';
import { planValues, wantedValues, type CardPlan, type WantedValue } from './plan-card.ts';
import { highest, RUNG_NAMES, type Rung } from './rung.ts';
import {
  upstreamDpuMode,
  upstreamNodeReboot,
  upstreamPlan,
  type UpstreamPlan,
  type WantedPorts,
} from './upstream-plan.ts';

export interface PlannedCard {
  readonly adapter: Adapter;
  /** Where commands address the card. */
  readonly pci: string;
  readonly wantedByPolicy: boolean;
  readonly plan: CardPlan;
  /** What the SR-IOV operator would do, where a policy configures the card and its settings are known. */
  readonly upstream?: Result<UpstreamPlan>;
}

export interface NodePlan {
  readonly node: InventoryNode;
  readonly cards: readonly PlannedCard[];
  /** The one restart that activates everything on this node. */
  readonly rung: Rung;
  /** False where settings that matter were not read: `none` is then no answer. */
  readonly isKnown: boolean;
  readonly because: string;
  /** What has to be done before that restart. */
  readonly first: readonly string[];
  readonly alternative?: Rung;
  readonly restarts?: RestartsSeen;
  readonly upstreamReboot?: boolean | 'nondeterministic';
  readonly gaps: readonly Gap[];
}

const portOf = (adapter: Adapter, wanted: readonly WantedInterface[], index: 0 | 1): WantedPorts[number] => {
  const own = wanted.find(({ pci }) => cardOf(pci) === adapter.card && functionOf(pci) === index);
  if (own === undefined) return undefined;
  const netdev = adapter.functions.find(({ pci }) => pci === own.pci)?.linkType?.value;
  return {
    pci: own.pci,
    numVfs: own.numVfs,
    externallyManaged: own.externallyManaged,
    ...(own.linkType !== undefined && { linkType: own.linkType }),
    ...(netdev !== undefined && { netdevLinkType: netdev }),
  };
};

/** What is staged already and not asked for by a policy: somebody wrote it, so it counts as wanted. */
const stagedValues = (adapter: Adapter, besides: ReadonlySet<string>): readonly WantedValue[] =>
  pendingSettings(adapter)
    .filter(({ name }) => !besides.has(name))
    .flatMap(({ name, current, next }) =>
      next === undefined ? [] : [{ name, value: next, next, ...(current !== undefined && { current }) }],
    );

interface CardWish {
  readonly values: readonly WantedValue[];
  readonly upstream?: Result<UpstreamPlan>;
}

const wishOf = (adapter: Adapter, ports: WantedPorts): CardWish => {
  const current = cardFirmware(adapter.settings, 'current');
  const next = cardFirmware(adapter.settings, 'next');
  const isWanted = ports[0] !== undefined || ports[1] !== undefined;
  if (!isWanted || current === undefined || next === undefined) return { values: stagedValues(adapter, new Set()) };
  const values = wantedValues({ current, next }, ports);
  const upstream = upstreamPlan({ current, next }, ports);
  const refused = upstream.ok && upstream.value.set.length > 0 && bluefieldOf(adapter) === 'dpu';
  return {
    values: [...values, ...stagedValues(adapter, new Set(values.map(({ name }) => name)))],
    upstream: refused ? upstreamDpuMode(`${adapter.card}.0`) : upstream,
  };
};

const planOf = (node: InventoryNode, adapter: Adapter, restarts: RestartsSeen | undefined): PlannedCard => {
  const wanted = node.nodeState?.wanted ?? [];
  const ports: WantedPorts = [portOf(adapter, wanted, 0), portOf(adapter, wanted, 1)];
  const { values, upstream } = wishOf(adapter, ports);
  return {
    adapter,
    pci: addressOf(adapter),
    wantedByPolicy: ports.some((port) => port !== undefined),
    plan: planValues(values, activationEvidence(node, adapter, restarts)),
    ...(upstream !== undefined && { upstream }),
  };
};

/** Whether every configured card was judged; without policies, whether any card's current and next boot were read. */
const isAnswered = ({ adapters }: InventoryNode, cards: readonly PlannedCard[]): boolean =>
  cards.length > 0
    ? cards.every(({ plan }) => plan.states.some(({ state }) => state !== 'unknown'))
    : adapters.some(({ settings }) =>
        settings.some(({ current, next }) => current !== undefined && next !== undefined),
      );

const sentence = (node: InventoryNode, rung: Rung, cards: readonly PlannedCard[]): string => {
  const deciding = cards.filter(({ plan }) => plan.activation?.rung === rung);
  const activation = deciding[0]?.plan.activation;
  if (activation !== undefined)
    return `${String(deciding.length)} ${deciding.length === 1 ? 'card needs' : 'cards need'} a ${RUNG_NAMES[rung]}: ${activation.because}`;
  const toWrite = cards.filter(({ plan }) => plan.write.length > 0).length;
  if (toWrite > 0)
    return `${String(toWrite)} ${toWrite === 1 ? 'card has' : 'cards have'} a value to be written, and none waits for a restart`;
  const judged = cards.filter(({ plan }) => plan.states.some(({ state }) => state !== 'unknown')).length;
  if (cards.length === 0)
    return isAnswered(node, cards)
      ? 'no policy configures a card here, and nothing is staged in what was read'
      : 'no policy configures a card here, and no settings with current and next boot were read';
  return judged === 0
    ? 'the settings of the configured cards were not read, so nothing can be said'
    : `current and next boot are what is wanted on ${judged === cards.length ? 'every configured card' : `${String(judged)} of ${String(cards.length)} configured cards; the others were not read`}`;
};

export const planNode = (node: InventoryNode): NodePlan => {
  const adapters = [...node.adapters, ...unplacedAdapters(node)];
  const staged = [
    ...new Set(
      adapters.flatMap((adapter) =>
        pendingSettings(adapter).flatMap(({ name, next }) =>
          name === 'NUM_OF_VFS' && next !== undefined ? [next] : [],
        ),
      ),
    ),
  ];
  const restarts = restartsSinceStaged(node, staged);
  const wantedCards = new Set((node.nodeState?.wanted ?? []).map(({ pci }) => cardOf(pci)));
  const cards = adapters
    .filter((adapter) => wantedCards.has(adapter.card) || pendingSettings(adapter).length > 0)
    .map((adapter) => planOf(node, adapter, restarts));
  const activations = cards.flatMap(({ plan }) => (plan.activation === undefined ? [] : [plan.activation]));
  const rung = highest(activations.map((one) => one.rung));
  const alternatives = activations.filter((one) => one.rung === rung).map(({ alternative }) => alternative);
  const everywhere =
    alternatives.length > 0 && alternatives.every((one) => one === alternatives[0]) ? alternatives[0] : undefined;
  const known = cards.flatMap(({ upstream }) => (upstream?.ok === true ? [upstream.value] : []));
  return {
    node,
    cards,
    rung,
    isKnown: isAnswered(node, cards),
    because: sentence(node, rung, cards),
    first: [...new Set(activations.flatMap((one) => one.first ?? []))],
    ...(everywhere !== undefined && { alternative: everywhere }),
    ...(restarts !== undefined && { restarts }),
    ...(known.length > 0 && { upstreamReboot: upstreamNodeReboot(known) }),
    gaps: node.gaps.filter(
      ({ what }) =>
        wantedCards.size === 0 || [...wantedCards].some((card) => what.includes(card)) || what.startsWith('the card'),
    ),
  };
};
