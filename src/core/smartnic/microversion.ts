/** Ironic's API versions ("1.53"): comparing them, and the version from which each field of a port exists. */

export interface Microversion {
  readonly major: number;
  readonly minor: number;
}

/** Undefined when the text is no version. `latest` is the server's highest. */
export const parseMicroversion = (text: string, highest: Microversion): Microversion | undefined => {
  if (text === 'latest') return highest;
  const found = /^(\d{1,4})\.(\d{1,6})$/.exec(text);
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2]) };
};

/** Debian 12 ships Ironic 21.4.4, which the recordings were made with. */
export const RECORDED_HIGHEST: Microversion = { major: 1, minor: 82 };

/** ironic api/controllers/v1/versions.py; fields that are not here have been there from 1.1. */
const FIELD_SINCE: Readonly<Record<string, number>> = {
  internal_info: 18,
  local_link_connection: 19,
  pxe_enabled: 19,
  portgroup_uuid: 24,
  physical_network: 34,
  is_smartnic: 53,
  'local_link_connection/network_type': 64,
  'local_link_connection/vtep-logical-switch': 90,
  'local_link_connection/vtep-physical-switch': 90,
  name: 88,
  node_ident: 94,
  description: 97,
  vendor: 100,
  category: 101,
  available_for_dynamic_portgroup: 111,
};

export const fieldExists = (field: string, version: Microversion): boolean =>
  version.minor >= (FIELD_SINCE[field] ?? 1);

/** From here on no port of a node that is `inspecting` may be changed. */
export const refusesWhileInspecting = (version: Microversion): boolean => version.minor >= 39;

export type VersionVerdict =
  { readonly ok: true; readonly version: Microversion } | { readonly ok: false; readonly message: string };

/** What a server of `highest` makes of the version header. No header means 1.1, not the newest. */
export const negotiate = (header: string | undefined, highest: Microversion): VersionVerdict => {
  const range = `The supported version range is: [1.1, ${highest.major}.${highest.minor}].`;
  const version = parseMicroversion(header ?? '1.1', highest);
  if (version === undefined || version.major !== 1)
    return {
      ok: false,
      message: `Mutually exclusive versions requested. Version ${header ?? ''} requested but not supported by this service. ${range}`,
    };
  if (version.minor < 1 || version.minor > highest.minor)
    return {
      ok: false,
      message: `Version ${header ?? ''} was requested but the minor version is not supported by this service. ${range}`,
    };
  return { ok: true, version };
};
