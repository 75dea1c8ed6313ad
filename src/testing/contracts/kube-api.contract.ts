/**
 * The one contract suite of KubeApi: run against the real kube-apiserver, the twin, and the twin over HTTPS.
 *
 *     kubeApiContract('kube-apiserver 1.36', async () => world, { 'title of a test': 'why it is skipped here' });
 */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { digText } from '../../core/model/dig.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES } from '../../core/model/kube-resource.ts';
import { accessContract } from './kube-api/access.ts';
import { containerContract } from './kube-api/containers.ts';
import { deleteContract, evictContract } from './kube-api/deletes.ts';
import { listContract } from './kube-api/lists.ts';
import { objectContract } from './kube-api/objects.ts';
import { watchContract } from './kube-api/watches.ts';
import { type ContractTest, eventually, good, type KubeApiWorld, WIDGETS } from './kube-api/world.ts';
import { writeContract } from './kube-api/writes.ts';

/** A world is made once for all tests; each test has a namespace of its own. */
export interface MadeWorld {
  readonly world: KubeApiWorld;
  readonly stop?: () => Promise<void>;
}

export const kubeApiContract = (
  name: string,
  make: () => Promise<MadeWorld>,
  skip: Readonly<Record<string, string>> = {},
): void => {
  describe(`${name} keeps the KubeApi contract`, () => {
    let made: MadeWorld;
    let count = 0;
    beforeAll(async () => {
      made = await make();
      await serveWidgets(made.world);
    });
    afterAll(() => made?.stop?.());

    const it: ContractTest = (title, body) => {
      if (title in skip) {
        test.skip(`${title} (${skip[title]})`, () => {});
        return;
      }
      test(title, async () => {
        count += 1;
        const namespace = `contract-${count}`;
        const draft = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
        good(await made.world.api.create(NAMESPACES, draft));
        await body(made.world, namespace);
      });
    };
    describe('objects', () => objectContract(it));
    describe('lists', () => listContract(it));
    describe('watches', () => watchContract(it));
    describe('apply and patch', () => writeContract(it));
    describe('delete', () => deleteContract(it));
    describe('evict', () => evictContract(it));
    describe('access', () => accessContract(it));
    describe('containers', () => containerContract(it));
  });
};

/** A custom resource definition like those of the operators, and waits until its kind is served. */
const serveWidgets = async (world: KubeApiWorld): Promise<void> => {
  const { group, version, plural, kind } = WIDGETS;
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  good(
    await world.api.create(CUSTOM_RESOURCE_DEFINITIONS, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural, singular: 'widget', kind, listKind: 'WidgetList' },
        versions: [
          {
            name: version,
            served: true,
            storage: true,
            subresources: { status: {} },
            schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } },
          },
        ],
      },
    }),
  );
  await eventually(world, async () => {
    const listed = await world.api.list(WIDGETS);
    if (!listed.ok) return undefined;
    const served = good(await world.api.discover());
    return served.some((one) => one.kind === kind) && digText(listed.value, 'resourceVersion') !== undefined
      ? true
      : undefined;
  });
};
