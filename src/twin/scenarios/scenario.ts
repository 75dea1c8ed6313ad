/**
 * A scenario as data: machines, the objects that are there when it begins, and what people and misfortune do, and when. It
 * states no outcome: what comes of it, the actors bring about (000-01).
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { FleetNode } from '../actors/node-status.ts';
import type { PowerRequest } from '../../core/ports/bmc.ts';
import type { ToolFault } from '../hardware/adapter.ts';
import type { HostTrouble } from '../hardware/host.ts';
import type { BmcFaultRule } from '../hardware/twin-bmc.ts';
import type { FaultRule } from '../world/world-faults.ts';

export type Act =
  /** `kubectl apply`, by a person or by Helm. */
  | { readonly do: 'apply'; readonly objects: readonly KubeDraft[] }
  | { readonly do: 'delete'; readonly kind: string; readonly namespace?: string; readonly name: string }
  | { readonly do: 'label'; readonly node: string; readonly labels: Readonly<Record<string, string | null>> }
  | { readonly do: 'cordon' | 'uncordon' | 'drain'; readonly node: string }
  /** `ssh NODE reboot`. */
  | { readonly do: 'restart' | 'reimage'; readonly node: string }
  /** By the BMC: shut down, wait until it reads off, leave it off for `offSeconds`, power on. */
  | { readonly do: 'power-off-and-on'; readonly node: string; readonly offSeconds: number }
  /** Presses the button of its BMC, and looks no further. */
  | { readonly do: 'power'; readonly node: string; readonly request: PowerRequest }
  /** `kubectl patch --type merge`. */
  | {
      readonly do: 'patch';
      readonly kind: string;
      readonly namespace?: string;
      readonly name: string;
      readonly body: Readonly<Record<string, unknown>>;
    }
  | {
      readonly do: 'host-trouble';
      readonly node: string;
      readonly trouble: HostTrouble;
      readonly forSeconds: number;
    }
  | {
      readonly do: 'break-tool';
      readonly node: string;
      /** Any function of each adapter. */
      readonly pcis: readonly string[];
      readonly fault: ToolFault | 'none';
    }
  | { readonly do: 'api-faults'; readonly rules: readonly FaultRule[]; readonly forSeconds: number }
  | {
      /** Of the host's BMC, or of those of its BlueFields. */
      readonly do: 'bmc-faults' | 'arm-faults';
      readonly node: string;
      readonly rules: readonly BmcFaultRule[];
      readonly forSeconds: number;
    };

export interface ScenarioStep {
  /** After the beginning. */
  readonly atMinutes: number;
  readonly act: Act;
}

/** An operator of the twin, by the name of its container, and the namespace that it looks after. */
export interface StandIn {
  readonly operator: 'sriov-network-operator' | 'network-operator';
  readonly namespace: string;
}

export interface Scenario {
  readonly name: string;
  /** One sentence: what happens to whom. */
  readonly about: string;
  readonly release: string;
  readonly fleet: readonly FleetNode[];
  /** There from the beginning. */
  readonly objects: readonly KubeDraft[];
  /** There from the beginning too, and taken over as they are from another cluster (load-snapshot.ts). */
  readonly stored?: readonly KubeObject[];
  /** When it begins, in milliseconds since the Unix epoch; absent: a fixed moment. */
  readonly startMs?: number;
  readonly steps: readonly ScenarioStep[];
  /** How long it runs unless it is told otherwise. */
  readonly untilMinutes: number;
  /** Operators that run although no object of the cluster says so (stand-ins.ts). */
  readonly standIns?: readonly StandIn[];
  /** Images that no registry has, beside those that core/release knows to be wrong. */
  readonly missingImages?: readonly string[];
}
