/**
 * What a request on /v1/ports is answered: status, Ironic's message, the document stored, and our warnings.
 * The order of checks is Ironic's (api/controllers/v1/port.py), since clients see the first failure only.
 */
import { digMap } from '../model/dig.ts';
import { checkLocalLink, isSmartNicLink, missingOfSmartNicLink, normalMac } from './local-link.ts';
import { applyPatch, readPatch, topField, type PatchOperation } from './json-patch.ts';
import { fieldExists, negotiate, refusesWhileInspecting, type Microversion } from './microversion.ts';
import { patchableFields, readFlag, shapeProblem, showPort, type PortDocument } from './port-document.ts';
import { macTaken, refuseDelete, refuseUpdate, type PortsNode } from './port-update.ts';
import type { Practice } from './practice.ts';

export interface PortAnswer {
  readonly http: number;
  /** Ironic's words, where the request is refused. */
  readonly message?: string;
  /** The port as it is stored afterwards. */
  readonly stored?: PortDocument;
  /** What the client sees of it. */
  readonly shown?: Readonly<Record<string, unknown>>;
  readonly warn?: string;
  readonly rule?: string;
}

/** What is already there, and how we answer. */
export interface PortApi {
  readonly highest: Microversion;
  readonly practice: Practice;
  /** The node that ports belong to; undefined when the request names one that is not there. */
  readonly node: PortsNode | undefined;
  readonly takenAddresses: readonly string[];
}

const NEEDS_BOTH = 'a smart NIC port needs hostname and port_id in local_link_connection';

const refuse = (http: number, message: string, rule?: string): PortAnswer => ({
  http,
  message,
  ...(rule === undefined ? {} : { rule }),
});

const notAcceptable = (): PortAnswer =>
  refuse(406, 'Request not acceptable.', 'the field is newer than the version asked for');

type Checked =
  { readonly ok: true; readonly document: PortDocument } | { readonly ok: false; readonly message: string };

/** Parses and normalises a whole document whose shape is known to be right. */
const normalise = (body: Readonly<Record<string, unknown>>, uuid: string, practice: Practice): Checked => {
  const address = normalMac(String(body['address']));
  if (address === undefined)
    return { ok: false, message: `Expected valid MAC address for address: ${String(body['address'])}` };
  const flags: Record<string, boolean | null> = {};
  for (const field of ['is_smartnic', 'pxe_enabled']) {
    const read = readFlag(field, body[field]);
    if (!read.ok) return read;
    flags[field] = read.flag;
  }
  const link = checkLocalLink(body['local_link_connection']);
  if (!link.ok) return link;
  const text = (key: string): string | null => (typeof body[key] === 'string' ? body[key] : null);
  const map = (key: string): Readonly<Record<string, unknown>> =>
    (body[key] ?? {}) as Readonly<Record<string, unknown>>;
  const flag = flags['is_smartnic'] ?? null;
  return {
    ok: true,
    document: {
      uuid,
      address,
      node_uuid: String(body['node_uuid']),
      is_smartnic: flag === null && (practice.guardsPortFlags || !('is_smartnic' in body)) ? false : flag,
      local_link_connection: link.link,
      pxe_enabled: 'pxe_enabled' in body ? (flags['pxe_enabled'] ?? null) : true,
      physical_network: text('physical_network'),
      portgroup_uuid: text('portgroup_uuid'),
      extra: map('extra'),
      internal_info: map('internal_info'),
    },
  };
};

/** pxe_enabled may not be null; Ironic finds out only when it builds its object. */
const refuseNullFlag = ({ pxe_enabled: flag }: PortDocument, { guardsPortFlags }: Practice): PortAnswer | undefined =>
  flag === null ? refuse(guardsPortFlags ? 400 : 500, "Field `pxe_enabled' cannot be None") : undefined;

const warningFor = (port: PortDocument): string | undefined => {
  const missing = missingOfSmartNicLink(port.local_link_connection);
  if (port.is_smartnic === true && missing.length > 0)
    return `incomplete: cannot be wired until ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} set`;
  if (port.is_smartnic !== true && isSmartNicLink(port.local_link_connection))
    return 'looks like a smart NIC port but is_smartnic is false; wiring will refuse it';
  return undefined;
};

const stored = (http: number, document: PortDocument, version: Microversion, practice: Practice): PortAnswer => {
  const warn = practice.guardsPortFlags ? warningFor(document) : undefined;
  return { http, stored: document, shown: showPort(document, version), ...(warn === undefined ? {} : { warn }) };
};

/** The fields of a body, and those inside its link that came later than the link. */
const namesOf = (fields: Readonly<Record<string, unknown>>): readonly string[] => [
  ...Object.keys(fields),
  ...Object.keys(digMap(fields, 'local_link_connection')).map((key) => `local_link_connection/${key}`),
];

