/**
 * The facts that a plan rests on, as short sums by name: what has changed since is named, and the plan refused. Pods and times
 * are not among them: they change all the time, and each gate looks at them anew.
 */
import type { Inventory, InventoryNode } from '../inventory/build-inventory.ts';
import { bluefieldOf } from '../firmware/node-evidence.ts';
import { canonical } from '../model/canonical.ts';
import { objectPath } from '../model/kube-object.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A sum of 53 bits: it tells changes apart, and keeps no secret. */
export const sumOf = (text: string): string => {
  let [low, high] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 2_654_435_761);
    high = Math.imul(high ^ code, 1_597_334_677);
  }
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & high) + (low >>> 0)).toString(16).padStart(14, '0');
};

/** Kinds whose specs decide what is wanted and what may go. */
const KINDS = ['SriovNetworkNodePolicy', 'SriovNetworkPoolConfig', 'PodDisruptionBudget'];

const specsOf = (snapshot: Snapshot, kind: string): unknown =>
  snapshot.objects
    .filter(({ object }) => object.kind === kind)
    .map(({ object }) => ({ name: objectPath(object), spec: object['spec'] ?? null }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const settingsOf = (node: InventoryNode): unknown =>
  node.adapters.map((adapter) => [
    adapter.card,
    bluefieldOf(adapter),
    adapter.settings.map(({ name, current, next }) => `${name} ${current ?? ''} ${next ?? ''}`).toSorted(byText),
  ]);

/** `unread` where the input does not show the firmware of a node: that is no change. */
export const UNREAD = 'unread';

const firmwareFact = (node: InventoryNode | undefined): string =>
  node === undefined || node.adapters.every(({ settings }) => settings.length === 0)
    ? UNREAD
    : sumOf(canonical(settingsOf(node)));

export const planFacts = (
  snapshot: Snapshot,
  inventory: Inventory,
  nodes: readonly string[],
): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(KINDS.map((kind) => [kind, sumOf(canonical(specsOf(snapshot, kind)))])),
  ...Object.fromEntries(
    nodes.map((name) => [`firmware of ${name}`, firmwareFact(inventory.nodes.find((node) => node.name === name))]),
  ),
});

export const fingerprintOf = (facts: Readonly<Record<string, string>>): string => sumOf(canonical(facts));

export interface FactChanges {
  readonly changed: readonly string[];
  /** Read when the plan was made and not now. */
  readonly unread: readonly string[];
}

export const compareFacts = (
  planned: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): FactChanges => {
  const names = Object.keys(planned);
  return {
    changed: names.filter((name) => (now[name] ?? UNREAD) !== UNREAD && now[name] !== planned[name]),
    unread: names.filter((name) => (now[name] ?? UNREAD) === UNREAD && planned[name] !== UNREAD),
  };
};
