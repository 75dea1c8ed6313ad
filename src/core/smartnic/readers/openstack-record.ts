/**
 * One object of an OpenStack API or client under one set of names: the API's. Clients print headings ("Power State"),
 * other words ("binding_host_id") or the API's own ("binding:host_id"); texts may hold one object, a list or a wrapper.
 */
import { isMap } from '../../model/dig.ts';

export type OpenStackRecord = Readonly<Record<string, unknown>>;

/** Headings and client words -> the API's name, where lower case and underscores are not enough. */
const NAMES: Readonly<Record<string, string>> = {
  provisioning_state: 'provision_state',
  target_provisioning_state: 'target_provision_state',
  provisioning_updated_at: 'provision_updated_at',
  is_smart_nic_port: 'is_smartnic',
  is_smart_nic: 'is_smartnic',
  pxe_boot_enabled: 'pxe_enabled',
  host_id: 'binding:host_id',
  configuration: 'configurations',
  last_heartbeat_at: 'heartbeat_timestamp',
  is_alive: 'alive',
  is_admin_state_up: 'admin_state_up',
};

const apiName = (key: string): string => {
  const word = key
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  const bound = /^binding_(host_id|profile|vif_details|vif_type|vnic_type)$/.exec(word);
  return bound === null ? (NAMES[word] ?? word) : `binding:${bound[1] ?? ''}`;
};

/** Text that is itself a map or list, as clients print nested values in tables: `{'hostname': 'a'}` or JSON. */
const nested = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  for (const text of [
    value,
    value
      .replaceAll("'", '"')
      .replaceAll(/\bTrue\b/g, 'true')
      .replaceAll(/\bFalse\b/g, 'false')
      .replaceAll(/\bNone\b/g, 'null'),
  ])
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // The next spelling is tried; what fits none stays text.
    }
  return value;
};

export const asRecord = (value: unknown): OpenStackRecord | undefined =>
  isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [apiName(key), nested(item)]))
    : undefined;

const WRAPPERS = ['nodes', 'ports', 'agents', 'node', 'port', 'agent'];

/** The objects of a document, whatever they are wrapped in. */
export const recordsIn = (document: unknown): readonly OpenStackRecord[] => {
  if (Array.isArray(document)) return document.flatMap((item) => recordsIn(item));
  if (!isMap(document)) return [];
  const wrapper = Object.keys(document).length <= 2 ? WRAPPERS.find((key) => key in document) : undefined;
  const inside = wrapper === undefined ? undefined : document[wrapper];
  if (isMap(inside) || Array.isArray(inside)) return recordsIn(inside);
  const record = asRecord(document);
  return record === undefined ? [] : [record];
};
