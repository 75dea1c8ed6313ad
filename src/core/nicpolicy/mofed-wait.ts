/**
 * The node label that makes device plugins and the SR-IOV config daemon wait for the driver, as the operator sets it
 * (reference page 1.12; controllers/mofed_wait_labels.go).
 */
import { compareVersions } from '../release/version.ts';

export const MOFED_WAIT_LABEL = 'network.nvidia.com/operator.mofed.wait';
/** NFD's label for NVIDIA adapters. */
export const NVIDIA_NIC_LABEL = 'feature.node.kubernetes.io/pci-15b3.present';

export interface MofedWaitFacts {
  /** `driver`: a policy with ofedDriver; `no-driver`: a policy without; `none`: no policy at all. */
  readonly policy: 'driver' | 'no-driver' | 'none';
  /** The driver pod on the node: none, or whether its mofed-container is ready. A pod that is being deleted counts. */
  readonly pod: 'none' | 'ready' | 'not-ready';
  /** The node carries an NVIDIA adapter, by NFD's label. */
  readonly nvidiaNic: boolean;
  /** Operator release. */
  readonly release: string;
  /**
   * True when something woke the operator although no policy exists: a policy was deleted, or NFD's label or a taint of
   * the node changed while the operator ran.
   */
  readonly woken?: boolean;
}

export interface MofedWait {
  /** `unset`: the label was never there and does not come. */
  readonly label: 'true' | 'false' | 'removed' | 'unchanged' | 'unset';
  readonly because: string;
}

/** From this release on the operator also looks at every node when it starts. */
const LOOKS_AT_START = '26.4.0';

export const mofedWait = ({ policy, pod, nvidiaNic, release, woken }: MofedWaitFacts): MofedWait => {
  if (policy === 'driver') {
    if (pod === 'none') return { label: 'unchanged', because: 'no driver pod is on the node yet' };
    return pod === 'ready'
      ? { label: 'false', because: 'the mofed-container is ready' }
      : { label: 'true', because: 'the mofed-container is not ready' };
  }
  if (policy === 'none' && woken !== true && compareVersions(release, LOOKS_AT_START) < 0)
    return {
      label: 'unset',
      because:
        'before 26.4 nothing makes the operator look at the node while no NicClusterPolicy exists, so daemons that select the label match no node',
    };
  if (pod !== 'none') return { label: 'true', because: 'an old driver pod is still on the node' };
  return nvidiaNic
    ? { label: 'false', because: 'no driver section, and the node has an NVIDIA adapter' }
    : { label: 'removed', because: 'no driver section, and the node has no NVIDIA adapter by NFD' };
};
