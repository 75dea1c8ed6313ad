/** What DPU objects say in every release of DPF: the host was named in three ways. */
import { digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';

/** The host of a card: spec.nodeName (24.10), the DPUNode's name (25.4 on), or a label of either time. */
export const nodeNameOf = ({ object }: SnapshotObject): string | undefined =>
  digText(object, 'spec', 'nodeName') ??
  digText(object, 'spec', 'dpuNodeName') ??
  digText(object, 'metadata', 'labels', 'provisioning.dpu.nvidia.com/dpunode-name');

export const phaseOf = ({ object }: SnapshotObject): string | undefined => digText(object, 'status', 'phase');
