/**
 * Which pods an input shows to exist: objects, and rows of pasted `get pods` tables. That a pod is gone is a fact only in
 * namespaces whose pods were looked at.
 */
import { isFinished } from '../drain/pod-facts.ts';
import { digText } from '../model/dig.ts';
import { askedResources, pastedRows } from '../snapshot/pasted-table.ts';
import type { Facts } from './facts.ts';

export interface KnownPods {
  /** `up`: it runs; `waiting`: it is there and does not run; `gone`: it is not there, or over; undefined: nobody looked. */
  readonly stateOf: (podref: string) => 'up' | 'waiting' | 'gone' | undefined;
}

const NAMESPACE_OPTION = /(?:^|\s)(?:-n|--namespace)[ =](\S+)/;

const WAITING = /^(?:Pending|ContainerCreating|Init:|PodInitializing|Unknown)/;
const OVER = /^(?:Completed|Succeeded|Failed|Error|Evicted)/;

type State = 'up' | 'waiting' | 'gone';

const stateOfPhase = (phase: string): State => (OVER.test(phase) ? 'gone' : WAITING.test(phase) ? 'waiting' : 'up');

export const knownPods = (facts: Facts): KnownPods => {
  const states = new Map<string, State>();
  const looked = new Set<string>();
  for (const output of facts.pasted()) {
    if (!askedResources(output.command).some((resource) => /^(?:pods?|po)$/.test(resource))) continue;
    const own = NAMESPACE_OPTION.exec(output.command)?.[1] ?? 'default';
    for (const { cells } of pastedRows(output)) {
      const namespace = cells['NAMESPACE'] ?? own;
      looked.add(namespace);
      states.set(`${namespace}/${(cells['NAME'] ?? '').replace(/^pod\//, '')}`, stateOfPhase(cells['STATUS'] ?? ''));
    }
  }
  for (const { object } of facts.objects('Pod')) {
    const namespace = object.metadata.namespace ?? 'default';
    looked.add(namespace);
    states.set(
      `${namespace}/${object.metadata.name}`,
      isFinished(object) ? 'gone' : stateOfPhase(digText(object, 'status', 'phase') ?? 'Unknown'),
    );
  }
  return {
    stateOf: (podref) => states.get(podref) ?? (looked.has(podref.split('/')[0] ?? '') ? 'gone' : undefined),
  };
};
