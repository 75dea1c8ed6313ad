/**
 * Where policies would change the adapters' firmware: the operator's mellanox plugin wants NUM_OF_VFS equal to numVfs
 * (reference: sriov.md 2.4). What it writes, and which restart activates it, is left to core/firmware.
 */
import { digList } from '../../model/dig.ts';
import { cardOf } from '../../model/pci-address.ts';
import type { Gap } from '../../snapshot/snapshot.ts';
import type { InterfaceSpec } from '../network-node-state.ts';
import type { PreparedPolicy } from '../prepared-policy.ts';
import type { SriovNode } from '../sriov-world.ts';
import { VENDOR_NVIDIA } from '../supported-nics.ts';
import type { CheckContext, NodeClass } from './check-context.ts';
import type { TrapSighting } from './trap-finding.ts';

const withoutMellanoxPlugin = ({ world }: CheckContext): boolean =>
  world.operatorConfigs.some(({ object }) => digList(object, 'spec', 'disablePlugins').includes('mellanox'));

interface CardWish {
  readonly node: SriovNode;
  readonly card: string;
  readonly wanted: number;
  readonly policy: PreparedPolicy;
  readonly firmware: FirmwareVfs | undefined;
}

/** NUM_OF_VFS of a card, as far as it was read. */
interface FirmwareVfs {
  readonly current: number;
  /** At the next boot; absent where only sysfs tells of the card. */
  readonly next?: number;
}

const wholeOf = (raw: string | undefined): number | undefined =>
  raw !== undefined && /^\d{1,9}$/.test(raw) ? Number(raw) : undefined;

/** By mstconfig where its output was read, else what sysfs shows of it (totalvfs). */
const firmwareVfs = (node: SriovNode, card: string): FirmwareVfs | undefined => {
  const adapter = node.inventory.adapters.find((candidate) => candidate.card === card);
  const setting = adapter?.settings.find(({ name }) => name === 'NUM_OF_VFS');
  const [current, next] = [wholeOf(setting?.current), wholeOf(setting?.next)];
  if (current !== undefined) return { current, ...(next === undefined ? {} : { next }) };
  const totals = (node.interfaces ?? [])
    .filter(({ pciAddress }) => cardOf(pciAddress) === card)
    .map(({ totalvfs }) => totalvfs);
  const total = Math.max(0, ...totals);
  return total > 0 ? { current: total } : undefined;
};

const wishesOf = (context: CheckContext): readonly CardWish[] =>
  context.classes.flatMap((one) => {
    const nvidia = new Set(
      (one.interfaces ?? []).filter(({ vendor }) => vendor === VENDOR_NVIDIA).map(({ pciAddress }) => pciAddress),
    );
    const byCard = Map.groupBy(
      one.specs.filter(({ pciAddress, externallyManaged }) => nvidia.has(pciAddress) && externallyManaged !== true),
      ({ pciAddress }) => cardOf(pciAddress),
    );
    return [...byCard].flatMap(([card, specs]) => {
      // The operator takes the larger number of the card's ports.
      const most = specs.reduce((a, b) => ((b.numVfs ?? 0) > (a.numVfs ?? 0) ? b : a));
      const policy = policyOn(one, most);
      if (policy === undefined) return [];
      return one.nodes.map((node) => ({
        node,
        card,
        wanted: most.numVfs ?? 0,
        policy,
        firmware: firmwareVfs(node, card),
      }));
    });
  });

const policyOn = (one: NodeClass, { vfGroups = [] }: InterfaceSpec): PreparedPolicy | undefined =>
  one.policies.find(({ policy }) => policy.name === vfGroups[0]?.policyName);

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What the operator does about a card whose firmware differs. */
const change = (wanted: number, { current, next }: FirmwareVfs, nodes: number): string => {
  const restart = `a restart of ${countOf(nodes, 'node')}`;
  if (next === wanted) return `${wanted} is staged for the next boot, and the operator wants ${restart}`;
  const write = `the operator will write NUM_OF_VFS=${wanted} and need ${restart}`;
  return wanted < current ? `${write}; keep ${current} to avoid it` : write;
};

export const firmwareRules = (context: CheckContext): readonly TrapSighting[] => {
  const isFixed = withoutMellanoxPlugin(context);
  const differing = wishesOf(context).filter(
    ({ wanted, firmware }) => firmware !== undefined && firmware.current !== wanted,
  );
  const alike = Map.groupBy(differing, ({ policy, wanted, firmware }) =>
    JSON.stringify([policy.policy.name, wanted, firmware]),
  );
  return [...alike.values()].flatMap((wishes): readonly TrapSighting[] => {
    const [first] = wishes;
    if (first?.firmware === undefined) return [];
    const { policy, wanted, firmware } = first;
    const nodes = [...new Set(wishes.map(({ node }) => node.name))];
    const where = { source: context.sourceOf(policy.policy), path: ['spec', 'numVfs'], nodes };
    const differs = `numVfs ${wanted} with NUM_OF_VFS ${firmware.current}`;
    if (!isFixed)
      return [{ ...where, trap: 'firmware-change', says: `${differs}: ${change(wanted, firmware, nodes.length)}` }];
    return wanted > firmware.current
      ? [{ ...where, trap: 'firmware-fixed', says: `${differs}, and the mellanox plugin is disabled` }]
      : [];
  });
};

/** Cards whose NUM_OF_VFS nothing tells: whether their firmware will be changed is unknown. */
export const firmwareGaps = (context: CheckContext): readonly Gap[] =>
  wishesOf(context)
    .filter(({ firmware }) => firmware === undefined)
    .map(({ node, card }) => ({
      node: node.name,
      what: `NUM_OF_VFS of ${card} on ${node.name}`,
      because: 'neither mstconfig output nor totalvfs was read: whether the firmware will be changed cannot be told',
      settle: `mstconfig -d ${card}.0 -e q NUM_OF_VFS SRIOV_EN`,
    }));
