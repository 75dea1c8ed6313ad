/**
 * A small API server on loopback that answers kubectl well enough to go on, and writes down what it was asked. Objects
 * either all exist or none does. It knows no rules: what is asked for is the point, not whether it is allowed.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccessAttributes } from '../../src/core/ports/kube-api.ts';
import { ResourceTypes } from '../../src/core/rbac/resource-types.ts';
import type { ResourceType } from '../../src/core/rbac/resource-types.ts';

export interface RecordingServer {
  readonly url: string;
  /** What was asked since the last call, without discovery; objects are then again as at the start. */
  readonly takeAsked: () => readonly AccessAttributes[];
  readonly stop: () => Promise<void>;
}

const TYPES = new ResourceTypes();
const SUBRESOURCES = [
  'status',
  'scale',
  'log',
  'exec',
  'attach',
  'portforward',
  'ephemeralcontainers',
  'eviction',
  'token',
  'approval',
];

const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const statusBody = (code: number, reason: string, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
});

const apiVersionOf = ({ group, version }: ResourceType): string => (group === '' ? version : `${group}/${version}`);

/** Lists of kinds, as discovery gives them. */
const discovery = (path: string): unknown => {
  const groups = [...new Set(TYPES.all().map(({ group }) => group))];
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis')
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groups
        .filter((group) => group !== '')
        .map((name) => {
          const versions = [
            ...new Set(TYPES.all().flatMap(({ group, version }) => (group === name ? [version] : []))),
          ].map((version) => ({ groupVersion: `${name}/${version}`, version }));
          return { name, versions, preferredVersion: versions[0] };
        }),
    };
  const [, group = '', version = ''] = /^\/api(?:s\/([^/]+))?\/([^/]+)$/.exec(path) ?? [];
  const resources = TYPES.all()
    .filter((type) => type.group === group && type.version === version)
    .flatMap((type) => {
      const entry = {
        name: type.plural,
        singularName: type.kind.toLowerCase(),
        namespaced: type.namespaced,
        kind: type.kind,
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        shortNames: type.shortNames,
        categories: type.inAll ? ['all'] : [],
      };
      return [
        entry,
        ...SUBRESOURCES.map((sub) => ({
          ...entry,
          name: `${type.plural}/${sub}`,
          shortNames: [],
          categories: [],
          // By this kubectl drain knows that it may evict.
          ...(sub === 'eviction' ? { kind: 'Eviction', group: 'policy', version: 'v1' } : {}),
        })),
      ];
    });
  return resources.length === 0
    ? undefined
    : {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: group === '' ? version : `${group}/${version}`,
        resources,
      };
};

/** Just what kubectl looks for: that the server validates fields and knows dry runs. */
const openApi = (path: string): unknown => {
  const pathOf = ({ group, version }: ResourceType): string =>
    group === '' ? `api/${version}` : `apis/${group}/${version}`;
  if (path === '/openapi/v3')
    return {
      paths: Object.fromEntries(
        TYPES.all().map((type) => [pathOf(type), { serverRelativeURL: `/openapi/v3/${pathOf(type)}` }]),
      ),
    };
  const types = TYPES.all().filter((type) => path === `/openapi/v3/${pathOf(type)}`);
  if (types.length === 0) return undefined;
  const parameters = ['fieldValidation', 'dryRun'].map((name) => ({ name, in: 'query', schema: { type: 'string' } }));
  const paths = types.map(({ group, version, kind, plural }) => [
    `/${plural}/{name}`,
    { patch: { parameters, 'x-kubernetes-group-version-kind': { group, version, kind } } },
  ]);
  return { openapi: '3.0.0', info: { title: 'x', version: '1' }, paths: Object.fromEntries(paths) as unknown };
};

interface Asked {
  readonly type: ResourceType | undefined;
  readonly request: AccessAttributes;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly watch: boolean;
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** A request line as the API server's RequestInfo has it. */
const read = (method: string, url: URL): Asked => {
  const [, group = '', , rest = ''] = /^\/api(?:s\/([^/]+))?\/([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (rest === '')
    return {
      type: undefined,
      request: { verb: method === 'GET' ? 'get' : (VERBS[method] ?? method.toLowerCase()), path: url.pathname },
      name: undefined,
      namespace: undefined,
      watch: false,
    };
  const parts = rest.split('/');
  const scoped = parts[0] === 'namespaces' && parts.length > 2 && !['status', 'finalize'].includes(parts[2] ?? '');
  const namespace = scoped ? parts[1] : undefined;
  const [plural = '', inPath, subresource] = scoped ? parts.slice(2) : parts;
  const selected = /(?:^|,)metadata\.name=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
  const watch = ['true', '1'].includes(url.searchParams.get('watch') ?? '');
  const name = inPath ?? (method === 'GET' ? selected : undefined);
  const verb =
    method === 'GET'
      ? inPath !== undefined
        ? 'get'
        : watch
          ? 'watch'
          : 'list'
      : method === 'DELETE' && inPath === undefined
        ? 'deletecollection'
        : (VERBS[method] ?? method.toLowerCase());
  return {
    type: TYPES.at(group, plural),
    request: {
      verb,
      group,
      resource: plural,
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    },
    name: inPath,
    namespace,
    watch,
  };
};

const PODS = {
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', env: [] }], serviceAccountName: 'default' },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'c', ready: true, state: { running: {} } }],
  },
};
const WORKLOAD = {
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: PODS.spec },
    updateStrategy: { type: 'RollingUpdate' },
  },
  status: {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    currentReplicas: 1,
    desiredNumberScheduled: 1,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
    conditions: [],
  },
};
const BODIES: Readonly<Record<string, unknown>> = {
  '/pods': PODS,
  '/services': { spec: { selector: { app: 'x' }, ports: [{ port: 80, targetPort: 80 }], type: 'ClusterIP' } },
  '/nodes': {
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True' }], capacity: {}, allocatable: {}, nodeInfo: {} },
  },
  '/configmaps': { data: { a: 'b' } },
  '/secrets': { data: { x: 'YQ==' }, type: 'Opaque' },
  'apps/deployments': WORKLOAD,
  'apps/daemonsets': WORKLOAD,
  'apps/statefulsets': WORKLOAD,
  'apps/replicasets': { ...WORKLOAD },
  'batch/cronjobs': { spec: { schedule: '* * * * *', jobTemplate: { spec: WORKLOAD.spec } } },
  'certificates.k8s.io/certificatesigningrequests': {
    spec: { request: 'YQ==', signerName: 'x/y', usages: ['client auth'] },
    status: {},
  },
};

