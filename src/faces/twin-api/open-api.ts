/**
 * As much OpenAPI as kubectl needs to go on: that the server validates fields itself and knows dry runs. The schemas of the
 * kinds are left out, so kubectl merges by its own knowledge of the built-in kinds, and `kubectl explain` finds nothing.
 */
import { apiVersionOf } from '../../core/model/kube-resource.ts';
import type { ServedKind } from '../../twin/world/kind-registry.ts';
import type { World } from '../../twin/world/world.ts';

const pathOf = ({ group, version }: Pick<ServedKind, 'group' | 'version'>): string =>
  `${group === '' ? 'api' : 'apis'}/${apiVersionOf({ group, version })}`;

export const openApiPaths = (world: World): object => ({
  paths: Object.fromEntries(
    world.served().map((kind) => [pathOf(kind), { serverRelativeURL: `/openapi/v3/${pathOf(kind)}` }]),
  ),
});

const PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}));

/** Undefined where no kind is served there. `path` is `apis/apps/v1`. */
export const openApiV3 = (world: World, path: string): object | undefined => {
  const kinds = world.served().filter((kind) => pathOf(kind) === path);
  if (kinds.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: Object.fromEntries(
      kinds.map(({ group, version, kind, plural, namespaced }) => [
        `/${path}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`,
        { patch: { parameters: PARAMETERS, 'x-kubernetes-group-version-kind': { group, version, kind } } },
      ]),
    ),
    components: { schemas: {} },
  };
};

const field = (number: number, content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content);
  // All of them are shorter than 128 bytes, so one byte holds the length.
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
};

/** An OpenAPI document without paths (github.com/google/gnostic-models openapiv2), as protobuf: kubectl reads no other form. */
export const EMPTY_OPEN_API_V2: Buffer = Buffer.concat([
  field(1, '2.0'),
  field(2, Buffer.concat([field(1, 'Kubernetes'), field(2, 'v1.36.3')])),
]);

/** As the server writes it: the `@` that clients ask with is none that they can read. */
export const OPEN_API_V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