/** POST /v1/ports. `header` is the version asked for; `newUuid` is used where the body brings none. */
export const createPort = (body: unknown, header: string | undefined, newUuid: string, api: PortApi): PortAnswer => {
  const asked = negotiate(header, api.highest);
  if (!asked.ok) return refuse(406, asked.message);
  const problem = shapeProblem(body, api.highest, 'port');
  if (problem !== undefined) return refuse(400, problem);
  const fields = body as Readonly<Record<string, unknown>>;
  // On a create this flag may be null, and is stored as false.
  const given = fields['is_smartnic'] === null ? { ...fields, is_smartnic: false } : fields;
  const read = normalise(given, typeof fields['uuid'] === 'string' ? fields['uuid'] : newUuid, api.practice);
  if (!read.ok) return refuse(400, read.message);
  const nullFlag = refuseNullFlag(read.document, api.practice);
  if (nullFlag !== undefined) return nullFlag;
  if (api.node === undefined) return refuse(400, `Node ${String(fields['node_uuid'])} could not be found.`);
  if (namesOf(fields).some((field) => !fieldExists(field, asked.version))) return notAcceptable();
  const { document } = read;
  const link = fields['local_link_connection'];
  const linkGiven = link !== undefined && link !== null;
  const lacks = api.practice.guardsPortFlags
    ? missingOfSmartNicLink(document.local_link_connection).length > 0
    : !isSmartNicLink(document.local_link_connection);
  if (document.is_smartnic === true && linkGiven && lacks)
    return refuse(400, 'Smart NIC port must have port_id and hostname in local_link_connection', NEEDS_BOTH);
  if (fields['physical_network'] === '')
    return refuse(400, 'A non-empty value is required when setting physical_network');
  if (api.takenAddresses.includes(document.address)) return macTaken(document.address);
  return stored(201, document, asked.version, api.practice);
};

/** The attributes whose value differs between two documents. */
const changedFields = (before: PortDocument, after: PortDocument): readonly string[] =>
  patchableFields({ major: 1, minor: 999 }).filter(
    (field) =>
      JSON.stringify(before[field as keyof PortDocument] ?? null) !==
      JSON.stringify(after[field as keyof PortDocument] ?? null),
  );

const fieldsToCheck = (patch: readonly PatchOperation[]): readonly string[] =>
  patch.flatMap(({ path }) => {
    const inner = path.slice(1);
    return [inner.split('/')[0] ?? '', inner];
  });

/** PATCH /v1/ports/UUID. */
export const patchPort = (port: PortDocument, patch: unknown, header: string | undefined, api: PortApi): PortAnswer => {
  const asked = negotiate(header, api.highest);
  if (!asked.ok) return refuse(406, asked.message);
  const read = readPatch(patch);
  if (!read.ok) return refuse(400, read.message);
  const allowed = patchableFields(api.highest);
  const strange = read.value.find((operation) => !allowed.includes(topField(operation)));
  if (strange !== undefined)
    return refuse(400, `Cannot patch ${strange.path}. Only the following can be updated: ${allowed.join(', ')}`);
  if (fieldsToCheck(read.value).some((field) => !fieldExists(field, asked.version))) return notAcceptable();
  if (api.node === undefined) return refuse(404, `Port ${port.uuid} could not be found.`);
  const { uuid, internal_info: info, ...writable } = port;
  const changed = applyPatch({ ...writable }, read.value);
  if (!changed.ok) return refuse(400, changed.message);
  const problem = shapeProblem(changed.value, api.highest, 'patch');
  if (problem !== undefined) return refuse(400, problem);
  // A member that was taken away is stored as null, not as the default of a new port.
  const taken = Object.fromEntries(
    ['is_smartnic', 'pxe_enabled'].filter((field) => !(field in changed.value)).map((field) => [field, null]),
  );
  const parsed = normalise({ ...taken, ...changed.value, internal_info: info }, uuid, api.practice);
  if (!parsed.ok) return refuse(400, parsed.message);
  const nullFlag = refuseNullFlag(parsed.document, api.practice);
  if (nullFlag !== undefined) return nullFlag;
  return saveUpdate(port, parsed.document, asked.version, api, api.node);
};

const saveUpdate = (
  before: PortDocument,
  after: PortDocument,
  version: Microversion,
  api: PortApi,
  node: PortsNode,
): PortAnswer => {
  const changed = changedFields(before, after);
  const touchesSmartNic = changed.includes('is_smartnic') || changed.includes('local_link_connection');
  if (
    api.practice.guardsPortFlags &&
    touchesSmartNic &&
    after.is_smartnic === true &&
    missingOfSmartNicLink(after.local_link_connection).length > 0
  )
    return refuse(
      400,
      NEEDS_BOTH,
      'a port that could no longer be wired is refused when it is changed, not when it is deployed',
    );
  if (node.provisionState === 'inspecting' && refusesWhileInspecting(version))
    return refuse(
      409,
      `Cannot update port "${before.uuid}" on "${node.uuid}" while it is in state "inspecting".`,
      'the ramdisk is writing the ports of this node now',
    );
  if (changed.includes('physical_network') && after.physical_network === '')
    return refuse(400, 'A non-empty value is required when setting physical_network');
  const refusal = refuseUpdate(before.uuid, changed, node, api.practice);
  if (refusal !== undefined) return refusal;
  if (changed.includes('address') && api.takenAddresses.includes(after.address)) return macTaken(after.address);
  return stored(200, after, version, api.practice);
};

/** GET /v1/ports/UUID[?fields=a,b]. */
export const readPort = (
  port: PortDocument,
  header: string | undefined,
  api: PortApi,
  fields?: readonly string[],
): PortAnswer => {
  const asked = negotiate(header, api.highest);
  if (!asked.ok) return refuse(406, asked.message);
  if (fields?.some((field) => !fieldExists(field, asked.version)) === true) return notAcceptable();
  const shown = showPort(port, asked.version);
  return {
    http: 200,
    shown:
      fields === undefined ? shown : Object.fromEntries(Object.entries(shown).filter(([key]) => fields.includes(key))),
  };
};

/** DELETE /v1/ports/UUID. */
export const deletePort = (
  port: PortDocument,
  header: string | undefined,
  api: PortApi,
  boundVif?: string,
): PortAnswer => {
  const asked = negotiate(header, api.highest);
  if (!asked.ok) return refuse(406, asked.message);
  if (api.node === undefined) return refuse(404, `Port ${port.uuid} could not be found.`);
  return refuseDelete(port.uuid, boundVif, api.node) ?? { http: 204 };
};
