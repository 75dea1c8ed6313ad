/** Traps of several policies on one PF: what upstream's merge keeps, drops and resets (reference: sriov.md 1.6 a to e). */
import type { InterfaceDraft } from '../apply-policy.ts';
import type { SriovNetworkNodePolicy } from '../network-node-policy.ts';
import type { RangedGroup } from '../prepared-policy.ts';
import { inRange, rangesOverlap, showRange } from '../vf-range.ts';
import type { VfRange } from '../vf-range.ts';
import { validatePair } from '../webhook/validate-pair.ts';
import type { CheckContext, NodeClass } from './check-context.ts';
import type { TrapSighting } from './trap-finding.ts';

type Applied = NodeClass['applications'][number];

interface Meeting {
  readonly application: Applied;
  readonly before: InterfaceDraft;
  /** The policy that is applied here. */
  readonly newer: SriovNetworkNodePolicy;
  readonly newGroup: RangedGroup;
  readonly survivors: readonly RangedGroup[];
  readonly lost: readonly RangedGroup[];
}

const meetingsOf = ({ applications }: NodeClass): readonly Meeting[] =>
  applications.flatMap((application) => {
    const { before, after, policy } = application;
    const [newGroup, ...survivors] = after.groups;
    if (before === undefined || newGroup === undefined) return [];
    const lost = before.groups.filter((group) => !after.groups.includes(group));
    return [{ application, before, newer: policy.policy, newGroup, survivors, lost }];
  });

type MergeRule = (meeting: Meeting, one: NodeClass, context: CheckContext) => readonly TrapSighting[];

const policyNamed = ({ policies }: NodeClass, name: string | undefined): SriovNetworkNodePolicy | undefined =>
  policies.find(({ policy }) => policy.name === name)?.policy;

/**
 * A policy for one PF over a wider one, told apart by priority. Where both name the PF the webhook would refuse the pair,
 * whatever the priorities, if it saw the overlap.
 */
const isMeant = (older: SriovNetworkNodePolicy, newer: SriovNetworkNodePolicy): boolean =>
  older.spec.priority !== newer.spec.priority &&
  [older, newer].some(({ spec }) => spec.nicSelector.pfNames.length === 0);

/** A group that is gone: by the same resource, by an overlap that the webhook does not see, or by priority as it is meant. */
const lostGroups: MergeRule = ({ application, newer, newGroup, lost }, one, { sourceOf }) =>
  lost.flatMap((group): readonly TrapSighting[] => {
    const older = policyNamed(one, group.group.policyName);
    if (older === undefined || !(validatePair(newer, older, one.resolve).accept && validatePair(older, newer, one.resolve).accept))
      return [];
    const path = ['spec', 'nicSelector'];
    const where = { nodes: one.names, source: sourceOf(newer), path };
    const { name } = application.iface;
    const theirs = `VFs ${showRange(group.range)} of ${name} that policy ${older.name} gives to ${older.spec.resourceName}`;
    if (!rangesOverlap(group.range, newGroup.range))
      return [{ ...where, trap: 'same-resource-twice', says: `its VFs ${showRange(newGroup.range)} of ${name} replace ${theirs}` }];
    const says = `its VFs ${showRange(newGroup.range)} of ${name} wipe out ${theirs}`;
    return [{ ...where, trap: isMeant(older, newer) ? 'overridden' : 'overlap-unseen', says }];
  }); // prettier-ignore

const resets: MergeRule = ({ application, before, newer, survivors }, { names: nodes }, { sourceOf }) => {
  if (survivors.length === 0) return [];
  const { after, iface } = application;
  const kept = survivors.map(({ group }) => group.policyName).join(', ');
  const source = sourceOf(newer);
  const fields = ['eSwitchMode', 'linkType', 'externallyManaged'] as const;
  const isSame = (field: (typeof fields)[number]): boolean =>
    String(before[field] || (field === 'eSwitchMode' ? 'legacy' : '')).toLowerCase() ===
    String(after[field] || (field === 'eSwitchMode' ? 'legacy' : '')).toLowerCase();
  const show = (value: string | boolean): string => (value === '' ? 'nothing' : String(value));
  return [
    ...fields
      .filter((field) => before[field] !== '' && !isSame(field))
      .map((field): TrapSighting => ({
        trap: 'merge-resets',
        source,
        path: ['spec', field],
        says: `${field} of ${iface.name} becomes ${show(after[field])}; with ${kept} it was ${show(before[field])}`,
        nodes,
      })),
    ...(newer.spec.mtu > 0 && before.mtu > newer.spec.mtu
      ? [
          {
            trap: 'merge-raises-mtu',
            source,
            path: ['spec', 'mtu'],
            says: `mtu of ${iface.name} stays ${before.mtu} by ${kept}, not ${newer.spec.mtu}`,
            nodes,
          } as const,
        ]
      : []),
  ];
};

const leaks: MergeRule = ({ application, before, newer, survivors }, one, { sourceOf }) => {
  const { after, iface, equalPriority } = application;
  const older = policyNamed(one, before.groups[0]?.group.policyName);
  if (!equalPriority || survivors.length > 0 || older === undefined) return [];
  if (older.spec.priority === newer.spec.priority) return [];
  if (after.numVfs === newer.spec.numVfs && after.mtu === newer.spec.mtu) return [];
  return [
    {
      trap: 'priority-leaks',
      source: sourceOf(newer),
      path: ['spec', 'priority'],
      says: `${iface.name} keeps numVfs ${after.numVfs} and mtu ${after.mtu} of the weaker policy ${older.name}, since a policy on another PF has priority ${newer.spec.priority} too`,
      nodes: one.names,
    },
  ];
};

/** Indices from 0 to `count` that no range has, as ranges. */
const uncovered = (ranges: readonly VfRange[], count: number): readonly VfRange[] => {
  const gaps: { start: number; end: number }[] = [];
  for (let index = 0; index < count; index += 1) {
    if (ranges.some((range) => inRange(index, range))) continue;
    const last = gaps.at(-1);
    if (last !== undefined && last.end === index - 1) last.end = index;
    else gaps.push({ start: index, end: index });
  }
  return gaps;
};

/** How a PF stands once all policies are applied. */
const finalPfs = (one: NodeClass, { sourceOf }: CheckContext): readonly TrapSighting[] => {
  const last = new Map(one.applications.map((application) => [application.after.pciAddress, application]));
  return [...last.values()].flatMap(({ after, policy, iface }): readonly TrapSighting[] => {
    const source = sourceOf(policy.policy);
    const ranges = after.groups.map(({ range }) => range);
    const free = uncovered(ranges, Math.min(after.numVfs, 1024));
    const beyond = ranges.filter(({ end }) => end >= after.numVfs);
    const path = ['spec', 'numVfs'];
    return [
      ...(free.length === 0
        ? []
        : [{ trap: 'vfs-in-no-group', source, path, nodes: one.names, says: `VFs ${free.map(showRange).join(', ')} of ${iface.name} belong to no resource` } as const]),
      ...beyond.map((range) => ({ trap: 'range-beyond-vfs', source, path, nodes: one.names, says: `VFs ${showRange(range)} of ${iface.name} are promised, and it gets ${after.numVfs} VFs` }) as const),
    ];
  }); // prettier-ignore
};

export const mergeRules = (context: CheckContext): readonly TrapSighting[] =>
  context.classes.flatMap((one) => [
    ...meetingsOf(one).flatMap((meeting) => [lostGroups, resets, leaks].flatMap((rule) => rule(meeting, one, context))),
    ...finalPfs(one, context),
  ]);
