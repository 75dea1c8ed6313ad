/** Requests that something is wrong with, each to be answered as the real server answers it. */
import type { Asked } from './ask.ts';

export interface BadRequest extends Asked {
  readonly title: string;
  /** Why only the status is compared, and not what is said. */
  readonly unlike?: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const MAPS = '/api/v1/namespaces/default/configmaps';

const post = (title: string, path: string, body: unknown, more: Partial<BadRequest> = {}): BadRequest => ({
  title,
  method: 'POST',
  path,
  headers: JSON_TYPE,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...more,
});

const patch = (title: string, type: string, body: string, query = ''): BadRequest => ({
  title,
  method: 'PATCH',
  path: `/api/v1/namespaces/default${query}`,
  headers: { 'content-type': type },
  body,
});

const map = (metadata: object): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata });

/** Values of the wrong type, and fields that a pod does not have. */
// prettier-ignore
const TYPED_PODS: readonly (readonly [title: string, rest: object])[] = [
  ['fields that nobody knows', { foo: 1, spec: { bar: 1, containers: [{ name: 'c', image: 'i', foo: 1 }] } }],
  ['metadata that is a list', { metadata: [] }],
  ['a label that is a number', { metadata: { name: 'p', labels: { a: 5 } } }],
  ['a time that is none', { metadata: { name: 'p', creationTimestamp: 'x' } }],
  ['a spec that is a number', { spec: 5 }],
  ['containers that are no list', { spec: { containers: {} } }],
  ['a quantity that is none', { spec: { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: 'x' } } }] } }],
  ['a selector with a number in it', { spec: { nodeSelector: { a: 1 } } }],
  ['a volume whose name is a number', { spec: { volumes: [{ name: 5 }] } }],
  ['a flag that is a text', { spec: { hostNetwork: 'yes' } }],
  ['a number that is too large', { spec: { priority: 3_000_000_000 } }],
];

