/** Writes a visit's journal onto its node, only over what was read: two owners of one node cannot come about. */
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import { ACCEPTED_LOSS } from '../../core/visit/gates/accepted-loss.ts';
import {
  LAST_VISIT_KEY,
  showJournal,
  VISIT_KEY,
  type LastVisit,
  type VisitJournal,
} from '../../core/visit/visit-journal.ts';
import type { RolloutPorts } from './rollout-ports.ts';

const lastVisitOf = ({ rollout, uid, abandoned, tried = [] }: VisitJournal, nowMs: number): LastVisit => ({
  rollout,
  uid,
  outcome: abandoned === true ? 'abandoned' : 'returned',
  at: timestamp(nowMs),
  tried: [...tried],
});

/** A visit that is over leaves one line on its node. A conflict means that the node changed: read it again. */
export const recordVisit = (
  { api, clock }: Pick<RolloutPorts, 'api' | 'clock'>,
  node: KubeObject,
  journal: VisitJournal,
  signal: AbortSignal,
): Promise<KubeResult<KubeObject>> => {
  const annotations =
    journal.stage === 'returned'
      ? {
          [VISIT_KEY]: null,
          [ACCEPTED_LOSS]: null,
          [LAST_VISIT_KEY]: JSON.stringify(lastVisitOf(journal, clock.now())),
        }
      : { [VISIT_KEY]: showJournal(journal) };
  const { name, resourceVersion } = node.metadata;
  return api.patch(
    NODES,
    { name },
    { type: 'merge', body: { metadata: { resourceVersion, annotations } } },
    { fieldManager: FIELD_MANAGER, signal },
  );
};
