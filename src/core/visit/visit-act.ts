/** What a visit may do to the world, as a closed list. Each act may be made twice without harm, since a crash may repeat it. */
import type { PowerRequest } from '../ports/bmc.ts';

/** A label or an annotation on an object of the cluster. */
export interface Mark {
  /** Stable, for the journal. */
  readonly id: string;
  readonly kind: 'label' | 'annotation';
  readonly key: string;
  /** What keeps the other away while it stands there; null: that nothing stands there. */
  readonly value: string | null;
  /** Absent: on the visit's own node. */
  readonly on?: MarkedObject;
}

/** An object that belongs to this one node, of whatever version the server has. */
export interface MarkedObject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly namespace: string;
  readonly name: string;
}

export type VisitAct =
  | { readonly do: 'mark'; readonly mark: Mark; readonly value: string | null }
  | { readonly do: 'cordon' | 'uncordon' }
  | { readonly do: 'evict'; readonly pod: PodRef }
  | { readonly do: 'set-firmware'; readonly pci: string; readonly values: readonly string[] }
  | { readonly do: 'clear-vfs'; readonly pci: string }
  /** mstfwreset; whoever made it writes the answer into the journal. */
  | { readonly do: 'reset-firmware'; readonly pci: string; readonly level: 3; readonly skipDriver: boolean }
  /** `systemctl reboot` on the host. */
  | { readonly do: 'restart-host' }
  | { readonly do: 'power'; readonly request: PowerRequest }
  /** Of a BlueField, before the power of its host goes. */
  | { readonly do: 'shut-down-arm'; readonly card: string }
  | { readonly do: 'create-canary' | 'delete-canary' };

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}
