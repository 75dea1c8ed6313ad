/** Who else acts on a node, as real objects on the twin: the visit is held with the name, and goes on once they are gone. */
import { expect, test } from 'vitest';
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { dig } from '../../core/model/dig.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NODES, type KubeResource } from '../../core/model/kube-resource.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { looseDefinition } from '../../twin/field-kinds/loose-definition.ts';
import { plainScenario } from '../../twin/scenarios/plain-fleet.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { carryOn } from './carry-on.ts';
import { twinApi, twinPorts } from './twin-ports.ts';

const MINUTE = 60_000;
const NODE = 'a';

const MACHINES: KubeResource = {
  group: 'cluster.x-k8s.io',
  version: 'v1beta2',
  plural: 'machines',
  kind: 'Machine',
  namespaced: true,
};
const CHECKS: KubeResource = { ...MACHINES, plural: 'machinehealthchecks', kind: 'MachineHealthCheck' };
const REMEDIATIONS: KubeResource = {
  group: 'self-node-remediation.medik8s.io',
  version: 'v1alpha1',
  plural: 'selfnoderemediations',
  kind: 'SelfNodeRemediation',
  namespaced: true,
};

const begin = async (): Promise<Twin> => {
  const twin = createTwin(plainScenario([NODE]), 1);
  await twin.runUntil(twin.start + 30 * MINUTE);
  return twin;
};

const create = async (api: KubeApi, kind: KubeResource, object: Readonly<Record<string, unknown>>): Promise<void> => {
  const made = await api.create(kind, {
    apiVersion: `${kind.group}/${kind.version}`,
    kind: kind.kind,
    ...object,
  } as Parameters<KubeApi['create']>[1]);
  expect(made.ok || made.fault).toBe(true);
};

const serve = async (api: KubeApi, kind: KubeResource): Promise<void> => {
  const made = await api.create(CUSTOM_RESOURCE_DEFINITIONS, looseDefinition(kind));
  expect(made.ok || made.fault).toBe(true);
};

/** A warm restart is enough here: what is looked at are the gate and the marks. */
const submit = async (api: KubeApi): Promise<void> => {
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  await create(api, ROLLOUTS, {
    metadata: { name: 'warm' },
    spec: {
      reason: 'a test',
      groups: [{ nodes: [NODE], rung: 'warm', cards: [], dpus: [] }],
      allow: { rung: 'warm' },
      drain: { force: true, deleteEmptyDir: true },
    },
  });
};

/** Runs the controller for so long, over this API. */
const letRun = async (twin: Twin, minutes: number, over: Partial<KubeApi> = {}): Promise<void> => {
  const ports = twinPorts(twin);
  await carryOn(twin, minutes * MINUTE, { ...ports, api: { ...ports.api, ...over } });
};

/** Where the gate stops it, as the Rollout tells. */
const blocked = async (api: KubeApi): Promise<unknown> => {
  const rollout = await api.get(ROLLOUTS, { name: 'warm' });
  return rollout.ok ? dig(rollout.value, 'status', 'blocked', 0, 'message') : rollout.fault;
};

const returned = async (api: KubeApi): Promise<unknown> => {
  const end = await api.get(ROLLOUTS, { name: 'warm' });
  return end.ok ? dig(end.value, 'status', 'returned') : end.fault;
};

test('a remediation of the node keeps the visit at its gate, with its name, until it is gone', async () => {
  const twin = await begin();
  const api = twinApi(twin);
  await serve(api, REMEDIATIONS);
  await create(api, REMEDIATIONS, { metadata: { name: NODE, namespace: 'default' }, spec: {} });
  await submit(api);
  await letRun(twin, 10);
  expect(await blocked(api)).toBe(
    `SelfNodeRemediation is at work on it: SelfNodeRemediation default/${NODE} remediates this node -> let the remediation finish; its NodeHealthCheck deletes it when the node is healthy`,
  );
  const node = await api.get(NODES, { name: NODE });
  expect(node.ok && Object.keys(node.value.metadata.labels ?? {})).not.toContain(
    'remediation.medik8s.io/exclude-from-remediation',
  );
  await api.delete(REMEDIATIONS, { namespace: 'default', name: NODE });
  await letRun(twin, 60);
  expect(await returned(api)).toBe(1);
});

test('a Machine is spared while its node is out, and has afterwards what it had before', async () => {
  const twin = await begin();
  const api = twinApi(twin);
  const selector = { matchLabels: { role: 'gpu' } };
  for (const kind of [MACHINES, CHECKS]) await serve(api, kind);
  await create(api, MACHINES, { metadata: { name: 'm-1', namespace: 'default', labels: { role: 'gpu' } }, spec: {} });
  await create(api, CHECKS, { metadata: { name: 'gpus', namespace: 'default' }, spec: { selector } });
  const annotations = { 'cluster.x-k8s.io/machine': 'm-1', 'cluster.x-k8s.io/cluster-namespace': 'default' };
  await api.patch(NODES, { name: NODE }, { type: 'merge', body: { metadata: { annotations } } });
  await submit(api);
  const key = 'cluster.x-k8s.io/skip-remediation';
  const written: unknown[] = [];
  await letRun(twin, 60, {
    patch: (kind, named, patch, options) => {
      if (kind.plural === MACHINES.plural)
        written.push([named.name, dig(patch, 'body', 'metadata', 'annotations', key)]);
      return api.patch(kind, named, patch, options);
    },
  });
  expect(await returned(api)).toBe(1);
  expect(new Set(written.map((one) => JSON.stringify(one)))).toEqual(new Set(['["m-1",""]', '["m-1",null]']));
  const machine = await api.get(MACHINES, { namespace: 'default', name: 'm-1' });
  expect(machine.ok && Object.keys(machine.value.metadata.annotations ?? {})).not.toContain(key);
});

test('a list that is denied is unknown: nothing is touched, and the sentence names it', async () => {
  const twin = await begin();
  const api = twinApi(twin);
  await serve(api, REMEDIATIONS);
  await submit(api);
  await letRun(twin, 10, {
    list: (kind, options) =>
      kind.plural === REMEDIATIONS.plural
        ? Promise.resolve({
            ok: false,
            fault: { code: 'kube-forbidden', message: 'selfnoderemediations is forbidden.', next: 'stop' },
          })
        : api.list(kind, options),
  });
  expect(await blocked(api)).toBe(
    'who else is at work on it is not known: SelfNodeRemediation.self-node-remediation.medik8s.io cannot be read: selfnoderemediations is forbidden.',
  );
});
