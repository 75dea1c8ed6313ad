/**
 * What other tools do where we decide otherwise, for comparison and for warnings (reference page section 5.4). Nothing of
 * ours follows these rules.
 */
import type { KubeObject } from '../model/kube-object.ts';
import { optOutsOf } from './opt-outs.ts';

export interface KuredDrain {
  readonly failed: boolean;
  /** `--force-reboot`. */
  readonly forceReboot: boolean;
}

/** What kured does when its drain is over (cmd/kured/main.go:691 at 51220cc). */
export const kuredAfterDrain = ({ failed, forceReboot }: KuredDrain): readonly string[] =>
  failed && !forceReboot ? ['give the lock back', 'uncordon', 'try again at the next period'] : ['reboot'];

/** Whether Karpenter would evict the pod now, by its own mark on it. */
export const karpenterEvicts = (pod: KubeObject, ageSeconds: number | undefined): boolean =>
  !optOutsOf(pod, ageSeconds).some(({ tool }) => tool === 'Karpenter');
