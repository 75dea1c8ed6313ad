/** Requests drawn at random: whatever comes in, the answer is one that the server means to give, and it goes on serving. */
import https from 'node:https';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digText } from '../../core/model/dig.ts';
import { seededRandom } from '../../twin/seeded-random.ts';
import { VirtualClock } from '../../twin/virtual-clock.ts';
import { createWorld } from '../../twin/world/world.ts';
import { type ServedTwin, serveTwin } from './serve-twin.ts';

let served: ServedTwin;
let token: string;
const bugs: unknown[] = [];
const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 4 });

beforeAll(async () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20));
  const world = createWorld({ clock, random: seededRandom(1, 'hostile') });
  const onBug = (bug: unknown): void => void bugs.push(bug);
  served = await serveTwin({ world, clock, speed: 60, port: 0, now: Date.now(), onBug });
  token = digText(JSON.parse(served.kubeconfig), 'users', 0, 'user', 'token') ?? '';
});
afterAll(async () => {
  agent.destroy();
  await served?.stop();
});

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const TYPES = [
  'application/json',
  'application/yaml',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
  'application/vnd.kubernetes.protobuf',
  'a;b=c;;',
  '',
];
// prettier-ignore
const PARTS = [
  'api', 'apis', 'v1', 'apps', 'namespaces', 'default',
  'pods', 'nodes', 'configmaps', 'deployments', 'a', '%2e%2e',
  'status', 'scale', 'eviction', 'log', 'exec', 'binding',
  'token', 'serviceaccounts', 'openapi', 'v3', '', '%zz',
  '..', 'authorization.k8s.io', 'selfsubjectaccessreviews', 'apiextensions.k8s.io', 'customresourcedefinitions', 'nicwright',
  'clock',
];
// prettier-ignore
const QUERIES = [
  'watch=1&timeoutSeconds=1', 'limit=1', 'limit=999999999999999999', 'continue=x', 'resourceVersion=0', 'labelSelector=%28',
  'fieldSelector=a%3Db', 'dryRun=All', 'fieldManager=x', 'force=true&fieldManager=y', 'sleepMs=1', 'sleepMs=x',
  'as=%00', '%', 'resourceVersionMatch=Exact&resourceVersion=1', 'gracePeriodSeconds=-5', 'propagationPolicy=Nobody', 'pretty',
  'a=b',
];

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1e300, '', 'x', [], {}, [null], [[]], { a: null }, { name: 'x' }),
  fc.jsonValue({ maxDepth: 3 }),
);
const metadata = fc.oneof(
  value,
  fc.record(
    {
      name: fc.oneof(fc.constantFrom('a', 'A_', 'x'.repeat(300)), value),
      namespace: fc.constantFrom('default', 'none', '', 5),
      labels: value,
      annotations: value,
      finalizers: value,
      ownerReferences: value,
      managedFields: value,
      resourceVersion: fc.constantFrom('1', 'x', 5),
      generateName: fc.constantFrom('g-', '', 7),
      deletionTimestamp: value,
    },
    { requiredKeys: [] },
  ),
);
const object = fc.record(
  {
    apiVersion: fc.constantFrom('v1', 'apps/v1', 'apiextensions.k8s.io/v1', 'policy/v1', '', 'a/b/c', 3),
    kind: fc.constantFrom('Pod', 'Node', 'ConfigMap', 'Deployment', 'CustomResourceDefinition', 'Eviction', '', 4),
    metadata,
    spec: fc.oneof(
      value,
      fc.dictionary(
        fc.constantFrom(
          'containers',
          'replicas',
          'selector',
          'template',
          'versions',
          'names',
          'group',
          'nodeName',
          'resourceAttributes',
        ),
        value,
      ),
    ),
    status: value,
    data: value,
  },
  { requiredKeys: [] },
);
const operations = fc.array(
  fc.record({
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'other', 1),
    path: fc.constantFrom(
      '/metadata/labels/a',
      '',
      '/',
      '/spec/containers/-',
      '/spec/containers/99',
      '/metadata/name',
      '/~2',
      5,
    ),
    from: fc.constantFrom('/metadata', '', '/x'),
    value,
  }),
  { maxLength: 3 },
);
const body = fc.oneof(
  fc.constant(undefined),
  object.map((one) => JSON.stringify(one)),
  operations.map((list) => JSON.stringify(list)),
  value.map((one) => JSON.stringify(one)),
  fc.constantFrom('', '{', '[', '{"a":}', 'a: [', '&a [*a]', '---\n---', 'k8s\0', 'k8s\0\n\u0004'),
  fc.string({ maxLength: 40 }),
);

