/**
 * One policy put onto what earlier policies made of a node's PFs (api/v1/helper.go, Apply and mergeConfigs; reference:
 * sriov.md 1.6). In which order policies come, and for which nodes, is left to render-policies.ts.
 */
import type { Fault } from '../result.ts';
import type { InterfaceSpec, InterfaceStatus, VfGroup } from './network-node-state.ts';
import type { PreparedPolicy, RangedGroup } from './prepared-policy.ts';
import { parseRange, rangesOverlap } from './vf-range.ts';

/** A PF while policies are put onto it; empty text, 0 and false mean that no policy has said anything. */
export interface InterfaceDraft {
  readonly pciAddress: string;
  readonly name: string;
  readonly numVfs: number;
  readonly mtu: number;
  readonly linkType: string;
  readonly eSwitchMode: string;
  readonly externallyManaged: boolean;
  readonly groups: readonly RangedGroup[];
}

/** By PCI address, in the order of first appearance. */
export type InterfaceDrafts = Map<string, InterfaceDraft>;

/** What happened on one PF, for those who explain a rendering (check/). */
export interface Application {
  readonly policy: PreparedPolicy;
  readonly iface: InterfaceStatus;
  /** What stood there before; absent where this policy is the first on the PF. */
  readonly before?: InterfaceDraft;
  readonly after: InterfaceDraft;
}

/** A range that cannot be read overlaps nothing, as in upstream. */
const overlap = (a: RangedGroup, b: RangedGroup): boolean => rangesOverlap(a.range, b.range);

const merge = (
  older: InterfaceDraft,
  newer: InterfaceDraft,
  group: RangedGroup,
  equalPriority: boolean,
): InterfaceDraft => {
  const surviving = older.groups.filter(
    (old) => old.group.resourceName !== group.group.resourceName && !overlap(old, group),
  );
  const groups = surviving.length === 0 ? newer.groups : [group, ...surviving];
  if (!equalPriority && surviving.length === 0) return newer;
  return { ...newer, groups, numVfs: Math.max(newer.numVfs, older.numVfs), mtu: Math.max(newer.mtu, older.mtu) };
};

/**
 * Puts `policy` onto every PF that it selects, changing `drafts`. `equalPriority`: the policy applied before it on this
 * node, on whatever PF, had the same priority. Returns a fault where a range cannot be read; upstream then gives up the
 * whole pass, for all nodes.
 */
export const applyPolicy = (
  drafts: InterfaceDrafts,
  interfaces: readonly InterfaceStatus[],
  policy: PreparedPolicy,
  equalPriority: boolean,
  observe?: (application: Application) => void,
): Fault | undefined => {
  const { spec } = policy.policy;
  if (spec.numVfs <= 0) return undefined;
  for (const iface of interfaces) {
    if (!policy.selectsInterface(iface)) continue;
    const found = policy.groupOn(iface.name);
    if (!found.ok) return found.fault;
    const group = found.value;
    const before = drafts.get(iface.pciAddress);
    const own: InterfaceDraft = {
      pciAddress: iface.pciAddress,
      name: iface.name,
      numVfs: spec.numVfs,
      mtu: spec.mtu,
      linkType: spec.linkType,
      eSwitchMode: spec.eSwitchMode,
      externallyManaged: spec.externallyManaged,
      groups: [group],
    };
    const after = before === undefined ? own : merge(before, own, group, equalPriority);
    drafts.set(iface.pciAddress, after);
    observe?.({ policy, iface, after, ...(before === undefined ? {} : { before }) });
  }
  return undefined;
};

/** A range that matches no index stands for one that cannot be read. */
const UNREADABLE = { start: Number.NaN, end: Number.NaN };

const ranged = (group: VfGroup): RangedGroup => ({ group, range: parseRange(group.vfRange) ?? UNREADABLE });

/** Drafts from a spec that is there already. */
export const draftsOf = (specs: readonly InterfaceSpec[]): InterfaceDrafts =>
  new Map(
    specs.map((spec) => [
      spec.pciAddress,
      {
        pciAddress: spec.pciAddress,
        name: spec.name ?? '',
        numVfs: spec.numVfs ?? 0,
        mtu: spec.mtu ?? 0,
        linkType: spec.linkType ?? '',
        eSwitchMode: spec.eSwitchMode ?? '',
        externallyManaged: spec.externallyManaged ?? false,
        groups: (spec.vfGroups ?? []).map(ranged),
      },
    ]),
  );

/** Drafts as spec.interfaces, in the order of upstream's JSON. */
export const specsOf = (drafts: InterfaceDrafts): readonly InterfaceSpec[] =>
  [...drafts.values()].map((draft) => ({
    pciAddress: draft.pciAddress,
    ...(draft.numVfs === 0 ? {} : { numVfs: draft.numVfs }),
    ...(draft.mtu === 0 ? {} : { mtu: draft.mtu }),
    ...(draft.name === '' ? {} : { name: draft.name }),
    ...(draft.linkType === '' ? {} : { linkType: draft.linkType }),
    ...(draft.eSwitchMode === '' ? {} : { eSwitchMode: draft.eSwitchMode }),
    ...(draft.groups.length === 0 ? {} : { vfGroups: draft.groups.map(({ group }) => group) }),
    ...(draft.externallyManaged ? { externallyManaged: true } : {}),
  }));