const objectOf = (type: ResourceType, name: string, namespace: string | undefined): Record<string, unknown> => ({
  apiVersion: apiVersionOf(type),
  kind: type.kind,
  metadata: {
    name,
    ...(type.namespaced ? { namespace: namespace ?? 'default' } : {}),
    uid: `uid-${type.plural}-${name}`,
    resourceVersion: '5',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { app: 'x' },
  },
  ...(BODIES[`${type.group}/${type.plural}`] as object | undefined),
});

/** `exists`: every object that is asked for is there; after a delete it is gone. */
export const startRecordingServer = async (exists: boolean): Promise<RecordingServer> => {
  let asked: AccessAttributes[] = [];
  const deleted = new Set<string>();
  const created = new Set<string>();

  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const found = url.pathname.startsWith('/openapi') ? undefined : discovery(url.pathname);
    if (found !== undefined) {
      json(response, found);
      return;
    }
    if (url.pathname.startsWith('/openapi')) {
      const schema = openApi(url.pathname);
      json(response, schema ?? statusBody(404, 'NotFound', 'not found'), schema === undefined ? 404 : 200);
      return;
    }
    const { type, request: attributes, name, namespace, watch } = read(request.method ?? 'GET', url);
    asked.push(attributes);
    if (type === undefined) {
      json(
        response,
        url.pathname === '/version'
          ? { major: '1', minor: '32', gitVersion: 'v1.32.4' }
          : statusBody(404, 'NotFound', 'not found'),
        url.pathname === '/version' ? 200 : 404,
      );
      return;
    }
    const subresource = 'subresource' in attributes ? attributes.subresource : undefined;
    const key = `${type.group}/${type.plural}/${namespace ?? ''}/${name ?? ''}`;
    const isThere = (exists || created.has(key)) && !deleted.has(key);
    const object = objectOf(type, name ?? 'one', namespace);
    if (subresource === 'log') {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end('a line\n');
    } else if (subresource === 'exec' || subresource === 'attach' || subresource === 'portforward')
      json(response, statusBody(403, 'Forbidden', 'refused on purpose'), 403);
    else if (request.method === 'POST') {
      // Generators send protobuf; then the name is not looked at.
      const draft = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {};
      if (name === undefined)
        created.add(
          `${type.group}/${type.plural}/${namespace ?? ''}/${(draft['metadata'] as { name?: string } | undefined)?.name ?? ''}`,
        );
      json(
        response,
        {
          ...object,
          ...draft,
          metadata: { ...(object['metadata'] as object), ...(draft['metadata'] as object | undefined) },
          status: { allowed: true, token: 't' },
        },
        201,
      );
    } else if (
      name !== undefined &&
      !isThere &&
      !(request.method === 'PATCH' && request.headers['content-type']?.includes('apply') === true)
    )
      json(response, statusBody(404, 'NotFound', `${type.plural} "${name}" not found`), 404);
    else if (request.method === 'DELETE') {
      if (url.searchParams.get('dryRun') === null) deleted.add(key);
      json(response, object);
    } else if (watch) {
      response.writeHead(200, { 'content-type': 'application/json' });
      const watched = 'name' in attributes ? attributes.name : undefined;
      const gone = watched !== undefined && deleted.has(`${type.group}/${type.plural}/${namespace ?? ''}/${watched}`);
      response.write(
        `${JSON.stringify({ type: gone ? 'DELETED' : 'ADDED', object: objectOf(type, watched ?? 'one', namespace) })}\n`,
      );
      setTimeout(() => response.end(), 1500).unref();
    } else if (name === undefined) {
      const wanted = 'name' in attributes ? attributes.name : undefined;
      json(response, {
        apiVersion: apiVersionOf(type),
        kind: `${type.kind}List`,
        metadata: { resourceVersion: '5' },
        items: exists ? [objectOf(type, wanted ?? 'one', namespace)] : [],
      });
    } else
      json(
        response,
        subresource === 'scale'
          ? { ...object, apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 1 }, status: { replicas: 1 } }
          : object,
      );
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
  });
  server.on('upgrade', (request, socket) => {
    const { request: attributes } = read(request.method ?? 'GET', new URL(request.url ?? '/', 'http://loopback'));
    asked.push(attributes);
    const body = JSON.stringify(statusBody(403, 'Forbidden', 'refused on purpose'));
    socket.end(
      `HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    takeAsked: () => {
      const taken = asked;
      asked = [];
      deleted.clear();
      created.clear();
      return taken;
    },
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
};