interface Drawn {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string | undefined;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc
    .oneof(
      fc.constantFrom(
        '/api/v1/namespaces/default/configmaps/a',
        '/api/v1/namespaces/default/configmaps',
        '/api/v1/namespaces/default/pods/a',
        '/api/v1/namespaces/default/pods',
        '/api/v1/nodes/a',
        '/api/v1/nodes',
        '/apis/apps/v1/namespaces/default/deployments/a',
        '/apis/apps/v1/namespaces/default/deployments',
        '/apis/apps/v1/namespaces/default/deployments/a/scale',
        '/api/v1/namespaces/default/pods/a/status',
        '/api/v1/namespaces/default/pods/a/eviction',
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      ),
      fc.array(fc.constantFrom(...PARTS), { maxLength: 8 }).map((parts) => `/${parts.join('/')}`),
    )
    .chain((path) =>
      fc
        .array(fc.constantFrom(...QUERIES), { maxLength: 2 })
        .map((query) => (query.length > 0 ? `${path}?${query.join('&')}` : path)),
    ),
  type: fc.constantFrom(...TYPES),
  body,
});

/** Kinds with what a small object of each holds. */
const KINDS: readonly (readonly [path: string, apiVersion: string, kind: string, rest: object])[] = [
  ['/api/v1/namespaces/default/configmaps', 'v1', 'ConfigMap', { data: { a: '1' } }],
  ['/api/v1/namespaces/default/pods', 'v1', 'Pod', { spec: { containers: [{ name: 'c', image: 'i' }] } }],
  ['/api/v1/nodes', 'v1', 'Node', { spec: {}, status: {} }],
  [
    '/apis/apps/v1/namespaces/default/deployments',
    'apps/v1',
    'Deployment',
    {
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
  ],
  [
    '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
    'policy/v1',
    'PodDisruptionBudget',
    { spec: { minAvailable: 1, selector: {} } },
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    'rbac.authorization.k8s.io/v1',
    'ClusterRole',
    { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  ],
  [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    {
      spec: {
        group: 'x.dev',
        scope: 'Cluster',
        names: { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
  ],
];

const WAYS: readonly (readonly [method: string, below: string, type: string])[] = [
  ['POST', '', 'application/json'],
  ['PUT', '/a', 'application/json'],
  ['PATCH', '/a?fieldManager=x&force=true', 'application/apply-patch+yaml'],
  ['PATCH', '/a', 'application/merge-patch+json'],
  ['PATCH', '/a', 'application/strategic-merge-patch+json'],
  ['PATCH', '/a/status', 'application/merge-patch+json'],
  ['PUT', '/a/status', 'application/json'],
  ['DELETE', '/a', 'application/json'],
];

/** Every place in a value where something else could stand. */
const placesIn = (inner: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof inner === 'object' && inner !== null
    ? [path, ...Object.entries(inner).flatMap(([key, below]) => placesIn(below, [...path, key]))]
    : [path];

const replaced = (inner: unknown, [key, ...rest]: readonly string[], by: unknown): unknown => {
  if (key === undefined) return by;
  if (Array.isArray(inner)) return inner.map((one, at) => (String(at) === key ? replaced(one, rest, by) : one));
  const map = inner as Readonly<Record<string, unknown>>;
  return { ...map, [key]: replaced(map[key], rest, by) };
};

/** A request that is right but for one place in its body. */
const nearlyRight: fc.Arbitrary<Drawn> = fc
  .tuple(fc.constantFrom(...KINDS), fc.constantFrom(...WAYS), metadata, value, fc.nat(), fc.boolean())
  .map(([[path, apiVersion, kind, rest], [method, below, type], drawnMetadata, wrong, place, isNamed]) => {
    const named = { name: kind === 'CustomResourceDefinition' ? 'as.x.dev' : 'a' };
    const right = { apiVersion, kind, metadata: isNamed ? named : drawnMetadata, ...rest };
    const places = placesIn(right);
    const sent = replaced(right, places[place % places.length] ?? [], wrong);
    const at = below.replace('/a', `/${named.name}`);
    return { method, path: `${path}${at}`, type, body: JSON.stringify(method === 'DELETE' ? {} : sent) };
  });

const ask = ({ method, path, type, body: sent }: Drawn): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(type !== '' && { 'content-type': type }),
      ...(sent !== undefined && { 'content-length': String(Buffer.byteLength(sent)) }),
    };
    const request = https.request(`${served.url}/`, { method, path, headers, agent, timeout: 20_000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    request.on('error', reject);
    request.end(sent);
  });

test('no request is answered by a bug', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(drawn, { arbitrary: nearlyRight, weight: 3 }), async (request) => {
      const code = await ask(request);
      const [bug] = bugs.splice(0);
      if (bug !== undefined) throw bug;
      expect(code).toBeGreaterThanOrEqual(200);
    }),
    { numRuns: 1_500 },
  );
});
