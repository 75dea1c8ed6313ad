/**
 * A question to the authorizer in words, and as the API server itself would put it. The shape is AccessAttributes of the
 * port kube-api: no namespace means cluster scope or all namespaces, no name means that the request carries none.
 */
import type { AccessAttributes, UserInfo } from '../ports/kube-api.ts';

export type ResourceRequest = Extract<AccessAttributes, { readonly resource: string }>;

export const isResourceRequest = (request: AccessAttributes): request is ResourceRequest => 'resource' in request;

/** `pods/log`, as rules name it. */
export const combinedResource = ({ resource, subresource }: ResourceRequest): string =>
  subresource === undefined || subresource === '' ? resource : `${resource}/${subresource}`;

/**
 * A request for one Namespace object carries that namespace, since its path is /api/v1/namespaces/NAME
 * (k8s.io/apiserver pkg/endpoints/request/requestinfo.go). A RoleBinding there therefore can allow it.
 */
export const asServed = (request: AccessAttributes): AccessAttributes =>
  isResourceRequest(request) &&
  request.group === '' &&
  request.resource === 'namespaces' &&
  request.namespace === undefined &&
  request.name !== undefined &&
  request.name !== ''
    ? { ...request, namespace: request.name }
    : request;

const scopeOf = ({ namespace }: ResourceRequest): string =>
  namespace === undefined || namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;

/** Of a script's needs, a name or namespace may be known as an expression only: `~NODE-secret`, `@pod`. */
const showName = (name: string | undefined): string =>
  name === undefined || name === '' ? '' : name.startsWith('~') ? ` <${name.slice(1)}>` : ` "${name}"`;

const showScope = (namespace: string | undefined): string => {
  if (namespace === undefined || namespace === '') return 'cluster-wide';
  if (namespace === '@pod') return "in the pod's namespace";
  return `in namespace ${namespace.startsWith('~') ? `<${namespace.slice(1)}>` : namespace}`;
};

/** `get pods/log "x" in namespace ns1`, for our own sentences. */
export const showRequest = (request: AccessAttributes): string => {
  if (!isResourceRequest(request)) return `${request.verb} ${request.path}`;
  const group = request.group === '' ? '' : `.${request.group}`;
  const name = showName(request.name);
  const scope = showScope(request.namespace);
  return `${request.verb} ${combinedResource(request)}${group}${name} ${scope}`;
};

/**
 * The API server's own words for a denial, after `... is forbidden: `
 * (k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go).
 */
export const forbiddenMessage = ({ username }: UserInfo, request: AccessAttributes, reason = ''): string => {
  const what = isResourceRequest(request)
    ? `resource ${JSON.stringify(combinedResource(request))} in API group ${JSON.stringify(request.group)} ${scopeOf(request)}`
    : `path ${JSON.stringify(request.path)}`;
  return `User ${JSON.stringify(username)} cannot ${request.verb} ${what}${reason === '' ? '' : `: ${reason}`}`;
};
