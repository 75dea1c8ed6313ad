/**
 * What core/sriov says of the policies of an input, as statements of rules: each rule names the traps that are its own. Asked once
 * for all of them.
 */
import { checkSriov } from '../sriov/check/check-sriov.ts';
import type { TrapFinding } from '../sriov/check/trap-finding.ts';
import type { TrapName } from '../sriov/check/traps.ts';
import { sriovWorld } from '../sriov/sriov-world.ts';
import { textEvidence } from './evidence.ts';
import type { Facts } from './facts.ts';
import type { Finding, Statement } from './finding.ts';

const asked = new WeakMap<Facts, readonly TrapFinding[]>();

export const sriovTraps = (facts: Facts): readonly TrapFinding[] => {
  const before = asked.get(facts);
  if (before !== undefined) return before;
  const { findings } = checkSriov(sriovWorld(facts.snapshot));
  asked.set(facts, findings);
  return findings;
};

/** The name of the policy (or pool, or ConfigMap) that a trap is about. */
export const trapName = ({ object }: TrapFinding): string => object.split(' ').at(-1) ?? object;

/** One finding for each trap of these names that `isFault` lets through; a clear where policies are there and none has one. */
export const trapStatements = (
  facts: Facts,
  names: readonly TrapName[],
  { clear, isFault = () => true }: { readonly clear: string; readonly isFault?: (trap: TrapFinding) => boolean },
): readonly Statement[] => {
  const own = sriovTraps(facts).filter((trap) => names.includes(trap.trap) && isFault(trap));
  const found = own.map((trap): Finding => ({
    says: 'finding',
    scope: trap.nodes.length === 1 ? { node: trap.nodes[0] ?? '' } : {},
    because: `${trap.object}: ${trap.says}`,
    confidence: 'proven',
    sameAs: `${trap.trap} ${trap.object}`,
    evidence: [textEvidence(trap.origin, `${trap.field}: ${trap.says}`)],
  }));
  return found.length > 0 || facts.objects('SriovNetworkNodePolicy').length === 0
    ? found
    : [{ says: 'clear', scope: {}, saw: clear }];
};

/** The ways out that core/sriov names for these findings. */
export const trapWaysOut = (facts: Facts, names: readonly TrapName[]): readonly string[] => [
  ...new Set(
    sriovTraps(facts)
      .filter(({ trap }) => names.includes(trap))
      .map(({ remedy }) => remedy),
  ),
];
