/** Rows of the request table + a call's targets -> the permissions that the call asks for. */
import type { AccessAttributes } from '../../../ports/kube-api.ts';
import type { ResourceType, ResourceTypes } from '../../resource-types.ts';
import type { Ask } from '../recorder.ts';
import { literalOf } from '../condition.ts';
import { showName, text } from '../shell-value.ts';
import type { Value } from '../shell-value.ts';
import type { KubectlCall } from './kubectl-call.ts';
import { flagText, hasFlag } from './kubectl-call.ts';
import { STATES } from './request-row.ts';
import type { RequestRow, State } from './request-row.ts';
import type { Target } from './targets.ts';
import { selectedName } from './targets.ts';

export interface AskContext {
  readonly call: KubectlCall;
  /** Of the call: a name, `@pod`, or `~EXPRESSION`; undefined for all namespaces. */
  readonly namespace: string | undefined;
  readonly types: ResourceTypes;
}

/** The atom of a state; one a target, so that states of different objects are not taken for one. */
export const stateCondition = (state: State, of: string) =>
  literalOf({ id: `state ${state} ${of}`, yes: STATES[state], no: `not: ${STATES[state]}` });

const applies = (row: RequestRow, call: KubectlCall, type: ResourceType | undefined): boolean => {
  if (row.given !== undefined && !hasFlag(call, row.given)) return false;
  if (row.unless !== undefined && hasFlag(call, row.unless)) return false;
  const key = type === undefined ? '' : `${type.group}/${type.plural}`;
  if (row.types !== undefined && !row.types.split(' ').includes(key)) return false;
  return row.notTypes === undefined || !row.notTypes.split(' ').includes(key);
};

interface Asked {
  readonly type: ResourceType | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
}

const resourceOf = (
  row: RequestRow,
  target: Asked,
  types: ResourceTypes,
  call: KubectlCall,
): ResourceType | undefined => {
  if (row.on === undefined) return target.type;
  if (row.on === '@from') {
    const [kind = ''] = (flagText(call, 'from') ?? '').split('/');
    return types.named(kind);
  }
  const slash = row.on.indexOf('/');
  return types.at(row.on.slice(0, slash), row.on.slice(slash + 1));
};

const nameFor = (row: RequestRow, target: Asked, form: 'named' | 'listed'): string | undefined => {
  const rule = row.name ?? (row.on === undefined && form === 'named' ? 'target' : 'none');
  if (rule === 'none') return undefined;
  if (rule === 'target') return target.name;
  return rule === 'each' ? '~each' : `~podOf${target.type?.kind ?? 'Target'}`;
};

const namespaceFor = (row: RequestRow, target: Asked, type: ResourceType): string | undefined => {
  if (!type.namespaced || row.scope === 'all') return undefined;
  if (row.scope === 'target') return target.name;
  return row.scope ?? target.namespace;
};

const askFor = (
  row: RequestRow,
  target: Asked,
  form: 'named' | 'listed',
  { call, types }: AskContext,
): readonly Ask[] => {
  const type = resourceOf(row, target, types, call);
  if (type === undefined) return [];
  const subresource = row.sub === '@subresource' ? flagText(call, 'subresource') : row.sub;
  const namespace = namespaceFor(row, target, type);
  const name = nameFor(row, target, form);
  const request: AccessAttributes = {
    verb: row.verb,
    group: type.group,
    resource: type.plural,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
  const of = `${type.group}/${type.plural}/${target.namespace ?? ''}/${target.name ?? ''}`;
  const ask: Ask = {
    request,
    ...(row.state === undefined ? {} : { when: [stateCondition(row.state, of)] }),
    ...(row.tolerate === true ? { tolerate: true } : {}),
    ...(row.alt === undefined ? {} : { alt: row.alt }),
    ...(row.server === true ? { server: true } : {}),
    ...(row.hangs === true ? { hangs: true } : {}),
  };
  if (row.lookup !== true || namespace === undefined) return [ask];
  // kubectl's object builder: on a 404 it looks whether the namespace is there, and does not mind a denial.
  const lookup: AccessAttributes = { verb: 'get', group: '', resource: 'namespaces', name: namespace };
  return [ask, { request: lookup, when: [stateCondition('absent', of)], tolerate: true }];
};

/** Where the object is not there kubectl does not come to this request. That it is there goes without saying. */
export const onlyWhereFound = (ask: Ask, of: string): Ask => ({
  ...ask,
  when: [...(ask.when ?? []), { ...stateCondition('absent', of), holds: false, assumed: true }],
});

export const asksFor = (
  rows: readonly RequestRow[],
  target: Target | undefined,
  context: AskContext,
): readonly Ask[] => {
  const { call } = context;
  const asked: Asked = {
    type: target?.type,
    name: target?.name === undefined ? undefined : showName(target.name),
    namespace: target?.namespace === undefined ? context.namespace : showName(target.namespace),
  };
  const form = target?.name === undefined ? 'listed' : 'named';
  const of = `${target?.type.group ?? ''}/${target?.type.plural ?? ''}/${asked.namespace ?? ''}/${asked.name ?? ''}`;
  let found = false;
  const asks = rows
    .filter((row) => applies(row, call, target?.type))
    .flatMap((row) => {
      const made = askFor(row, asked, form, context);
      // Where the first read finds nothing kubectl ends. That it finds something goes without saying.
      const after = found && row.state !== 'absent' ? made.map((ask) => onlyWhereFound(ask, of)) : made;
      found ||= row.lookup === true || (form === 'listed' && row.verb === 'list');
      return after;
    });
  // A list that a field selector narrows to one name is authorized with that name.
  const selected = form === 'listed' ? selectedName(call) : undefined;
  return selected === undefined
    ? asks
    : asks.map((ask) =>
        ask.request.verb === 'list' || ask.request.verb === 'watch'
          ? { ...ask, request: { ...ask.request, name: selected } }
          : ask,
      );
};

/** Rows that speak of no target take their name from the first argument, or from a flag. */
export const asksOnce = (rows: readonly RequestRow[], name: Value | undefined, context: AskContext): readonly Ask[] => {
  const { call, types, namespace } = context;
  const from = flagText(call, 'from')?.split('/').at(-1);
  let found = false;
  return rows
    .filter((row) => applies(row, call, undefined))
    .flatMap((row) => {
      const own = row.given === 'from' ? (from === undefined ? undefined : text(from)) : name;
      const asked: Asked = { type: undefined, name: own === undefined ? undefined : showName(own), namespace };
      const made = askFor(row, asked, 'listed', { call, types, namespace });
      const after = found ? made.map((ask) => onlyWhereFound(ask, 'the source')) : made;
      found ||= row.lookup === true;
      return after;
    });
};
