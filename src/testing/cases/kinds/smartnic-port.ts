/** Requests on ports as a smart NIC case gives them (post, patch, get, delete, patch_attr), answered by the room. */
import { digText, isMap } from '../../../core/model/dig.ts';
import { checkLocalLink } from '../../../core/smartnic/local-link.ts';
import { RECORDED_HIGHEST } from '../../../core/smartnic/microversion.ts';
import {
  createPort,
  deletePort,
  patchPort,
  readPort,
  type PortAnswer,
  type PortApi,
} from '../../../core/smartnic/port-api.ts';
import type { PortDocument } from '../../../core/smartnic/port-document.ts';
import { answerList } from '../../../core/smartnic/port-list.ts';
import type { Practice } from '../../../core/smartnic/practice.ts';
import type { JsonObject } from '../case-kind.ts';
import { Matcher } from '../matcher.ts';
import { exactly, noneOf } from '../matchers.ts';
import { textOf } from './smartnic-given.ts';

export const NODE_UUID = '0fece7e2-60cc-4bfb-bbf3-48233d36ef2c';
export const PORT_UUID = '641a9523-0fa6-406a-89c7-ba1fa4e49669';
export const PORT_ADDRESS = '52:54:00:aa:bb:0a';
const NEW_ADDRESS = '52:54:00:aa:cc:01';
const NEW_UUID = '25fd700d-0031-4de2-855b-8bbdd9572b8c';

/** A change of each attribute that `patch_attr` may name. */
export const PATCH_OF: Readonly<Record<string, { readonly path: string; readonly value: unknown }>> = {
  address: { path: '/address', value: '52:54:00:aa:cc:99' },
  local_link_connection: { path: '/local_link_connection/port_id', value: 'rep0-9' },
  is_smartnic: { path: '/is_smartnic', value: false },
  pxe_enabled: { path: '/pxe_enabled', value: false },
  physical_network: { path: '/physical_network', value: 'physnet9' },
  portgroup_uuid: { path: '/portgroup_uuid', value: 'b0f70569-661e-4c07-8b46-0a1f1d1cdd1a' },
  portgroup_id: { path: '/portgroup_uuid', value: 'b0f70569-661e-4c07-8b46-0a1f1d1cdd1a' },
  extra: { path: '/extra/a', value: 'b' },
};

export const postBodyOf = (given: JsonObject): unknown =>
  isMap(given['post']) ? { node_uuid: NODE_UUID, address: NEW_ADDRESS, ...given['post'] } : given['post'];

export const patchBodyOf = (given: JsonObject): unknown => {
  if (given['patch'] !== undefined) return given['patch'];
  const change = PATCH_OF[textOf(given['patch_attr'])];
  return change === undefined ? undefined : [{ op: 'add', ...change }];
};

/** The port that a PATCH, GET or DELETE is about. */
export const existingPort = (given: JsonObject): PortDocument => {
  const own = given['local_link_connection'] ?? given['llc'];
  const link = checkLocalLink(own);
  return {
    uuid: PORT_UUID,
    address: PORT_ADDRESS,
    node_uuid: NODE_UUID,
    is_smartnic: given['is_smartnic'] !== false,
    local_link_connection: link.ok ? link.link : {},
    pxe_enabled: true,
    physical_network: null,
    portgroup_uuid: null,
    extra: {},
    internal_info: {},
  };
};

const apiOf = (given: JsonObject, practice: Practice): PortApi => {
  const instanceUuid = digText(given, 'instance_uuid');
  const reservation = digText(given, 'reservation') ?? (given['locked'] === true ? 'another-conductor' : undefined);
  const post = isMap(given['post']) ? given['post'] : {};
  const named = digText(post, 'node_uuid') ?? NODE_UUID;
  const existing = Array.isArray(given['existing']) ? given['existing'].map((each) => textOf(each)) : [];
  return {
    highest: RECORDED_HIGHEST,
    practice,
    node:
      named !== NODE_UUID || given['node'] === 'missing'
        ? undefined
        : {
            uuid: NODE_UUID,
            provisionState: digText(given, 'node_state') ?? 'enroll',
            maintenance: given['maintenance'] === true,
            ...(instanceUuid === undefined ? {} : { instanceUuid }),
            ...(reservation === undefined ? {} : { reservation }),
          },
    takenAddresses: existing,
  };
};

/** The keys of the link may be asked for beside the port's own. */
const storedAnswer = (stored: PortDocument): Record<string, unknown> => ({
  ...stored.local_link_connection,
  ...stored,
  local_link_connection: exactly(stored.local_link_connection),
});

/** The expected list names what must be there among ours. */
const holding = (keys: readonly string[]): Matcher =>
  new Matcher(`holding ${keys.join(', ')}`, (expected) => {
    const missing = Array.isArray(expected) ? expected.filter((key) => !keys.includes(textOf(key))) : [expected];
    return missing.length === 0 ? undefined : `${JSON.stringify(missing)} is not among ${keys.join(', ')}`;
  });

const shape = ({ http, message, stored, shown, warn, rule }: PortAnswer): Record<string, unknown> => ({
  http,
  message,
  stored: stored === undefined ? undefined : storedAnswer(stored),
  absent: noneOf(Object.keys(shown ?? {})),
  present: holding(Object.keys(shown ?? {})),
  warn,
  rule,
});

const askList = (request: string, given: JsonObject, header: string | undefined): PortAnswer => {
  const query = new URLSearchParams(request.split('?')[1] ?? '');
  const value = (key: string): string | undefined => query.get(key) ?? digText(given, key);
  const fields = value('fields');
  const limit = value('limit');
  const marker = value('marker');
  const sortKey = value('sort_key');
  const verdict = answerList(
    {
      ...(fields === undefined ? {} : { fields: fields.split(',') }),
      ...(limit === undefined ? {} : { limit }),
      ...(marker === undefined ? {} : { marker }),
      ...(sortKey === undefined ? {} : { sortKey }),
      ...(value('detail') === 'true' ? { detail: true } : {}),
    },
    header,
    [PORT_UUID],
    RECORDED_HIGHEST,
  );
  const { http, message, keys } = verdict;
  return {
    http,
    ...(message === undefined ? {} : { message }),
    ...(keys === undefined ? {} : { shown: Object.fromEntries(keys.map((key) => [key, null])) }),
  };
};

/** What the room answers to the request of a case. */
export const askPort = (given: JsonObject, practice: Practice): PortAnswer => {
  // A version of null: the client sends no version header.
  const header = given['api_version'] === null ? undefined : (digText(given, 'api_version') ?? '1.82');
  const api = apiOf(given, practice);
  const port = existingPort(given);
  if ('post' in given) return createPort(postBodyOf(given), header, NEW_UUID, api);
  if (given['delete'] !== undefined) {
    const vif = given['vif'];
    return deletePort(port, header, api, vif === undefined || vif === null ? undefined : textOf(vif));
  }
  if (typeof given['get'] === 'string') {
    if (given['get'].startsWith('ports')) return askList(given['get'], given, header);
    const fields = Array.isArray(given['fields'])
      ? given['fields'].map((each) => textOf(each))
      : digText(given, 'fields')?.split(',');
    return readPort(port, header, api, fields);
  }
  return patchPort(port, patchBodyOf(given), header, api);
};

export const answerPortRequest = (given: JsonObject, practice: Practice): Record<string, unknown> =>
  shape(askPort(given, practice));
