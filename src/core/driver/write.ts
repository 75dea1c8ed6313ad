/**
 * What a pass writes or starts, as data in the order in which upstream does it. Carrying it out is left to whoever
 * called: the twin's operator, a controller, or nobody (explain, next).
 */
import type { KubeObject } from '../model/kube-object.ts';
import type { UpgradeState } from './upgrade-state.ts';

export type Write =
  | { readonly do: 'set-state'; readonly node: string; readonly state: UpgradeState }
  | { readonly do: 'annotate'; readonly node: string; readonly key: string; readonly value: string }
  /** Upstream sends this patch even where the annotation is absent. */
  | { readonly do: 'drop-annotation'; readonly node: string; readonly key: string }
  | { readonly do: 'drop-state'; readonly node: string }
  | { readonly do: 'cordon'; readonly node: string }
  | { readonly do: 'uncordon'; readonly node: string }
  | { readonly do: 'delete-driver-pod'; readonly node: string; readonly namespace: string; readonly pod: string }
  | { readonly do: 'create-maintenance'; readonly node: string; readonly object: KubeObject }
  | { readonly do: 'join-maintenance'; readonly node: string; readonly name: string; readonly requestor: string }
  | { readonly do: 'delete-maintenance'; readonly node: string; readonly name: string }
  | { readonly do: 'release-maintenance'; readonly node: string; readonly name: string; readonly requestor: string };

/** Work that a pass starts and does not wait for; its result is written to the node by nobody but itself (D21). */
export interface BackgroundStart {
  readonly start: 'drain' | 'pod-deletion';
  readonly node: string;
}
