/**
 * local_link_connection: which shapes Ironic accepts, how it normalises them, and which of them is a smart NIC's.
 * Source: ironic api/controllers/v1/utils.py, LOCAL_LINK_CONN_SCHEMA.
 */
import { isMap } from '../model/dig.ts';
import { pythonText } from './python-text.ts';

/** The keys that may stand in it, and whether this version of ours knows them by name. */
export interface LocalLinkConnection {
  /** Where the agent runs that plugs the port. */
  readonly hostname?: string;
  /** The port that is plugged into the integration bridge. */
  readonly port_id?: string;
  readonly switch_id?: string;
  readonly switch_info?: string;
  readonly network_type?: string;
  readonly 'vtep-logical-switch'?: string;
  readonly 'vtep-physical-switch'?: string;
}

const KEYS = [
  'port_id',
  'switch_id',
  'hostname',
  'switch_info',
  'network_type',
  'vtep-logical-switch',
  'vtep-physical-switch',
] as const;

/** Each shape by what it requires; one of them must fit. */
const SHAPES: readonly (readonly (keyof LocalLinkConnection)[])[] = [
  ['port_id', 'switch_id'],
  ['port_id', 'hostname'],
  ['network_type'],
  ['port_id', 'vtep-logical-switch', 'vtep-physical-switch'],
];

const NETWORK_TYPES = ['managed', 'unmanaged'];
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;
const DATAPATH_ID = /^[0-9a-f]{16}$/;

/** A MAC in lower case, or undefined. Colons only: Ironic refuses dashes. */
export const normalMac = (text: string): string | undefined => {
  const mac = text.toLowerCase();
  return MAC.test(mac) ? mac : undefined;
};

const shapeFits = (link: Readonly<Record<string, unknown>>, shape: readonly string[]): boolean =>
  shape.every((key) => key in link) && (shape[0] !== 'network_type' || link['network_type'] === 'unmanaged');

const rootCause = (link: Readonly<Record<string, unknown>>): string => {
  const unknown = Object.keys(link).filter((key) => !(KEYS as readonly string[]).includes(key));
  if (unknown.length > 0)
    return `Additional properties are not allowed (${unknown.map(pythonText).join(', ')} ${unknown.length === 1 ? 'was' : 'were'} unexpected)`;
  const wrongType = Object.entries(link).find(([, value]) => typeof value !== 'string');
  if (wrongType !== undefined) return `${pythonText(wrongType[1])} is not of type 'string'`;
  const type = link['network_type'];
  if (type !== undefined && !NETWORK_TYPES.includes(type as string))
    return `${pythonText(type)} is not one of ${pythonText(NETWORK_TYPES)}`;
  return `${'port_id' in link ? "'switch_id'" : "'port_id'"} is a required property`;
};

export type LinkVerdict =
  | { readonly ok: true; readonly link: LocalLinkConnection }
  /** `message` is Ironic's own, for a 400. */
  | { readonly ok: false; readonly message: string };

/** Checks and normalises what a client sent. Null and {} are both "nothing known". */
export const checkLocalLink = (value: unknown): LinkVerdict => {
  if (value === null || value === undefined) return { ok: true, link: {} };
  if (!isMap(value))
    return {
      ok: false,
      message: `Schema error for local_link_connection: ${pythonText(value)} is not of type 'object'`,
    };
  if (Object.keys(value).length === 0) return { ok: true, link: {} };
  const allKnown = Object.entries(value).every(
    ([key, item]) => (KEYS as readonly string[]).includes(key) && typeof item === 'string',
  );
  const typeFits = value['network_type'] === undefined || NETWORK_TYPES.includes(value['network_type'] as string);
  if (!allKnown || !typeFits || !SHAPES.some((shape) => shapeFits(value, shape)))
    return {
      ok: false,
      message:
        `Schema error for local_link_connection: ${pythonText(value)} is not valid under any of the given schemas. ` +
        `Possible root cause: ${rootCause(value)}`,
    };
  const link = value as LocalLinkConnection;
  if (link.switch_id === undefined) return { ok: true, link };
  const lower = link.switch_id.toLowerCase();
  const switchId = normalMac(link.switch_id) ?? (DATAPATH_ID.test(lower) ? lower : undefined);
  return switchId === undefined
    ? { ok: false, message: `Expected a MAC address or OpenFlow datapath ID but received ${link.switch_id}.` }
    : { ok: true, link: { ...link, switch_id: switchId } };
};

/** Whether Ironic's schema takes it for a smart NIC's: both keys are there, whatever their text is. */
export const isSmartNicLink = (link: LocalLinkConnection): boolean =>
  link.hostname !== undefined && link.port_id !== undefined;

/** The keys a smart NIC's link lacks. An empty text is as good as none: no agent and no port has that name. */
export const missingOfSmartNicLink = (link: LocalLinkConnection): readonly ('hostname' | 'port_id')[] =>
  (['hostname', 'port_id'] as const).filter((key) => (link[key] ?? '') === '');
