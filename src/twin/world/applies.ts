/** Server-side apply as a write: what of a configuration counts, whose fields are in the way, and the words for it. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import { duplicateFault } from './apply/typed-value.ts';
import { pathsOf, showPath } from './apply/field-set.ts';
import { applyAfterKubectl } from './apply/last-applied.ts';
import { isManaged, type Manager } from './apply/managed-fields.ts';
import type { ServedKind } from './kind-registry.ts';
import type { ServerParts } from './server-parts.ts';
import { type Answer, badRequest, type Cause, managerConflict, modified, notFound, unreadable } from './status.ts';
import { type JsonMap, without } from './stored-value.ts';
import { shownIn } from './versions.ts';
import { absentSubresource, add, managerOf, replace, type WriteCall, wrongHead, zeroOf } from './writes.ts';

export const apply = (parts: ServerParts, call: WriteCall, object: KubeObject): Answer<KubeObject> => {
  const { kind } = call;
  const { subresource, fieldManager = '' } = call.options;
  const absent = absentSubresource(call) ?? wrongHead(kind, object);
  if (absent !== undefined) return absent;
  if (isManaged(object)) return badRequest('metadata.managedFields must be nil');
  const { name, namespace, resourceVersion } = object.metadata;
  const before = parts.store.get(kind, namespace, name);
  if (before === undefined && subresource !== undefined) return notFound(kind, name);
  if (before === undefined && resourceVersion !== undefined && resourceVersion !== '') return modified(kind, name);
  const fault = kind.rules.configFault(object) ?? duplicateFault(kind.rules.shape, object);
  if (fault !== undefined) {
    const what = `${namespace === undefined ? '' : `${namespace}/`}${name}; ${apiVersionOf(kind)}, Kind=${kind.kind}`;
    return unreadable(`failed to create typed patch object (${what}): ${fault}`);
  }
  const live =
    before === undefined
      ? { ...zeroOf(kind), metadata: { name, ...(namespace !== undefined && { namespace }) } }
      : shownIn(kind, before);
  const applied = applyAfterKubectl({
    shape: kind.rules.shape,
    zero: zeroOf(kind),
    live: live as KubeObject,
    config: writtenPart(kind, object, subresource),
    sent: object,
    by: managerOf(kind, fieldManager, 'Apply', subresource),
    force: call.force === true,
    time: timestamp(parts.clock.now()),
  });
  if (!applied.ok) return managerConflict(...conflictsOf(applied.conflicts));
  if (before === undefined)
    return add(parts, call, without(applied.object as unknown as JsonMap, 'status') as unknown as KubeDraft, 'apply');
  return replace(parts, call, before, applied.object, 'apply');
};

/** What of a configuration this way of writing writes. */
const writtenPart = (kind: ServedKind, sent: KubeObject, subresource: string | undefined): KubeObject => {
  if (!kind.rules.statusApart) return sent;
  if (subresource !== 'status') return without(sent, 'status');
  const { name, namespace } = sent.metadata;
  const metadata = kind.rules.isCustom
    ? { name, ...(namespace !== undefined && { namespace }) }
    : without(sent.metadata, ...kind.rules.apartFromStatus);
  return {
    apiVersion: sent.apiVersion,
    kind: sent.kind,
    metadata,
    ...('status' in sent && { status: sent['status'] }),
  };
};

const conflictsOf = (
  conflicts: ReadonlyMap<Manager, Parameters<typeof pathsOf>[0]>,
): readonly [readonly Cause[], string] => {
  const causes = [...conflicts].flatMap(([manager, set]) =>
    pathsOf(set).map((path) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${showManager(manager)}`,
      field: showPath(path),
    })),
  );
  return [causes, causes.map(({ message, field }) => `${message}: ${field}`).join('\n')];
};

const showManager = ({ name, operation, apiVersion, subresource }: Manager): string => {
  const by =
    JSON.stringify(name) + (subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Apply' ? by : `${by} using ${apiVersion}`;
};
