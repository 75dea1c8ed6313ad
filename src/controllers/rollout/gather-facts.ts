/** Gathers the facts that a stage of a visit needs (core/visit says which), each told or not. Reads only. */
import { budgetBook } from '../../core/drain/budgets.ts';
import { readNodeState, type NodeState } from '../../core/inventory/node-state.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { DAEMON_SETS, POD_DISRUPTION_BUDGETS } from '../../core/model/kube-resource.ts';
import { linkFunctions, linkGates, linksLeft } from '../../core/visit/gates/link-gates.ts';
import {
  leftWithGates,
  nodeStateGates,
  promisedOf,
  resourceGates,
  vfGates,
  worthKeeping,
} from '../../core/visit/gates/node-gates.ts';
import { nodeDrain } from '../../core/visit/node-drain.ts';
import { told, untold, type Told } from '../../core/visit/told.ts';
import type { FactName, GatheredFacts, OfferFacts, ToldFacts, VisitBase } from '../../core/visit/visit-facts.ts';
import { canaryState } from './canary-pod.ts';
import { gatherMarks, gatherOthers } from './gather-others.ts';
import { gatherPower } from './gather-power.ts';
import { readReset } from './gather-reset.ts';
import { gatherWays } from './gather-ways.ts';
import { nodeStateOf, podsOf, type Gathering } from './gathering.ts';
import { readCards, readDeviceLinks, readGpus, readVfCounts } from './host-readings.ts';
import { perList } from './per-list.ts';

type Gather<Name extends FactName> = (gathering: Gathering) => Promise<Told<GatheredFacts[Name]>>;

const asFacts = (object: KubeObject | undefined): NodeState | undefined =>
  object === undefined ? undefined : readNodeState(object, () => ({ source: 'live' }));

const bookOf = perList(budgetBook);

/** As `namespace/name`. */
const namesOf = perList(
  (objects: readonly KubeObject[]): ReadonlySet<string> =>
    new Set(objects.map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`)),
);

const pods: Gather<'pods'> = async (gathering) => {
  const { reads, base, signal } = gathering;
  const [own, budgets, daemonSets] = [
    await podsOf(gathering),
    await reads.recent(POD_DISRUPTION_BUDGETS, signal),
    await reads.recent(DAEMON_SETS, signal),
  ];
  for (const read of [own, budgets, daemonSets])
    if (!read.ok) return untold(`the pods of ${base.node.name} cannot be read: ${read.fault.message}`);
  if (!own.ok || !budgets.ok || !daemonSets.ok) return untold('not read');
  const sets = namesOf(daemonSets.value);
  const drain = nodeDrain(
    {
      pods: own.value,
      budgets: bookOf(budgets.value),
      daemonSetExists: (namespace, name) => sets.has(`${namespace}/${name}`),
      nowMs: base.nowMs,
    },
    base.spec,
  );
  return drain.ok ? told(drain.value) : untold(drain.fault.message);
};

const firmware: Gather<'firmware'> = ({ ports, base, signal }) =>
  readCards(
    ports,
    base.node.name,
    base.group.cards.map(({ pci }) => pci),
    signal,
  );

/** Functions whose links have to come back as they were. */
const comparedFunctions = ({ group }: VisitBase, functions: readonly string[]): readonly string[] => [
  ...new Set([...functions, ...group.cards.map(({ pci }) => pci)]),
];

const reset: Gather<'reset'> = async (gathering) => {
  const { ports, base, signal } = gathering;
  const found = await nodeStateOf(gathering);
  if (!found.ok) return untold(`the node state cannot be read: ${found.fault.message}`);
  const own = await podsOf(gathering);
  if (!own.ok) return untold(`the pods of ${base.node.name} cannot be read: ${own.fault.message}`);
  return readReset({ ports, base, pods: own.value, state: asFacts(found.value), signal });
};

const offer: Gather<'offer'> = async (gathering): Promise<Told<OfferFacts>> => {
  const { ports, base, signal } = gathering;
  const { node, journal, spec } = base;
  const found = await nodeStateOf(gathering);
  if (!found.ok) return untold(`the node state cannot be read: ${found.fault.message}`);
  const state = asFacts(found.value);
  const pcis = [...new Set([...(state?.wanted ?? []).map(({ pci }) => pci), ...(journal.left?.functions ?? [])])];
  const counts = await readVfCounts(ports, node.name, pcis, signal);
  if (!counts.known) return counts;
  const links = await readDeviceLinks(ports, node.name, linkFunctions(journal.left), signal);
  if (!links.known) return links;
  const canary = await canaryState(ports.api, node.name, spec, signal);
  if (!canary.known) return canary;
  return told({
    gates: [
      ...nodeStateGates(state),
      ...vfGates(state, counts.value),
      ...resourceGates(promisedOf(state), node.allocatable),
      ...leftWithGates(journal.left, node.allocatable, counts.value),
      ...linkGates(journal.left, comparedFunctions(base, journal.left?.functions ?? []), links.value),
    ],
    canary: canary.value,
  });
};

const belongings: Gather<'belongings'> = async (gathering) => {
  const { ports, base, signal } = gathering;
  const found = await nodeStateOf(gathering);
  if (!found.ok) return untold(`the node state cannot be read: ${found.fault.message}`);
  const state = asFacts(found.value);
  const counts = await readVfCounts(
    ports,
    base.node.name,
    (state?.seen ?? []).map(({ pci }) => pci),
    signal,
  );
  if (!counts.known)
    return untold(`what the node has cannot be read, so that a loss would not be seen: ${counts.because}`);
  const functions = counts.value.filter(({ numVfs }) => numVfs !== 'absent').map(({ pci }) => pci);
  const gpus = await readGpus(ports, base.node.name, signal);
  const links = await readDeviceLinks(ports, base.node.name, [...comparedFunctions(base, functions), ...gpus], signal);
  if (!links.known)
    return untold(`how its links run cannot be read, so that a loss would not be seen: ${links.because}`);
  return told({
    resources: worthKeeping(base.node.allocatable, promisedOf(state)),
    functions,
    ...linksLeft(links.value, gpus),
  });
};

const GATHER: { readonly [Name in FactName]: Gather<Name> } = {
  others: gatherOthers,
  marks: gatherMarks,
  pods,
  power: gatherPower,
  ways: gatherWays,
  firmware,
  reset,
  offer,
  belongings,
};

export const gatherFacts = async (gathering: Gathering, names: readonly FactName[]): Promise<ToldFacts> => {
  const facts: Record<string, unknown> = {};
  for (const name of names) {
    const fact = await GATHER[name](gathering);
    facts[name] = fact;
    // The rule will not be asked: what follows needs not be read.
    if (!fact.known) break;
  }
  return facts;
};
