/**
 * Each guard dropped once: the rule is fed what would satisfy it, whatever is true. The suite has to notice every one of them,
 * or it proves nothing.
 */
import { FIELD_MANAGER } from '../../src/core/model/field-manager.ts';
import { VISIT_DECIDERS, type VisitDeciders } from '../../src/controllers/rollout/visit-deciders.ts';
import type { RolloutPorts } from '../../src/controllers/rollout/rollout-ports.ts';
import { ok } from '../../src/core/result.ts';
import type { Gate } from '../../src/core/visit/gates/gate.ts';
import type { Told } from '../../src/core/visit/told.ts';
import type { VisitFacts } from '../../src/core/visit/visit-facts.ts';
import type { FaultName } from '../../src/twin/faults.ts';
import type { Twin } from '../../src/twin/twin.ts';
import { WANTED } from './cluster-of-seed.ts';
import type { RunOptions } from './run-of-seed.ts';

export interface DroppedGuard {
  readonly guard: string;
  /** The rule of the design that is broken without it. */
  readonly breaks: string;
  readonly deciders?: VisitDeciders;
  readonly alter?: (ports: RolloutPorts, twin: Twin) => RolloutPorts;
  /** What has to go wrong for it to matter; absent: nothing. */
  readonly meet: NonNullable<RunOptions['meet']>;
}

const fed = (change: (facts: VisitFacts) => VisitFacts): VisitDeciders => ({
  ...VISIT_DECIDERS,
  nextVisitStep: (facts) => VISIT_DECIDERS.nextVisitStep(change(facts)),
});

const replaced = <T>(
  fact: Told<T> | undefined,
  value: (known: T) => T,
): { readonly known: true; readonly value: T } | undefined =>
  fact?.known === true ? { known: true, value: value(fact.value) } : undefined;

const withoutGate = (name: Gate['gate']): VisitDeciders =>
  fed((facts) => {
    const offer = replaced(facts.told.offer, (known) => ({
      ...known,
      gates: known.gates.filter(({ gate }) => gate !== name),
    }));
    return offer === undefined ? facts : { ...facts, told: { ...facts.told, offer } };
  });

const meets = (
  fault: FaultName,
  stage: Exclude<RunOptions['meet'], 'nothing' | undefined>['stage'],
): NonNullable<RunOptions['meet']> => ({
  fault,
  stage,
});

export const DROPPED_GUARDS: readonly DroppedGuard[] = [
  {
    guard: 'every pod that has to go is gone',
    breaks: 'drained',
    meet: 'nothing',
    deciders: fed((facts) => {
      const pods = replaced(facts.told.pods, () => ({ going: [], refused: [], jobs: [] }));
      return pods === undefined ? facts : { ...facts, told: { ...facts.told, pods } };
    }),
  },
  {
    guard: 'the node is cordoned',
    breaks: 'drained',
    meet: 'nothing',
    deciders: fed((facts) =>
      facts.journal.stage === 'gate' || facts.journal.stage === 'uncordon'
        ? facts
        : { ...facts, node: { ...facts.node, schedulable: false } },
    ),
  },
  {
    guard: 'off is read three times and held',
    breaks: 'off is proved',
    meet: 'nothing',
    deciders: fed((facts) => ({ ...facts, spec: { ...facts.spec, power: { ...facts.spec.power, holdSeconds: 0 } } })),
  },
  {
    guard: 'settings are current before the node is given back',
    breaks: 'proved',
    meet: meets('host-firmware-keeps', 'restart'),
    deciders: fed((facts) => {
      if (facts.journal.stage !== 'verify') return facts;
      const firmware = replaced(facts.told.firmware, (cards) =>
        cards.map((card) => ({
          pci: card.pci,
          settings: [{ name: 'NUM_OF_VFS', current: WANTED, next: WANTED }],
        })),
      );
      return firmware === undefined ? facts : { ...facts, told: { ...facts.told, firmware } };
    }),
  },
  {
    guard: 'the node has what it left with',
    breaks: 'nothing lost',
    meet: meets('host-loses-gpu', 'restart'),
    deciders: fed((facts) => {
      const offer = replaced(facts.told.offer, (known) => ({ ...known, gates: [] }));
      return offer === undefined ? facts : { ...facts, told: { ...facts.told, offer } };
    }),
  },
  {
    guard: 'its PCIe links run as they did',
    breaks: 'nothing lost',
    meet: meets('host-link-narrow', 'restart'),
    deciders: withoutGate('links'),
  },
  {
    guard: 'its ports are up as they were',
    breaks: 'nothing lost',
    meet: meets('host-port-down', 'restart'),
    deciders: withoutGate('ports'),
  },
  {
    guard: 'the budget',
    breaks: 'budget',
    meet: 'nothing',
    deciders: { ...VISIT_DECIDERS, overBudget: () => undefined },
  },
  {
    guard: 'only our own cordon is taken off',
    breaks: 'our cordon only',
    meet: meets('person-cordons', 'quiet'),
    // The journal remembers whose cordon it found, and the API server whose stands now.
    deciders: fed((facts) =>
      facts.journal.stage === 'uncordon'
        ? {
            ...facts,
            journal: { ...facts.journal, cordon: 'ours' },
            node: { ...facts.node, cordon: { by: FIELD_MANAGER } },
          }
        : facts,
    ),
  },
  {
    guard: 'Arm sides of DPUs are proved down',
    breaks: 'Arm sides',
    meet: 'nothing',
    deciders: fed((facts) => {
      const power = replaced(facts.told.power, (known) => ({
        ...known,
        arms: facts.group.dpus.map((card) => ({ card, state: 'down' as const, said: 'LowPowerStandby' })),
      }));
      return power === undefined ? facts : { ...facts, told: { ...facts.told, power } };
    }),
  },
  {
    guard: 'the BMC belongs to this host',
    breaks: 'the right host',
    meet: 'nothing',
    alter: (ports, twin) => {
      const names = [...twin.hosts.keys()];
      const next = (node: string): string => names[(names.indexOf(node) + 1) % names.length] ?? node;
      return {
        ...ports,
        // The address of the next host, with an identity that says what is wanted.
        bmc: (node) => {
          const other = twin.bmc(next(node));
          return Promise.resolve(
            ok({
              ...other,
              identity: () => Promise.resolve(ok({ uuid: twin.hosts.get(node)?.uuid ?? '' })),
            }),
          );
        },
      };
    },
  },
];
