/** Questions about rights and identities: posted like objects, answered and not stored. */
import { dig, digList, digMap, digText, digTexts, isMap } from '../../core/model/dig.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { AccessAttributes, UserInfo } from '../../core/ports/kube-api.ts';
import type { PolicyRule } from '../../core/rbac/policy.ts';
import { invalid, invalidValue } from '../../twin/world/status.ts';
import { type ApiAnswer, faultAnswer, objectAnswer, statusAnswer } from './answer.ts';
import { type ApiRequest, attributesOf, refusalOf } from './api-request.ts';
import { decodeBody, type JsonObject } from './body.ts';
import type { ResourceInfo } from './request-info.ts';

type Review = (request: ApiRequest, review: JsonObject, info: ResourceInfo) => ApiAnswer | Promise<ApiAnswer>;

/** What was asked, with the answer in its status. */
const answered = (review: JsonObject, status: object): ApiAnswer =>
  objectAnswer({ metadata: { creationTimestamp: null }, ...review, status }, 201);

/** What a review asks about. Undefined when it names neither a resource nor a path. */
const askedFor = (review: unknown): AccessAttributes | undefined => {
  const path = digText(review, 'spec', 'nonResourceAttributes', 'path');
  if (path !== undefined) return { verb: digText(review, 'spec', 'nonResourceAttributes', 'verb') ?? '', path };
  const resource = dig(review, 'spec', 'resourceAttributes');
  if (!isMap(resource)) return undefined;
  const text = (field: string): string => digText(resource, field) ?? '';
  return {
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    ...(text('subresource') !== '' && { subresource: text('subresource') }),
    ...(text('namespace') !== '' && { namespace: text('namespace') }),
    ...(text('name') !== '' && { name: text('name') }),
  };
};

const NEITHER = invalid({ group: 'authorization.k8s.io', version: '', plural: '', kind: '', namespaced: false }, '', [
  invalidValue(
    'spec.resourceAttributes',
    null,
    'exactly one of nonResourceAttributes or resourceAttributes must be specified',
  ),
]).status;

const selfSubjectAccess: Review = async (request, review) => {
  const asked = askedFor(review);
  if (asked === undefined) return statusAnswer(NEITHER);
  const verdict = await request.api.canI(asked);
  return verdict.ok ? answered(review, told(verdict.value)) : faultAnswer(verdict.fault);
};

const told = ({ allowed, denied, reason }: { allowed: boolean; denied: boolean; reason: string }): object => ({
  allowed,
  ...(denied && { denied }),
  ...(reason !== '' && { reason }),
});

const subjectAccess: Review = async (request, review) => {
  const asked = askedFor(review);
  if (asked === undefined) return statusAnswer(NEITHER);
  const who: UserInfo = {
    username: digText(review, 'spec', 'user') ?? '',
    groups: digList(review, 'spec', 'groups').filter((group) => typeof group === 'string'),
  };
  const verdict = await request.world.api().can(who, asked);
  return verdict.ok ? answered(review, told(verdict.value)) : faultAnswer(verdict.fault);
};

const localSubjectAccess: Review = (request, review, info) => {
  const attributes = { ...digMap(review, 'spec', 'resourceAttributes'), namespace: info.namespace };
  return subjectAccess(
    request,
    { ...review, spec: { ...digMap(review, 'spec'), resourceAttributes: attributes } },
    info,
  );
};

const selfSubjectRules: Review = ({ world, user }, review) => {
  const rules = world.rulesOf(user, digText(review, 'spec', 'namespace') ?? '');
  return answered(review, {
    resourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs.length === 0).map(resourceRule),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  });
};

const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule): object => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames.length > 0 && { resourceNames }),
});

const selfSubject: Review = ({ user, world }, review) =>
  answered({ ...review, metadata: { creationTimestamp: timestamp(world.clock.now()) } }, { userInfo: user });

const tokenReview: Review = ({ tokens }, review) => {
  const user = tokens.userOf(digText(review, 'spec', 'token') ?? '');
  return answered(
    review,
    user === undefined ? { user: {}, error: 'invalid bearer token' } : { authenticated: true, user },
  );
};

const REVIEWS: Readonly<Record<string, Review>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': selfSubjectAccess,
  'subjectaccessreviews.authorization.k8s.io': subjectAccess,
  'localsubjectaccessreviews.authorization.k8s.io': localSubjectAccess,
  'selfsubjectrulesreviews.authorization.k8s.io': selfSubjectRules,
  'selfsubjectreviews.authentication.k8s.io': selfSubject,
  'tokenreviews.authentication.k8s.io': tokenReview,
};

/** Undefined for all that is no review. */
export const reviewRoute = async (request: ApiRequest, info: ResourceInfo): Promise<ApiAnswer | undefined> => {
  const review = info.version === 'v1' ? REVIEWS[`${info.plural}.${info.group}`] : undefined;
  if (review === undefined || info.verb !== 'create') return undefined;
  const refusal = await refusalOf(request, attributesOf(info));
  if (refusal !== undefined) return statusAnswer(refusal.status);
  const sent = await decodeBody(request.body, request.contentType, info.plural);
  if (!sent.ok) return statusAnswer(sent.status);
  return review(request, withoutEmpty(sent.value), info);
};

/** Clients that send protobuf fill in what they leave out. */
const withoutEmpty = (review: JsonObject): JsonObject => {
  const { resourceAttributes, nonResourceAttributes } = digMap(review, 'spec');
  const isAsked = (attributes: unknown): boolean => Object.keys(digTexts(attributes)).length > 0;
  const spec = { ...digMap(review, 'spec') };
  if (!isAsked(resourceAttributes)) delete spec['resourceAttributes'];
  if (!isAsked(nonResourceAttributes)) delete spec['nonResourceAttributes'];
  return { ...review, spec };
};
