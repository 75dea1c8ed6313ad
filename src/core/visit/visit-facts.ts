/**
 * What a visit is decided from. The node and its journal are always there; the rest is gathered for the stages that need it
 * (STAGE_KINDS), and reaches their rules only where it could be told.
 */
import type { NodeDrain } from './node-drain.ts';
import type { OtherAtWork, OtherToQuiet } from './others/other.ts';
import type { BmcTrouble } from '../power/bmc-trouble.ts';
import type { ArmSeen } from '../power/next-arm-step.ts';
import type { PowerGuardFacts } from '../power/power-guards.ts';
import type { PowerState } from '../ports/bmc.ts';
import type { RolloutGroup, RolloutSpec } from '../model/crd/rollout.ts';
import type { Gate } from './gates/gate.ts';
import type { CardReading } from './gates/firmware-gate.ts';
import type { TwoWays } from './gates/two-ways.ts';
import type { Told } from './told.ts';
import type { VisitJournal } from './visit-journal.ts';

export interface VisitNode {
  readonly name: string;
  readonly ready: boolean;
  readonly bootId: string;
  readonly schedulable: boolean;
  /** Who cordoned it and when, as far as the object tells; absent when it is schedulable. */
  readonly cordon?: { readonly by: string; readonly since?: string };
  readonly isControlPlane: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
}

export interface OthersFacts {
  /** Who is at work on the node now. */
  readonly atWork: readonly OtherAtWork[];
  /** Who would act on it while it is out, and offers to be kept away. */
  readonly toQuiet: readonly OtherToQuiet[];
  /** Pods of those that are kept away and have not gone yet. */
  readonly stillThere: readonly string[];
}

export interface PowerFacts {
  /** Who switches power; `nobody` where no rung that is allowed needs it. */
  readonly by: 'bmc' | 'person' | 'nobody';
  /** Read now. Absent where no BMC is asked, and where it told nothing. */
  readonly state?: PowerState;
  /** Whether it offers an AC cycle; absent where that was not asked. */
  readonly acCycle?: boolean;
  /** Why the BMC told nothing. */
  readonly trouble?: BmcTrouble;
  /** BlueFields in DPU mode, where it matters how their Arm sides are. */
  readonly arms?: readonly ArmSeen[];
  readonly guards: Omit<PowerGuardFacts, 'node' | 'drained'>;
}

/** What has to be known before the firmware of cards is reset. */
export interface ResetFacts {
  readonly cards: readonly {
    readonly pci: string;
    /** As mstfwreset tells; what it said stands in `said`. */
    readonly level3: boolean | 'unknown';
    readonly said: string;
    /** Functions of the card that have VFs. */
    readonly withVfs: readonly string[];
  }[];
  /** The pod that brought the driver of the cards; it stays through a drain. */
  readonly driverPod?: string;
  /** Pods that stay through a drain and hold VFs. */
  readonly users: readonly string[];
}

export interface OfferFacts {
  /** What was promised and what it left with, each with its verdict. */
  readonly gates: readonly Gate[];
  readonly canary: 'none' | 'absent' | 'waiting' | 'running' | 'failed';
}

/** What stands at the marks that were set on other objects than the node, by their ids; an object that is gone has none. */
export type MarkFacts = Readonly<Record<string, string | null>>;

/** Facts by name, with what a rule gets when they could be told. */
export interface GatheredFacts {
  readonly others: OthersFacts;
  readonly marks: MarkFacts;
  readonly pods: NodeDrain;
  readonly power: PowerFacts;
  readonly ways: TwoWays;
  readonly firmware: readonly CardReading[];
  readonly reset: ResetFacts;
  readonly offer: OfferFacts;
  /** What the node has and must not lose. */
  readonly belongings: NonNullable<VisitJournal['left']>;
}

export type FactName = keyof GatheredFacts;

export type ToldFacts = { readonly [Name in FactName]?: Told<GatheredFacts[Name]> };

/** Always there. */
export interface VisitBase {
  readonly nowMs: number;
  readonly node: VisitNode;
  readonly spec: RolloutSpec;
  readonly group: RolloutGroup;
  readonly journal: VisitJournal;
}

export interface VisitFacts extends VisitBase {
  readonly told: ToldFacts;
}
