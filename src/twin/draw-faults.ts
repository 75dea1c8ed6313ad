/** Faults of a run by chance: which, when, how long and on whom, out of the closed list of faults.ts. */
import type { Random } from '../core/ports/random.ts';
import { API_FAULT_NAMES, NODE_FAULT_NAMES, type FaultName, type PlannedFault } from './faults.ts';

export interface FaultDraw {
  /** How many. */
  readonly count: number;
  /** The time in which they begin. */
  readonly withinSeconds: number;
  /** How long each lasts at most; at least a tenth of it. */
  readonly mostSeconds: number;
  readonly nodes: readonly string[];
  /** Whose calls faults of the API strike; absent: everybody's. */
  readonly callers?: readonly string[];
  /** Absent: any of the list. */
  readonly names?: readonly FaultName[];
}

export const drawFaults = (random: Random, draw: FaultDraw): readonly PlannedFault[] => {
  const { count, withinSeconds, mostSeconds, nodes, callers, names } = draw;
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const isWanted = (name: FaultName): boolean => names === undefined || names.includes(name);
  const api = API_FAULT_NAMES.filter(isWanted);
  const onNodes = nodes.length === 0 ? [] : NODE_FAULT_NAMES.filter(isWanted);
  if (api.length + onNodes.length === 0) return [];
  return Array.from({ length: count }, (): PlannedFault => {
    const when = {
      atSeconds: below(withinSeconds),
      forSeconds: Math.round(mostSeconds * (0.1 + 0.9 * random.next())),
    };
    const at = below(api.length + onNodes.length);
    const fault = api[at];
    if (fault !== undefined) return { ...when, fault, ...(callers === undefined ? {} : { callers }) };
    const node = nodes[below(nodes.length)] ?? '';
    return { ...when, node, fault: onNodes[at - api.length] ?? 'host-never-boots' };
  }).toSorted((a, b) => a.atSeconds - b.atSeconds);
};
