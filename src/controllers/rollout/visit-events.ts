/** Kubernetes Events about a visit, on its node and on its rollout. One that cannot be written is no reason to stop. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { EVENTS } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { RolloutPorts } from './rollout-ports.ts';

export interface EventWords {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, stable: `VisitHeld`. */
  readonly reason: string;
  readonly message: string;
}

/** Events about objects without a namespace stand in `default`. */
const NAMESPACE = 'default';

export const tell = async (
  { api, clock, log }: Pick<RolloutPorts, 'api' | 'clock' | 'log'>,
  about: KubeObject,
  { type, reason, message }: EventWords,
  signal: AbortSignal,
): Promise<void> => {
  const at = timestamp(clock.now());
  const { apiVersion, kind, metadata } = about;
  const { name, uid, resourceVersion } = metadata;
  const told = await api.create(
    EVENTS,
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: `${name}.`, namespace: NAMESPACE },
      involvedObject: { apiVersion, kind, name, uid, resourceVersion },
      type,
      reason,
      message,
      source: { component: 'nicwright' },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    },
    { signal },
  );
  if (!told.ok) log.debug(told.fault.message, { code: told.fault.code });
};
