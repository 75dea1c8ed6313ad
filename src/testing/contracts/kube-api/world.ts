/** What a KubeApi brings along to be checked by the contract, and the few words that all its sections use. */
import { expect } from 'vitest';
import { digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import type { KubeResource } from '../../../core/model/kube-resource.ts';
import type { KubeApi, ObjectKey } from '../../../core/ports/kube-api.ts';
import type { KubeFaultCode, KubeResult } from '../../../core/ports/kube-fault.ts';

export interface KubeApiWorld {
  /** An identity that may do everything. */
  readonly api: KubeApi;
  /** The user `alice` of the groups team-a and team-b, who has no rights of her own. */
  readonly alice: KubeApi;
  /** Forgets the history of all objects up to now: watches and continue tokens of before are too old from then on. */
  readonly forgetHistory: () => Promise<void>;
  /** Lets time pass: real time, or that of a virtual clock. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Makes a pod whose containers run and answer as told. A world without containers names those tests in its skip list. */
  readonly startPod: (pod: KubeObject, answers: ContainerAnswers) => Promise<void>;
}

/** How the containers of a started pod behave. */
export interface ContainerAnswers {
  readonly logs: Readonly<Record<string, string>>;
  readonly previousLogs: Readonly<Record<string, string>>;
  readonly exec: (command: readonly string[]) => ExecAnswer;
}

export type ExecAnswer =
  | { readonly stdout?: string; readonly stderr?: string; readonly exitCode: number }
  /** The command writes this and then never ends. */
  | { readonly hangsAfter: string };

/** Runs one test; `title` may be named in the skip list of a world. */
export type ContractTest = (title: string, body: (world: KubeApiWorld, namespace: string) => Promise<void>) => void;

/** The value, or a failed test that shows the fault. */
export const good = <T>(result: KubeResult<T>): T => {
  expect(result).toMatchObject({ ok: true });
  return (result as { readonly ok: true; readonly value: T }).value;
};

export const expectFault = (result: KubeResult<unknown>, code: KubeFaultCode, more: object = {}): void => {
  expect(result).toMatchObject({ ok: false, fault: { code, ...more } });
};

export const versionOf = (object: KubeObject): string => digText(object, 'metadata', 'resourceVersion') ?? '';

export const keyOf = (object: KubeObject): ObjectKey => ({
  name: object.metadata.name,
  ...(object.metadata.namespace !== undefined && { namespace: object.metadata.namespace }),
});

export const configMap = (
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: named(namespace, name, labels), data });

// Empty labels are a field too, and an applier owns what it names.
const named = (namespace: string, name: string, labels: Readonly<Record<string, string>>): KubeObject['metadata'] => ({
  namespace,
  name,
  ...(Object.keys(labels).length > 0 && { labels }),
});

/** A pod of one container; with a node it counts as scheduled. */
export const pod = (
  namespace: string,
  name: string,
  { node, labels = {} }: { readonly node?: string; readonly labels?: Readonly<Record<string, string>> } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: named(namespace, name, labels),
  spec: {
    ...(node !== undefined && { nodeName: node }),
    containers: [{ name: 'main', image: 'example.com/main:1' }],
  },
});

/** Namespaced custom resources with a status subresource, made by the contract itself. */
export const WIDGETS: KubeResource = {
  group: 'contract.nicwright.dev',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
  namespaced: true,
};

export const widget = (namespace: string, name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'contract.nicwright.dev/v1',
  kind: 'Widget',
  metadata: { namespace, name },
  spec,
});

/** Repeats `attempt` until it answers other than undefined, for at most 10 s of the world's time. */
export const eventually = async <T>(world: KubeApiWorld, attempt: () => Promise<T | undefined>): Promise<T> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await attempt();
    if (found !== undefined) return found;
    await world.sleep(50);
  }
  throw new Error('it did not happen within 10 s');
};
