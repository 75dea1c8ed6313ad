/** Which objects a list or watch is about: label and field selectors as the server reads them. */
import { dig } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { parseLabelSelector, selects } from '../../core/model/label-selector.ts';
import type { Selection } from '../../core/ports/kube-api.ts';
import type { ServedKind } from './kind-registry.ts';
import { type Answer, badRequest, done } from './status.ts';

export interface Selector {
  readonly namespace?: string | undefined;
  /** The one name that it can be, where a field selector says so. */
  readonly name?: string | undefined;
  /** The one node that its pods can be bound to, where a field selector says so. */
  readonly node?: string | undefined;
  /** False when every object of the namespace is meant, so that nobody needs to ask. */
  readonly isNarrow: boolean;
  readonly matches: (object: KubeObject) => boolean;
}

interface FieldRequirement {
  readonly field: string;
  readonly path: readonly string[];
  readonly value: string;
  readonly isEqual: boolean;
}

export const readSelection = (kind: ServedKind, selection: Selection): Answer<Selector> => {
  const { namespace, labelSelector = '', fieldSelector = '' } = selection;
  const labels = parseLabelSelector(labelSelector);
  if (!labels.ok) return badRequest(`unable to parse requirement: ${labels.fault.message}`);
  const fields = parseFields(kind, fieldSelector);
  if (!fields.ok) return fields;
  const [name, node] = [equalTo(fields.value, 'metadata.name'), equalTo(fields.value, 'spec.nodeName')];
  const isNarrow = labels.value.length > 0 || fields.value.length > 0;
  return done({
    ...(namespace !== undefined && kind.namespaced && { namespace }),
    ...(name !== undefined && { name }),
    ...(node !== undefined && { node }),
    isNarrow,
    matches: (object) =>
      !isNarrow ||
      (selects(labels.value, object.metadata.labels ?? {}) && fields.value.every((field) => holds(field, object))),
  });
};

const ALWAYS = ['metadata.name', 'metadata.namespace'];

const parseFields = (kind: ServedKind, text: string): Answer<readonly FieldRequirement[]> => {
  const requirements: FieldRequirement[] = [];
  for (const term of text.split(',').filter((part) => part !== '')) {
    const found = /^([^=!]+)(!=|==|=)(.*)$/.exec(term);
    if (found === null) return badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = found;
    if (!ALWAYS.includes(field) && !kind.rules.selectable.includes(field))
      return badRequest(`field label not supported: ${field}`);
    requirements.push({ field, path: field.split('.'), value, isEqual: operator !== '!=' });
  }
  return done(requirements);
};

const equalTo = (fields: readonly FieldRequirement[], wanted: string): string | undefined => {
  const value = fields.find(({ field, isEqual }) => isEqual && field === wanted)?.value;
  return value === '' ? undefined : value;
};

/** What is absent counts as empty, a flag that is absent as false. */
const holds = ({ path, value, isEqual }: FieldRequirement, object: KubeObject): boolean => {
  const found = dig(object, ...path);
  const text = found === undefined || found === null ? '' : String(found as string | number | boolean);
  return (text === value || (found === undefined && value === 'false')) === isEqual;
};
