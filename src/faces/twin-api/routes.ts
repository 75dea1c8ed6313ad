/** From a request to its answer: which route takes it, or the server's refusal when none does. */
import type { ServedKind } from '../../twin/world/kind-registry.ts';
import { badRequest, kindAbsent, notAllowed, type Refused } from '../../twin/world/status.ts';
import { type ApiAnswer, faultAnswer, PAGE_NOT_FOUND, statusAnswer } from './answer.ts';
import { type ApiRequest, attributesOf, keyOf, type KindRequest, refusalOf } from './api-request.ts';
import { deleteCollectionRoute, deleteRoute } from './delete-routes.ts';
import { pathRoute } from './path-routes.ts';
import { bindingRoute, evictionRoute, logRoute } from './pod-routes.ts';
import { getRoute, getSubresourceRoute, listRoute, watchRoute } from './read-routes.ts';
import { type ResourceInfo, resourceInfo } from './request-info.ts';
import { reviewRoute } from './review-routes.ts';
import { tokenRoute } from './token-route.ts';
import { createRoute, patchRoute, updateRoute } from './write-routes.ts';

type Route = (request: KindRequest) => Promise<ApiAnswer>;

/** By verb; whether an object is named is part of the verb, but for create. */
const ROUTES: Readonly<Record<string, Route>> = {
  get: getRoute,
  list: listRoute,
  watch: watchRoute,
  create: createRoute,
  update: updateRoute,
  patch: patchRoute,
  delete: deleteRoute,
  deletecollection: deleteCollectionRoute,
};

const WRITTEN: Readonly<Record<string, Route>> = {
  get: getSubresourceRoute,
  update: updateRoute,
  patch: patchRoute,
};

/** A WebSocket is answered by exec-socket.ts; whoever comes without one is told so. */
const needsUpgrade: Route = async (request) => {
  const refusal = await refusalOf(request, attributesOf(request.info));
  if (refusal !== undefined) return statusAnswer(refusal.status);
  const pod = await request.world.api().get(request.kind, keyOf(request.info));
  return pod.ok ? statusAnswer(badRequest('Upgrade request required').status) : faultAnswer(pod.fault);
};

const SUBROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  status: WRITTEN,
  scale: WRITTEN,
  log: { get: logRoute },
  eviction: { create: evictionRoute },
  binding: { create: bindingRoute },
  token: { create: tokenRoute },
  exec: { get: needsUpgrade, create: needsUpgrade },
};

export const answerOf = async (request: ApiRequest): Promise<ApiAnswer> => {
  const info = resourceInfo(request.method, request.path, request.query);
  return info === undefined ? pathRoute(request) : resourceRoute(request, info);
};

const resourceRoute = async (request: ApiRequest, info: ResourceInfo): Promise<ApiAnswer> => {
  const reviewed = await reviewRoute(request, info);
  if (reviewed !== undefined) return reviewed;
  const kind = request.world
    .served()
    .find((one) => one.plural === info.plural && one.group === info.group && one.version === info.version);
  if (kind === undefined) return absentKind(request, info);
  const route = routeOf(info);
  if (route !== undefined && !lacksNamespace(kind, info)) return route({ ...request, info, kind });
  const refusal = await refusalOf(request, attributesOf(info));
  return statusAnswer((refusal ?? unserved(kind, info)).status);
};

/** All namespaces can be listed and watched at once, and nothing else. */
const lacksNamespace = ({ namespaced }: ServedKind, { namespace, verb }: ResourceInfo): boolean =>
  namespaced && namespace === undefined && verb !== 'list' && verb !== 'watch';

/** A path that leads nowhere, or one that takes other methods. */
const unserved = (kind: ServedKind, info: ResourceInfo): Refused => {
  const { subresource, name } = info;
  const isPath = subresource === undefined || kind.subresources.includes(subresource);
  return isPath && !(lacksNamespace(kind, info) && name !== undefined) ? notAllowed() : kindAbsent();
};

const routeOf = ({ verb = '', name, subresource }: ResourceInfo): Route | undefined => {
  if (subresource !== undefined) return SUBROUTES[subresource]?.[verb];
  const isNamed = name !== undefined;
  if ((verb === 'create' && isNamed) || ((verb === 'update' || verb === 'patch') && !isNamed)) return undefined;
  return ROUTES[verb];
};

/** The server looks at rights first; a group that nobody serves is no page at all. */
const absentKind = async (request: ApiRequest, info: ResourceInfo): Promise<ApiAnswer> => {
  const refusal = await refusalOf(request, attributesOf(info));
  if (refusal !== undefined) return statusAnswer(refusal.status);
  const isKnownGroup = info.group === '' || request.world.served().some(({ group }) => group === info.group);
  return isKnownGroup ? statusAnswer(kindAbsent().status) : PAGE_NOT_FOUND;
};
