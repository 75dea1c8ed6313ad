/** A KubeApi that answers what a test gives it, and throws on every call that the test did not expect. */
import type { KubeObject } from '../core/model/kube-object.ts';
import type { KubeApi, WatchEvent } from '../core/ports/kube-api.ts';
import type { KubeFault, KubeFaultCode, KubeResult } from '../core/ports/kube-fault.ts';

export const scriptedKubeApi = (verbs: Partial<KubeApi>): KubeApi => {
  const unexpected = (verb: string) => (): never => {
    throw new Error(`the test did not expect a call of ${verb}`);
  };
  return {
    where: 'the scripted API server',
    version: unexpected('version'),
    discover: unexpected('discover'),
    get: unexpected('get'),
    list: unexpected('list'),
    watch: unexpected('watch'),
    create: unexpected('create'),
    update: unexpected('update'),
    apply: unexpected('apply'),
    patch: unexpected('patch'),
    delete: unexpected('delete'),
    evict: unexpected('evict'),
    canI: unexpected('canI'),
    can: unexpected('can'),
    whoAmI: unexpected('whoAmI'),
    logs: unexpected('logs'),
    exec: unexpected('exec'),
    ...verbs,
  };
};

export const aKubeFault = (code: KubeFaultCode, more: Partial<KubeFault> = {}): KubeFault => ({
  code,
  message: `scripted ${code}`,
  next: 'retry',
  ...more,
});

export const refused = <T>(code: KubeFaultCode, more: Partial<KubeFault> = {}): KubeResult<T> => ({
  ok: false,
  fault: aKubeFault(code, more),
});

/** A ConfigMap at a version. */
export const anObject = (name: string, version: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', resourceVersion: version },
  ...more,
});

export const added = (name: string, version: string): WatchEvent => ({
  type: 'ADDED',
  object: anObject(name, version),
});

export const modified = (name: string, version: string): WatchEvent => ({
  type: 'MODIFIED',
  object: anObject(name, version),
});

export const deleted = (name: string, version: string): WatchEvent => ({
  type: 'DELETED',
  object: anObject(name, version),
});

export const bookmark = (resourceVersion: string, initialEventsEnd = false): WatchEvent => ({
  type: 'BOOKMARK',
  resourceVersion,
  initialEventsEnd,
});

export const failedWith = (code: KubeFaultCode): WatchEvent => ({ type: 'FAILED', fault: aKubeFault(code) });
