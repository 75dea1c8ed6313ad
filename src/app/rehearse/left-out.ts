/** What of the input nothing in the twin stands for, computed from the input: kinds, webhooks, finalizers, volumes, owners. */
import { dig, digList, digText } from '../../core/model/dig.ts';
import { objectPath, type KubeObject } from '../../core/model/kube-object.ts';
import { kindKey, objectsOf, type Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Twin } from '../../twin/twin.ts';

const several = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Custom kinds mean a controller of their own, which is not there. */
const unknownKinds = (objects: readonly KubeObject[], twin: Twin, ignored: ReadonlySet<string>): readonly string[] => {
  const served = new Set(
    twin.world.served().map((kind) => kindKey(kind.kind, `${kind.group}/${kind.version}`.replace(/^\//, ''))),
  );
  const unknown = Map.groupBy(
    objects.filter(({ kind, apiVersion }) => !ignored.has(kind) && !served.has(kindKey(kind, apiVersion))),
    ({ kind, apiVersion }) => kindKey(kind, apiVersion),
  );
  return [...unknown]
    .map(([key, of]) => `${of.length} ${key}: the twin has no such kind, and nothing acts for its controller`)
    .toSorted();
};

const RULES_OF = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

const webhookLine = (configuration: KubeObject, services: ReadonlySet<string>): string => {
  const webhooks = digList(configuration, 'webhooks');
  const asked = new Set(
    webhooks.flatMap((webhook) =>
      digList(webhook, 'rules').flatMap((rule) => digList(rule, 'resources').map((one) => String(one))),
    ),
  );
  const missing = webhooks.flatMap((webhook) => {
    const service = dig(webhook, 'clientConfig', 'service');
    const name = `${digText(service, 'namespace') ?? ''}/${digText(service, 'name') ?? ''}`;
    if (service === undefined || services.size === 0 || services.has(name)) return [];
    return (digText(webhook, 'failurePolicy') ?? 'Fail') === 'Fail' ? [name] : [];
  });
  return [
    `${configuration.kind} ${configuration.metadata.name}${asked.size === 0 ? '' : ` (${[...asked].toSorted().join(', ')})`}: the twin calls no webhook`,
    ...(missing.length === 0
      ? []
      : [`its Service ${[...new Set(missing)].join(', ')} is not in the input, and without it such requests fail`]),
  ].join('; ');
};

const webhooksOf = (snapshot: Snapshot): readonly string[] => {
  const services = new Set(
    objectsOf(snapshot, 'Service').map(({ object: { metadata } }) => `${metadata.namespace ?? ''}/${metadata.name}`),
  );
  return RULES_OF.flatMap((kind) => objectsOf(snapshot, kind)).map(({ object }) => webhookLine(object, services));
};

const finalizersOf = (object: KubeObject): readonly string[] =>
  digList(object, 'metadata', 'finalizers').map((one) => String(one));

const finalizersOfPods = (pods: readonly KubeObject[]): readonly string[] => {
  const found = Map.groupBy(
    pods.flatMap((pod) => finalizersOf(pod).map((finalizer) => ({ finalizer, pod }))),
    ({ finalizer }) => finalizer,
  );
  return [...found].map(([finalizer, of]) => {
    const [first] = of;
    const which = of.length === 1 && first !== undefined ? objectPath(first.pod) : several(of.length, 'pod');
    return `finalizer ${finalizer} of ${which}: it is taken to be removed as soon as the pod ends`;
  });
};

const volumesOf = (pods: readonly KubeObject[]): readonly string[] => {
  const bound = pods.filter((pod) =>
    digList(pod, 'spec', 'volumes').some((volume) => dig(volume, 'persistentVolumeClaim') !== undefined),
  );
  return bound.length === 0
    ? []
    : [
        `volumes of ${several(bound.length, 'pod')}: the twin attaches none, so a pod whose volume is bound to one node or zone comes back elsewhere`,
      ];
};

export const leftOutOf = (snapshot: Snapshot, twin: Twin, ignored: ReadonlySet<string>): readonly string[] => {
  const objects = snapshot.objects.map(({ object }) => object);
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  return [
    ...unknownKinds(objects, twin, ignored),
    ...webhooksOf(snapshot),
    ...finalizersOfPods(pods),
    ...volumesOf(pods),
  ];
};

/** Nothing in the twin would remove them, and a pod would never be gone. */
export const withoutFinalizers = (object: KubeObject): KubeObject => {
  if (object.kind !== 'Pod' || finalizersOf(object).length === 0) return object;
  const { finalizers: _finalizers, ...metadata } = object.metadata as Readonly<Record<string, unknown>>;
  return { ...object, metadata: metadata as KubeObject['metadata'] };
};
