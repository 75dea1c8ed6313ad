/** A cluster that was read goes on in a twin as it was: nothing is placed anew, nothing is rolled, and what is missing is told. */
import { describe, expect, test } from 'vitest';
import { digText } from '../core/model/dig.ts';
import { objectPath, type KubeObject } from '../core/model/kube-object.ts';
import { DEPLOYMENTS, NODES, PODS } from '../core/model/kube-resource.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';
import { loadSnapshot } from './load-snapshot.ts';
import { plainScenario } from './scenarios/plain-fleet.ts';
import { createTwin, type Twin } from './twin.ts';

const HOUR_MS = 3_600_000;
const NAMES = ['n1', 'n2', 'n3'];

const selector = (app: string): object => ({ matchLabels: { app } });
const template = (app: string): object => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }] },
});

/** A cluster with one of each, settled. */
const original = async (): Promise<Twin> => {
  const twin = createTwin(plainScenario(NAMES), 5);
  const metadata = { name: 'web', namespace: 'default' };
  twin.act({
    do: 'apply',
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { replicas: 4, selector: selector('web'), template: template('web') },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata,
        spec: { selector: selector('ds'), template: template('ds') },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: { replicas: 2, serviceName: 's', selector: selector('db'), template: template('db') },
      },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata,
        spec: { minAvailable: 3, selector: selector('web') },
      },
      { apiVersion: 'v1', kind: 'Secret', metadata, data: { password: 'aHVudGVyMg==' } },
    ],
  });
  await twin.clock.run(HOUR_MS);
  return twin;
};

const reload = async (snapshot: Snapshot): Promise<Twin> => {
  const { stored, startMs } = loadSnapshot(snapshot);
  const twin = createTwin({ ...plainScenario(NAMES), stored, ...(startMs === undefined ? {} : { startMs }) }, 9);
  await twin.clock.run(HOUR_MS);
  return twin;
};

const podsOf = (twin: Twin): readonly string[] =>
  twin.world
    .actor('test')
    .list(PODS)
    .map(
      (pod) =>
        `${objectPath(pod)} ${pod.metadata.uid} ${digText(pod, 'spec', 'nodeName')} ${digText(pod, 'status', 'phase')}`,
    );

const without = (snapshot: Snapshot, isLeftOut: (object: KubeObject) => boolean): Snapshot => ({
  ...snapshot,
  objects: snapshot.objects.filter(({ object }) => !isLeftOut(object)),
});

describe('a whole cluster', () => {
  test('goes on with the same pods on the same nodes, at the time at which it was read', async () => {
    const before = await original();
    const after = await reload(before.snapshot());
    expect(podsOf(before)).toHaveLength(9);
    expect(podsOf(after)).toEqual(podsOf(before));
    expect(Math.abs(after.start - before.start)).toBeLessThan(HOUR_MS);
    expect(after.log.filter((line) => / create (?:Pod|ReplicaSet|ControllerRevision)/.test(line))).toEqual([]);
    expect(loadSnapshot(before.snapshot()).assumptions).toEqual([
      { about: 'Secret', assumed: 'empty', because: 'what is in Secrets is not carried over' },
    ]);
    expect(JSON.stringify(Array.from(after.world.objects()))).not.toContain('aHVudGVyMg');
  });

  test('its controllers and budgets are at work: a drain moves its pods, one after the other', async () => {
    const twin = await reload((await original()).snapshot());
    twin.act({ do: 'drain', node: 'n1' });
    await twin.clock.run(HOUR_MS);
    const deployment = twin.world.actor('test').get(DEPLOYMENTS, { name: 'web', namespace: 'default' });
    expect(deployment?.['status']).toMatchObject({ readyReplicas: 4 });
    const left = [...twin.world.podsOn('n1')].map(({ metadata }) => metadata.labels?.['app']);
    expect(left).toEqual(['ds']);
  });
});

describe('what is not in the input', () => {
  test('histories: pods are taken for pods of the present template', async () => {
    const before = await original();
    const part = without(before.snapshot(), ({ kind }) => kind === 'ControllerRevision');
    const about = loadSnapshot(part).assumptions.map((one) => one.about);
    expect(about).toEqual(expect.arrayContaining(['DaemonSet/default/web', 'StatefulSet/default/web']));
    expect(podsOf(await reload(part))).toEqual(podsOf(before));
  });

  test('a controller: its pods stay, and do not come back', async () => {
    const before = await original();
    const part = without(before.snapshot(), ({ kind }) => kind === 'StatefulSet');
    expect(loadSnapshot(part).assumptions).toContainEqual({
      about: 'StatefulSet/default/web',
      assumed: 'its 2 pods do not come back once they are gone',
      because: 'the pods name it as their controller, and it is not in the input',
    });
    const after = await reload(part);
    expect(podsOf(after)).toEqual(podsOf(before));
    after.world.actor('test').delete(PODS, { name: 'web-0', namespace: 'default' });
    await after.clock.run(HOUR_MS);
    expect(podsOf(after)).toHaveLength(8);
  });

  test('namespaces are made, and a node that is not ready is told', async () => {
    const snapshot = (await original()).snapshot();
    const sick = {
      ...without(snapshot, ({ kind }) => kind === 'Namespace'),
      objects: snapshot.objects
        .filter(({ object }) => object.kind !== 'Namespace')
        .map((one) =>
          one.object.kind === 'Node' && one.object.metadata.name === 'n2'
            ? {
                ...one,
                object: {
                  ...one.object,
                  status: { ...(one.object['status'] as object), conditions: [{ type: 'Ready', status: 'Unknown' }] },
                },
              }
            : one,
        ),
    };
    expect(loadSnapshot(sick).assumptions.map(({ about }) => about)).toContain('Node/n2');
    const twin = await reload(sick);
    expect(podsOf(twin)).toHaveLength(9);
    expect(twin.world.actor('test').list(NODES)).toHaveLength(3);
  });

  test('kinds that the twin does not serve are named', () => {
    const twin = createTwin(plainScenario(NAMES), 1);
    const stranger: KubeObject = { apiVersion: 'example.com/v1', kind: 'Stranger', metadata: { name: 's' } };
    expect(twin.world.load([stranger])).toEqual([stranger]);
  });
});
