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
}

export type VisitAct =
  | { readonly do: 'mark'; readonly mark: Mark; readonly value: string | null }
  | { readonly do: 'cordon' | 'uncordon' }
  | { readonly do: 'evict'; readonly pod: PodRef }
  | { readonly do: 'set-firmware'; readonly pci: string; readonly values: readonly string[] }
  /** `systemctl reboot` on the host. */
  | { readonly do: 'restart-host' }
  | { readonly do: 'power'; readonly request: PowerRequest }
  | { readonly do: 'create-canary' | 'delete-canary' };

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Acts that a node must be drained for. */
export const NEEDS_DRAIN: ReadonlySet<VisitAct['do']> = new Set(['restart-host', 'set-firmware', 'power']);

export const actWords = (act: VisitAct): string => {
  switch (act.do) {
    case 'mark':
      return `${act.mark.kind} ${act.mark.key}${act.value === null ? ' removed' : `=${act.value}`}`;
    case 'cordon':
    case 'uncordon':
      return act.do;
    case 'evict':
      return `evict ${act.pod.namespace}/${act.pod.name}`;
    case 'set-firmware':
      return `mstconfig -d ${act.pci} -y set ${act.values.join(' ')}`;
    case 'restart-host':
      return 'restart the host';
    case 'power':
      return `power ${act.request}`;
    case 'create-canary':
      return 'create the canary pod';
    case 'delete-canary':
      return 'delete the canary pod';
  }
};
