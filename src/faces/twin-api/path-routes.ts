/** Requests outside the resources: discovery, versions, health, the OpenAPI documents, and the twin's clock. */
import { VERSION } from '../../twin/world/kube-api.ts';
import { kindAbsent, notAllowed } from '../../twin/world/status.ts';
import { type ApiAnswer, objectAnswer, PAGE_NOT_FOUND, statusAnswer, textAnswer } from './answer.ts';
import { type ApiRequest, refusalOf } from './api-request.ts';
import { CLOCK_PATH, clockRoute } from './clock-route.ts';
import { aggregatedDiscovery, allPaths, apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery.ts';
import { EMPTY_OPEN_API_V2, OPEN_API_V2_PROTOBUF, openApiPaths, openApiV3 } from './open-api.ts';

/** Of 1.36.3; the build's suffix tells whoever looks that this is a twin. */
export const TWIN_VERSION = `${VERSION}+nicwright-twin`;

export const pathRoute = async (request: ApiRequest): Promise<ApiAnswer> => {
  const { method, path, user } = request;
  // Everybody who logged in may know how late it is.
  if (path === CLOCK_PATH && user.groups.includes('system:authenticated')) return clockRoute(request);
  const refusal = await refusalOf(request, { verb: VERBS[method] ?? method.toLowerCase(), path });
  if (refusal !== undefined) return statusAnswer(refusal.status);
  return (await fixedPath(request)) ?? groupPath(request);
};

const VERBS: Readonly<Record<string, string>> = { POST: 'post', PUT: 'put', PATCH: 'patch', HEAD: 'head' };

/** What is only read. */
const RESOURCES = /^\/(?:version|apis?)(?:\/|$)/;

const HEALTH = /^\/(?:healthz|livez|readyz)(?:\/ping)?$/;

const fixedPath = async (request: ApiRequest): Promise<ApiAnswer | undefined> => {
  const { method, path, world, form, address } = request;
  if (HEALTH.test(path)) return textAnswer('ok');
  if (method !== 'GET' && RESOURCES.test(path)) return statusAnswer(notAllowed().status);
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  switch (bare) {
    case '/':
      return objectAnswer({ paths: allPaths(world) });
    case '/version':
      return objectAnswer(VERSION_INFO);
    case '/api':
    case '/apis':
      if (form.as === 'APIGroupDiscoveryList') return aggregated(request, bare);
      return objectAnswer(bare === '/api' ? apiVersions(address()) : apiGroupList(world));
    case '/openapi/v3':
      return objectAnswer(openApiPaths(world));
    case '/openapi/v2':
      return { kind: 'bytes', bytes: EMPTY_OPEN_API_V2, contentType: OPEN_API_V2_PROTOBUF };
    default:
      return undefined;
  }
};

const aggregated = ({ world, form }: ApiRequest, path: string): ApiAnswer => {
  const version = form.version ?? 'v2';
  return {
    kind: 'json',
    text: JSON.stringify(aggregatedDiscovery(world, path, version)),
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
  };
};

const groupPath = ({ path, world }: ApiRequest): ApiAnswer => {
  const [root = '', ...parts] = path.split('/').slice(1);
  if (root === 'openapi' && parts[0] === 'v3')
    return foundOr(openApiV3(world, parts.slice(1).join('/')), textAnswer('', 404));
  const [group = '', version = '', ...deeper] = root === 'api' ? ['', ...parts] : root === 'apis' ? parts : [];
  if (root === 'apis' && version === '') return foundOr(apiGroup(world, group), PAGE_NOT_FOUND);
  if (version === '') return PAGE_NOT_FOUND;
  const isKnown = root === 'api' || apiGroup(world, group) !== undefined;
  const isWhole = deeper.every((part) => part === '') && deeper.length < 2;
  return foundOr(
    isWhole ? apiResourceList(world, group, version) : undefined,
    isKnown ? statusAnswer(kindAbsent().status) : PAGE_NOT_FOUND,
  );
};

const foundOr = (found: object | undefined, otherwise: ApiAnswer): ApiAnswer =>
  found === undefined ? otherwise : objectAnswer(found);

const [, MAJOR = '', MINOR = ''] = /^v(\d+)\.(\d+)/.exec(VERSION) ?? [];

const VERSION_INFO = {
  major: MAJOR,
  minor: MINOR,
  gitVersion: TWIN_VERSION,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'nicwright/twin',
};
