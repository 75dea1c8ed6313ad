/**
 * Events about objects, as client-go's recorder writes them: one object for the same source, reason and message, with a count
 * that grows.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { EVENTS } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import { fnv1a } from '../fnv.ts';
import type { Stage } from '../stage.ts';
import type { ActorApi } from '../world/actor-api.ts';

export interface Occurrence {
  readonly about: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export type RecordEvent = (occurrence: Occurrence) => void;

/** Upstream names an event by the nanosecond; of that, our clock does not know the last six digits. */
const nanoseconds = (nowMs: number, salt: string): string =>
  (BigInt(nowMs) * 1_000_000n + BigInt(fnv1a(salt) % 1_000_000)).toString(16);

export const eventRecorder = (stage: Stage, actor: ActorApi, component: string): RecordEvent => {
  const known = new Map<string, { readonly namespace: string; readonly name: string; count: number }>();
  let sequence = 0;
  return ({ about, type, reason, message }) => {
    const now = timestamp(stage.clock.now());
    const key = `${about.metadata.uid ?? about.metadata.name} ${reason} ${message}`;
    const before = known.get(key);
    if (before !== undefined) {
      before.count += 1;
      const patched = actor.patch(EVENTS, before, { type: 'merge', body: { count: before.count, lastTimestamp: now } });
      if (patched.ok) return;
    }
    const namespace = about.metadata.namespace ?? 'default';
    sequence += 1;
    const name = `${about.metadata.name}.${nanoseconds(stage.clock.now(), `${component} ${sequence}`)}`;
    known.set(key, { namespace, name, count: 1 });
    actor.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name: about.metadata.name,
        ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
        ...(about.metadata.uid === undefined ? {} : { uid: about.metadata.uid }),
      },
      reason,
      message,
      type,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
    });
  };
};
