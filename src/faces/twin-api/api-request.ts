/** One request as the routes see it: who asks, for what, with which body. How it came and how it goes is api-server.ts's. */
import type { AccessAttributes, KubeApi, ObjectKey, UserInfo } from '../../core/ports/kube-api.ts';
import { forbiddenMessage } from '../../core/rbac/access-request.ts';
import type { ServedKind } from '../../twin/world/kind-registry.ts';
import { forbidden, type Refused } from '../../twin/world/status.ts';
import type { World } from '../../twin/world/world.ts';
import type { Form } from './media-types.ts';
import type { ObjectTexts } from './object-texts.ts';
import type { Pace } from './pace.ts';
import type { ResourceInfo } from './request-info.ts';
import type { Tokens } from './tokens.ts';

/** What all requests have in common. */
export interface ApiParts {
  readonly world: World;
  readonly tokens: Tokens;
  readonly pace: Pace;
  readonly texts: ObjectTexts;
  /** `127.0.0.1:6443`. */
  readonly address: () => string;
}

export interface ApiRequest extends ApiParts {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  /** The client's own name: `kubectl/v1.36.3 ...`. */
  readonly agent: string;
  readonly body: Buffer;
  readonly form: Form;
  readonly user: UserInfo;
  /** The world as this user sees it. */
  readonly api: KubeApi;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** A request for a kind that is served. */
export interface KindRequest extends ApiRequest {
  readonly info: ResourceInfo;
  readonly kind: ServedKind;
}

/** The server's refusal, where the user may not do this; undefined where it may. */
export const refusalOf = async (
  { api, user }: Pick<ApiRequest, 'api' | 'user'>,
  attributes: AccessAttributes,
): Promise<Refused | undefined> => {
  const verdict = await api.canI(attributes);
  if (!verdict.ok || verdict.value.allowed) return undefined;
  const why = forbiddenMessage(user, attributes);
  if ('path' in attributes)
    return { ok: false, status: { code: 403, reason: 'Forbidden', message: `forbidden: ${why}`, details: {} } };
  const { group, resource, name = '' } = attributes;
  return forbidden({ group, plural: resource, kind: '', version: '', namespaced: false }, name, why);
};

/** The attributes of this request, as the authorizer sees them. */
export const attributesOf = ({
  verb = '',
  group,
  plural,
  namespace,
  name,
  subresource,
}: ResourceInfo): AccessAttributes => ({
  verb,
  group,
  resource: plural,
  ...(namespace !== undefined && { namespace }),
  ...(name !== undefined && { name }),
  ...(subresource !== undefined && { subresource }),
});

export const keyOf = ({ namespace, name = '' }: ResourceInfo): ObjectKey => ({
  name,
  ...(namespace !== undefined && { namespace }),
});

/** Of kinds that live in namespaces, where the route has made sure that there is one. */
export const namespacedKeyOf = ({ namespace = '', name = '' }: ResourceInfo): Required<ObjectKey> => ({
  namespace,
  name,
});
