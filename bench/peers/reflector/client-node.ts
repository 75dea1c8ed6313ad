/**
 * The informer of @kubernetes/client-node on the same objects. Its own list is of one piece and fails above 512 MB, so it
 * gets a list in pages of 1,000. Prints one line of JSON.
 */
import {
  CoreV1Api,
  KubeConfig,
  makeInformer,
  type KubernetesListObject,
  type V1Node,
  type V1Pod,
} from '@kubernetes/client-node';
import { type HeldObject, sumOfHeld } from '../../reflector-sum.ts';

const kubeconfig = new KubeConfig();
kubeconfig.loadFromFile(process.argv[2] ?? '');
const core = kubeconfig.makeApiClient(CoreV1Api);

const start = performance.now();
const before = process.cpuUsage();

const inPages = async <T extends V1Node | V1Pod>(
  page: (next?: string) => Promise<KubernetesListObject<T>>,
): Promise<KubernetesListObject<T>> => {
  const first = await page();
  const items = first.items;
  for (let next = first.metadata?._continue; next !== undefined && next !== '';) {
    const more = await page(next);
    for (const item of more.items) items.push(item);
    next = more.metadata?._continue;
  }
  return { ...first, items };
};

const limit = 1000;
const nodes = makeInformer<V1Node>(kubeconfig, '/api/v1/nodes', () =>
  inPages((next) => core.listNode({ limit, ...(next !== undefined && { _continue: next }) })),
);
const pods = makeInformer<V1Pod>(kubeconfig, '/api/v1/pods', () =>
  inPages((next) => core.listPodForAllNamespaces({ limit, ...(next !== undefined && { _continue: next }) })),
);
await Promise.all([nodes.start(), pods.start()]);
const seconds = (performance.now() - start) / 1000;
const used = process.cpuUsage(before);

const held = function* (): Generator<HeldObject> {
  for (const { metadata } of nodes.list()) yield { name: metadata?.name ?? '', uid: metadata?.uid ?? '' };
  for (const { metadata, spec } of pods.list())
    yield {
      namespace: metadata?.namespace,
      name: metadata?.name ?? '',
      uid: metadata?.uid ?? '',
      node: spec?.nodeName,
    };
};
const cpuSeconds = (used.user + used.system) / 1e6;
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ seconds, cpuSeconds, peakMb, ...sumOfHeld(held()) }));
process.exit(0);
