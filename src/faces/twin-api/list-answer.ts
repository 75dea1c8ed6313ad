/** Objects in the form that the client asked for: as they are, as a Table, or their metadata alone. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf } from '../../core/model/kube-resource.ts';
import type { Page } from '../../core/ports/kube-api.ts';
import type { ServedKind } from '../../twin/world/kind-registry.ts';
import { type ApiAnswer, objectAnswer } from './answer.ts';
import type { KindRequest } from './api-request.ts';
import { SCALE_TABLE } from './tables/built-in-tables.ts';
import { partialMetadata, tableOf, type TableOptions } from './tables/table.ts';

export const oneAnswer = (request: KindRequest, object: KubeObject, code = 200): ApiAnswer => {
  const { kind, form } = request;
  const version = form.version ?? 'v1';
  if (form.as === 'Table') {
    const { resourceVersion } = object.metadata;
    return objectAnswer(tableOf(kind, [object], { resourceVersion }, tableOptions(request)), code);
  }
  return objectAnswer(form.as === 'PartialObjectMetadata' ? partialMetadata(object, version) : object, code);
};

export const pageAnswer = (request: KindRequest, page: Page): ApiAnswer => {
  const { kind, form } = request;
  const metadata = {
    resourceVersion: page.resourceVersion,
    ...(page.continue !== undefined && { continue: page.continue }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
  if (form.as === 'Table') return objectAnswer(tableOf(kind, page.items, metadata, tableOptions(request)));
  if (form.as === 'PartialObjectMetadataList' || form.as === 'PartialObjectMetadata') {
    const version = form.version ?? 'v1';
    return objectAnswer({
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${version}`,
      metadata,
      items: page.items.map((item) => partialMetadata(item, version)),
    });
  }
  return objectAnswer({
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata,
    items: kind.rules.isCustom ? page.items : page.items.map(withoutHead),
  });
};

/** Items of built-in kinds are sent without their apiVersion and kind: the list has them. */
const withoutHead = (object: KubeObject): object => ({ ...object, apiVersion: undefined, kind: undefined });

const tableOptions = ({ query, form, world, info }: KindRequest): TableOptions => {
  const include = query.get('includeObject');
  return {
    now: world.clock.now(),
    version: form.version ?? 'v1',
    include: include === 'Object' || include === 'None' ? include : 'Metadata',
    withColumns: true,
    ...(info.subresource === 'scale' && { form: SCALE_TABLE }),
  };
};

/** Of one event of a watch. */
export const shownAs = (request: KindRequest, object: KubeObject, isFirst: boolean): object => {
  const { kind, form } = request;
  if (form.as === 'Table') {
    const { resourceVersion } = object.metadata;
    return tableOf(kind, [object], { resourceVersion }, { ...tableOptions(request), withColumns: isFirst });
  }
  return form.as === undefined ? object : partialMetadata(object, form.version ?? 'v1');
};

export const isPlain = ({ form }: KindRequest): boolean => form.as === undefined;

export const headOf = (kind: ServedKind): { readonly kind: string; readonly apiVersion: string } => ({
  kind: kind.kind,
  apiVersion: apiVersionOf(kind),
});
