/**
 * What the validating webhook checks of a policy against another one of the same node, with its holes: an entry without a
 * range counts as -1..-1, and the comparison ends at the first PF that both name (validatePolicyForNodePolicy; reference:
 * sriov.md 1.8). What it overlooks is reported by check/.
 */
import type { SriovNetworkNodePolicy } from '../network-node-policy.ts';
import { parsePfName, parseWhole } from '../vf-range.ts';
import type { PfName, VfRange } from '../vf-range.ts';
import { ACCEPT, refuse } from './verdict.ts';
import type { Verdict } from './verdict.ts';

const NO_RANGE: VfRange = { start: -1, end: -1 };

/** What Go's Atoi hands back beside its error: the nearest number for one that is too large, else 0. */
const leftOver = (text: string): number => (/^[+-]?[0-9]+$/.test(text) ? Number(text) : 0);

/** An entry of the policy that is there already. Upstream overlooks a broken range there and goes on with what is left of it. */
const parseExisting = (entry: string): PfName => {
  const parsed = parsePfName(entry);
  if (parsed.ok) return parsed.value;
  const [name = '', range = ''] = entry.split('#');
  const [from = '', to = ''] = range.split('-');
  const start = parseWhole(from);
  return { name, range: start === undefined ? { start: leftOver(from), end: 0 } : { start, end: leftOver(to) } };
};

type PairCheck = (
  current: SriovNetworkNodePolicy,
  existing: SriovNetworkNodePolicy,
  resolve: (name: string) => string,
) => Verdict | undefined;

const checkPfNames: PairCheck = (current, existing, resolve) => {
  for (const [index, entry] of current.spec.nicSelector.pfNames.entries()) {
    const mine = parsePfName(entry);
    if (!mine.ok) return refuse(`invalid PF name: ${entry}`, 'nicSelector', 'pfNames', index);
    const name = resolve(mine.value.name);
    const { start, end } = mine.value.range ?? NO_RANGE;
    for (const other of existing.spec.nicSelector.pfNames) {
      const { name: otherName, range = NO_RANGE } = parseExisting(other);
      if (name !== resolve(otherName)) continue;
      if (current.spec.externallyManaged !== existing.spec.externallyManaged)
        return refuse(`externallyManage is inconsistent with existing policy ${existing.name}`, 'externallyManaged');
      return end < range.start || start > range.end
        ? undefined
        : refuse(
            `VF index range in ${entry} is overlapped with existing policy ${existing.name}`,
            'nicSelector',
            'pfNames',
            index,
          );
    }
  }
  return undefined;
};

const checkRootDevices: PairCheck = (current, existing) => {
  const index = current.spec.nicSelector.rootDevices.findIndex((address) =>
    existing.spec.nicSelector.rootDevices.includes(address),
  );
  return index < 0
    ? undefined
    : refuse(
        `root device ${current.spec.nicSelector.rootDevices[index]} is overlapped with existing policy ${existing.name}`,
        'nicSelector',
        'rootDevices',
        index,
      );
};

const checkTopology: PairCheck = (current, existing) =>
  current.spec.resourceName !== existing.spec.resourceName ||
  current.spec.excludeTopology === existing.spec.excludeTopology
    ? undefined
    : refuse(
        `excludeTopology[${current.spec.excludeTopology}] field conflicts with policy [${existing.name}].ExcludeTopology[${existing.spec.excludeTopology}] as they target the same resource[${current.spec.resourceName}]`,
        'excludeTopology',
      );

/**
 * `current` is the policy that is created or changed, `existing` one that is there. `resolve` brings alternative names of the
 * node's PFs to their own (nic-selector.ts, nameResolver); a node without a node state has none.
 */
export const validatePair = (
  current: SriovNetworkNodePolicy,
  existing: SriovNetworkNodePolicy,
  resolve: (name: string) => string = (name) => name,
): Verdict => {
  if (current.name === existing.name) return ACCEPT;
  for (const check of [checkPfNames, checkRootDevices, checkTopology]) {
    const verdict = check(current, existing, resolve);
    if (verdict !== undefined) return verdict;
  }
  return ACCEPT;
};
