/**
 * Checks 2 to 4 of a node, and what it left with: VFs on every configured function, a fresh and finished node state, resources
 * at their promised number, and nothing lost (requirements 000-59, 000-77 to 000-79).
 */
import { NVIDIA_RESOURCE_PREFIX, promisedResources } from '../../sriov/extended-resources.ts';
import type { NodeState } from '../../inventory/node-state.ts';
import { quantityMilli } from '../../model/quantity.ts';
import type { VisitJournal } from '../visit-journal.ts';
import { failing, pass, unknown, type Gate } from './gate.ts';

/** VFs of one function as the host itself counts them. */
export interface VfCount {
  readonly pci: string;
  /** `absent`: the host has no such function, or it offers no SR-IOV. */
  readonly numVfs: number | 'absent';
}

const named = (name: string | undefined, pci: string): string => (name === undefined ? pci : `${name} (${pci})`);

export const vfGates = (state: NodeState | undefined, counts: readonly VfCount[] | undefined): readonly Gate[] =>
  (state?.wanted ?? []).map(({ pci, name, numVfs }) => {
    const on = named(name, pci);
    const found = counts?.find((one) => one.pci === pci)?.numVfs;
    if (found === undefined) return unknown('vfs', on, `sriov_numvfs of ${on} was not read`);
    if (found === 'absent')
      return failing('vfs', on, `the host has no sriov_numvfs for ${on}: the function is not there, or SR-IOV is off`);
    if (found === numVfs) return pass('vfs', on, `${found} VFs`);
    return failing('vfs', on, found === 0 ? `no VFs, ${numVfs} wanted` : `${found} VFs, ${numVfs} wanted`);
  });

/** `Succeeded` says nothing while what the daemon saw is not what is wanted: it is an old word then. */
export const nodeStateGates = (state: NodeState | undefined): readonly Gate[] => {
  if (state === undefined) return [];
  const on = `SriovNetworkNodeState/${state.node ?? ''}`;
  if (state.syncStatus === undefined) return [unknown('node-state', on, 'it has no syncStatus')];
  if (state.syncStatus !== 'Succeeded')
    return [
      failing(
        'node-state',
        on,
        `syncStatus is ${state.syncStatus}${state.lastSyncError === undefined || state.lastSyncError === '' ? '' : `: ${state.lastSyncError}`}`,
      ),
    ];
  const stale = state.wanted.find(({ pci, numVfs }) => {
    const seen = state.seen.find((one) => one.pci === pci);
    return seen === undefined || (seen.numVfs ?? 0) !== numVfs;
  });
  if (stale !== undefined)
    return [
      failing(
        'node-state',
        on,
        `syncStatus is Succeeded, but its status shows ${state.seen.find(({ pci }) => pci === stale.pci)?.numVfs ?? 'no'} VFs on ${named(stale.name, stale.pci)} and its spec wants ${stale.numVfs}: the word is old`,
      ),
    ];
  if ((state.currentState ?? 'Idle') !== 'Idle')
    return [failing('node-state', on, `the drain is not given back: current-state ${state.currentState ?? ''}`)];
  return [pass('node-state', on, 'Succeeded, and status is as the spec wants it')];
};

/** What the groups of the node state promise, by resource. */
export const promisedOf = (
  state: NodeState | undefined,
  prefix = NVIDIA_RESOURCE_PREFIX,
): ReadonlyMap<string, number> =>
  promisedResources(
    {
      interfaces: (state?.wanted ?? []).map((one) => ({
        pciAddress: one.pci,
        numVfs: one.numVfs,
        vfGroups: one.groups,
      })),
    },
    prefix,
  );

const units = (quantity: string | undefined): number | undefined => {
  const milli = quantityMilli(quantity);
  return milli === undefined ? undefined : Number(milli) / 1000;
};

export const resourceGates = (
  promised: ReadonlyMap<string, number>,
  allocatable: Readonly<Record<string, string>>,
): readonly Gate[] =>
  [...promised].map(([name, wanted]) => {
    const offered = units(allocatable[name]);
    if (offered === wanted) return pass('resources', name, `${offered} allocatable`);
    if (offered === undefined)
      return failing('resources', name, `not offered at all, ${wanted} wanted: its pool was never registered`);
    return failing(
      'resources',
      name,
      offered === 0 ? `0 of ${wanted} allocatable: its pool lost its devices` : `${offered} of ${wanted} allocatable`,
    );
  });

/** A node comes back with at least what it left with; what policies promise is checked by its own gate. */
export const leftWithGates = (
  left: VisitJournal['left'],
  allocatable: Readonly<Record<string, string>>,
  counts: readonly VfCount[] | undefined,
): readonly Gate[] => [
  ...Object.entries(left?.resources ?? {}).map(([name, before]): Gate => {
    const after = allocatable[name];
    const isLess = (units(after) ?? 0) < (units(before) ?? 0);
    return isLess
      ? failing('left-with', name, `it left with ${before} and came back with ${after ?? 'none'}`)
      : pass('left-with', name, `${after ?? '0'} as before or more`);
  }),
  ...(left?.functions ?? []).map((pci): Gate => {
    const found = counts?.find((one) => one.pci === pci);
    if (found === undefined) return unknown('functions', pci, `whether the function ${pci} is there was not read`);
    return found.numVfs === 'absent'
      ? failing('functions', pci, `the function ${pci} was there before and is gone`)
      : pass('functions', pci, 'is there as before');
  }),
];

/** Resources that a restart must not cost: devices of plug-ins and processors; memory differs a little with each boot. */
export const worthKeeping = (
  allocatable: Readonly<Record<string, string>>,
  promised: ReadonlyMap<string, number>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(allocatable).filter(
      ([name, amount]) => (name.includes('/') || name === 'cpu') && amount !== '0' && !promised.has(name),
    ),
  );