export const BAD_REQUESTS: readonly BadRequest[] = [
  { title: 'no token', path: '/api/v1/pods', token: null },
  { title: 'no token, discovery', path: '/apis', token: null },
  { title: 'no token, health', path: '/healthz', token: null },
  { title: 'no token, no such path', path: '/foo', token: null },
  { title: 'a token that nobody has', path: '/api/v1/pods', token: 'nope' },
  { title: 'a token that looks signed', path: '/api', token: 'e30.e30.e30' },
  { title: 'basic authentication', path: '/api', token: null, headers: { authorization: 'Basic YTpi' } },
  { title: 'an empty bearer', path: '/api', token: null, headers: { authorization: 'Bearer ' } },
  { title: 'a group without a user', path: '/api', headers: { 'impersonate-group': 'x' } },
  { title: 'another user without rights', path: '/api/v1/pods', headers: { 'impersonate-user': 'bob' } },
  { title: 'another user, a path', path: '/metrics', headers: { 'impersonate-user': 'bob' } },

  { title: 'no such path', path: '/foo' },
  { title: 'no such path below api', path: '/api/v9' },
  { title: 'no such version', path: '/api/v9/pods' },
  { title: 'no such group', path: '/apis/none' },
  { title: 'no such group, with a version', path: '/apis/none/v1' },
  { title: 'no such group, with a kind', path: '/apis/none/v1/things' },
  { title: 'no such version of a group', path: '/apis/apps/v9/deployments' },
  { title: 'no such kind', path: '/apis/apps/v1/foo' },
  { title: 'no such subresource', path: '/api/v1/namespaces/default/pods/p/foo' },
  { title: 'a path that is too deep', path: '/api/v1/a/b/c/d/e' },
  { title: 'an empty part of a path', path: '/api/v1//nodes' },
  { title: 'a doubled slash', path: '//api/v1/nodes' },
  { title: 'a slash at the end', path: '/api/v1/nodes/none/' },
  { title: 'no such OpenAPI document', path: '/openapi/v3/apis/none/v1' },

  { title: 'OPTIONS', method: 'OPTIONS', path: '/api/v1/nodes' },
  { title: 'TRACE', method: 'TRACE', path: '/api/v1/nodes' },
  { title: 'HEAD', method: 'HEAD', path: '/api/v1/nodes' },
  { title: 'PUT on a collection', method: 'PUT', path: '/api/v1/nodes', body: '{}', headers: JSON_TYPE },
  { title: 'PATCH on a collection', method: 'PATCH', path: '/api/v1/nodes', body: '{}', headers: JSON_TYPE },
  post('POST on an object', '/api/v1/nodes/n', {}),
  post('POST to the version', '/version', {}),
  post('POST to all namespaces', '/api/v1/configmaps', map({ name: 'b' })),
  { title: 'GET of all namespaces by name', path: '/api/v1/configmaps/a' },
  { title: 'an exec without a WebSocket, no pod', path: '/api/v1/namespaces/default/pods/p/exec?command=ls' },
  { title: 'the log of no pod', path: '/api/v1/namespaces/default/pods/p/log' },

  {
    title: 'a form that nobody has',
    path: '/api/v1/nodes',
    headers: { accept: 'text/html' },
    unlike: 'we write no protobuf',
  },
  { title: 'a limit that is no number', path: '/api/v1/nodes?limit=x' },
  { title: 'a limit below zero', path: '/api/v1/pods?limit=-1', unlike: 'versions differ' },
  { title: 'a version that is no number', path: '/api/v1/nodes?resourceVersion=x' },
  { title: 'a match without a version', path: '/api/v1/nodes?resourceVersionMatch=Exact' },
  { title: 'a match that nobody knows', path: '/api/v1/nodes?resourceVersionMatch=Some&resourceVersion=1' },
  { title: 'a version to come', path: '/api/v1/nodes?resourceVersion=999999999', unlike: 'versions differ' },
  { title: 'a token of no list', path: '/api/v1/nodes?continue=abc', unlike: 'our tokens are made otherwise' },
  {
    title: 'a label selector that is none',
    path: `/api/v1/nodes?labelSelector=${encodeURIComponent('a,,(')}`,
    unlike: 'the parser has words of its own',
  },
  { title: 'a field selector that is none', path: '/api/v1/nodes?fieldSelector=a' },
  {
    title: 'a field that cannot be selected',
    path: '/api/v1/nodes?fieldSelector=spec.foo%3Da',
    unlike: 'the kind is named otherwise',
  },
  { title: 'a watch of a time that is none', path: '/api/v1/nodes?watch=1&timeoutSeconds=x' },
  { title: 'a watch from no version', path: '/api/v1/nodes?watch=1&resourceVersion=abc' },

  post('broken JSON', MAPS, '{"a":'),
  post('JSON with a wrong key', MAPS, '{x}'),
  post('JSON with more behind it', MAPS, '{} {}', { unlike: 'the server reads the first value and goes on' }),
  post('no JSON at all', MAPS, 'hello'),
  post('a list', MAPS, '[]'),
  post('an empty body', MAPS, ''),
  post('a long body that breaks off', MAPS, `{"data":{"a":"${'x'.repeat(100)}`),
  post('a name that is a number', MAPS, map({ name: 5 })),
  post('an object without a name', MAPS, map({})),
  post(
    'another kind',
    MAPS,
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
    { unlike: 'the conversion is named in the words of Go' },
  ),
  post('another namespace', MAPS, map({ name: 'a', namespace: 'x' })),
  post('a namespace that is absent', '/api/v1/namespaces/absent/configmaps', map({ name: 'a' })),
  post('a body of text', MAPS, '{}', { headers: { 'content-type': 'text/plain' } }),
  post('a huge body', MAPS, JSON.stringify(map({ name: 'a', annotations: { a: 'x'.repeat(3_500_000) } })), {
    unlike: 'the real one cuts its answer short',
  }),
  post('protobuf that is none', MAPS, 'k8s', {
    headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
    unlike: 'the decoder has words of its own',
  }),
  ...TYPED_PODS.map(([title, rest]) =>
    post(title, '/api/v1/namespaces/default/pods?fieldValidation=Strict', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      ...rest,
    }),
  ),
  {
    title: 'the name of another',
    method: 'PUT',
    path: `${MAPS}/a`,
    headers: JSON_TYPE,
    body: JSON.stringify(map({ name: 'b' })),
  },
  { title: 'a delete with a broken body', method: 'DELETE', path: `${MAPS}/none`, headers: JSON_TYPE, body: '{"a' },
  { title: 'a delete of what is absent', method: 'DELETE', path: `${MAPS}/none` },

  patch('a patch of no type', 'application/json', '{}'),
  patch('a broken merge patch', 'application/merge-patch+json', '{"a":'),
  patch('a merge patch that is a list', 'application/merge-patch+json', '[1]'),
  patch('a broken strategic patch', 'application/strategic-merge-patch+json', '[1'),
  patch('a strategic patch that is a list', 'application/strategic-merge-patch+json', '[1]'),
  patch('a JSON patch that is no list', 'application/json-patch+json', '{"op":"remove"}'),
  patch(
    'a JSON patch of what is absent',
    'application/json-patch+json',
    '[{"op":"remove","path":"/metadata/labels/a"}]',
  ),
  patch('an apply without a manager', 'application/apply-patch+yaml', '{}'),
  patch('an apply of nothing', 'application/apply-patch+yaml', '{}', '?fieldManager=x'),

  post('a review of nothing', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {},
  }),
  post('the eviction of no pod', '/api/v1/namespaces/default/pods/p/eviction', {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'p', namespace: 'default' },
  }),
];
