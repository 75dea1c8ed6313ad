/**
 * A port as Ironic's REST API shows it, and the checks of a document that a client sent. What a node's state allows is
 * left to port-update.ts; which answer a request gets, to port-api.ts.
 */
import { isMap } from '../model/dig.ts';
import type { LocalLinkConnection } from './local-link.ts';
import { fieldExists, type Microversion } from './microversion.ts';
import { pythonText } from './python-text.ts';

export interface PortDocument {
  readonly uuid: string;
  readonly address: string;
  readonly node_uuid: string;
  /** Null only where Ironic is imitated: it stores what a client took away as null. */
  readonly is_smartnic: boolean | null;
  readonly local_link_connection: LocalLinkConnection;
  readonly pxe_enabled: boolean | null;
  readonly physical_network: string | null;
  readonly portgroup_uuid: string | null;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly internal_info: Readonly<Record<string, unknown>>;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly vendor?: string | null;
  readonly category?: string | null;
}

interface FieldRule {
  readonly types: readonly ('string' | 'boolean' | 'object' | 'null')[];
  readonly maxLength?: number;
}

const OPTIONAL_TEXT: FieldRule = { types: ['string', 'null'] };
const FLAG: FieldRule = { types: ['string', 'boolean', 'null'] };

/** What a client may write (PORT_SCHEMA). `since` is in microversion.ts. */
export const WRITABLE_FIELDS: Readonly<Record<string, FieldRule>> = {
  address: { types: ['string'] },
  extra: { types: ['object', 'null'] },
  is_smartnic: FLAG,
  local_link_connection: { types: ['null', 'object'] },
  node_uuid: { types: ['string'] },
  physical_network: { types: ['string', 'null'], maxLength: 64 },
  portgroup_uuid: OPTIONAL_TEXT,
  pxe_enabled: FLAG,
  uuid: OPTIONAL_TEXT,
  name: OPTIONAL_TEXT,
  description: { types: ['string', 'null'], maxLength: 255 },
  vendor: { types: ['string', 'null'], maxLength: 32 },
  category: { types: ['string', 'null'], maxLength: 80 },
};

/** Fields that came after the recorded release (1.82): unknown to it. */
const LATER_FIELDS = ['name', 'description', 'vendor', 'category'];

export const patchableFields = (highest: Microversion): readonly string[] =>
  Object.keys(WRITABLE_FIELDS)
    .filter((field) => field !== 'uuid' && (!LATER_FIELDS.includes(field) || fieldExists(field, highest)))
    .sort();

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  return isMap(value) ? 'object' : Array.isArray(value) ? 'array' : typeof value;
};

const allowedText = (types: readonly string[]): string => types.map((type) => `'${type}'`).join(', ');

/** Ironic's message for the first thing wrong with the shape of a port, or undefined. */
export const shapeProblem = (body: unknown, highest: Microversion, what: 'port' | 'patch'): string | undefined => {
  const wrong = (text: string): string => `Schema error for ${what}: ${text}`;
  if (!isMap(body)) return wrong(`${pythonText(body)} is not of type 'object'`);
  const known = new Set([...patchableFields(highest), 'uuid']);
  const unknown = Object.keys(body).filter((key) => !known.has(key));
  if (unknown.length > 0)
    return wrong(
      `Additional properties are not allowed (${unknown.map(pythonText).join(', ')} ${unknown.length === 1 ? 'was' : 'were'} unexpected)`,
    );
  for (const required of ['address', 'node_uuid'])
    if (body[required] === undefined) return wrong(`'${required}' is a required property`);
  for (const [key, value] of Object.entries(body)) {
    const rule = WRITABLE_FIELDS[key];
    if (rule === undefined || value === undefined) continue;
    if (!(rule.types as readonly string[]).includes(typeOf(value)))
      return wrong(`${pythonText(value)} is not of type ${allowedText(rule.types)}`);
    if (rule.maxLength !== undefined && typeof value === 'string' && value.length > rule.maxLength)
      return wrong(`${pythonText(value)} is too long`);
  }
  return undefined;
};

const TRUE_WORDS = ['1', 'on', 't', 'true', 'y', 'yes'];
const FALSE_WORDS = ['0', 'f', 'false', 'n', 'no', 'off'];

export type FlagVerdict =
  { readonly ok: true; readonly flag: boolean | null } | { readonly ok: false; readonly message: string };

/** A flag as clients send it: ironicclient 5 sends the words "True" and "False". */
export const readFlag = (field: string, value: unknown): FlagVerdict => {
  if (value === null || value === undefined) return { ok: true, flag: null };
  if (typeof value === 'boolean') return { ok: true, flag: value };
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (TRUE_WORDS.includes(word)) return { ok: true, flag: true };
  if (FALSE_WORDS.includes(word)) return { ok: true, flag: false };
  const words = [...TRUE_WORDS, ...FALSE_WORDS].sort().map((each) => `'${each}'`);
  return {
    ok: false,
    message: `Invalid ${field}: Unrecognized value ${pythonText(value)}, acceptable values are: ${words.join(', ')}`,
  };
};

/** The document as a client of this version sees it. */
export const showPort = (port: PortDocument, version: Microversion): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(port)
      .filter(([field]) => fieldExists(field, version))
      .map(([field, value]) => [
        field,
        // Clients before 1.90 expect the key, but not the VTEP keys inside it.
        field === 'local_link_connection' && version.minor < 90 && isMap(value) && 'vtep-logical-switch' in value
          ? {}
          : value,
      ]),
  );
