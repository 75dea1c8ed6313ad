/** What GET /v1/ports is answered for its query: field names, paging, sorting (ironic api/controllers/v1/port.py). */
import { fieldExists, negotiate, type Microversion } from './microversion.ts';

export interface PortQuery {
  readonly limit?: string;
  readonly marker?: string;
  readonly sortKey?: string;
  readonly fields?: readonly string[];
  readonly detail?: boolean;
  readonly filters?: readonly string[];
}

export interface ListVerdict {
  readonly http: number;
  readonly message?: string;
  /** The keys that each port of the answer has, beside links. */
  readonly keys?: readonly string[];
}

const DEFAULT_KEYS = ['uuid', 'address'];
const UNSORTABLE = ['extra', 'internal_info', 'local_link_connection'];
const SORTABLE = ['id', 'uuid', 'address', 'created_at', 'updated_at', 'node_id', 'node_uuid', 'is_smartnic', 'physical_network',
  'portgroup_id', 'pxe_enabled', 'name', 'description', 'vendor', 'category']; // prettier-ignore

/** `known` are the uuids of all ports: a marker has to be one of them. */
export const answerList = (
  query: PortQuery,
  header: string | undefined,
  known: readonly string[],
  highest: Microversion,
): ListVerdict => {
  const asked = negotiate(header, highest);
  if (!asked.ok) return { http: 406, message: asked.message };
  const wanted = [...(query.fields ?? []), ...(query.sortKey === undefined ? [] : [query.sortKey])];
  if (query.limit !== undefined && !/^-?\d+$/.test(query.limit))
    return { http: 400, message: `Expected an integer for limit: ${query.limit}` };
  if (wanted.some((field) => !fieldExists(field, asked.version)))
    return { http: 406, message: 'Request not acceptable.' };
  if (query.detail === true && query.fields !== undefined)
    return { http: 400, message: 'Can not specify ?detail=True and fields in the same request.' };
  if (query.limit !== undefined && Number(query.limit) < 0) return { http: 400, message: 'Limit must be positive' };
  if (query.marker !== undefined && !known.includes(query.marker))
    return { http: 404, message: `Port ${query.marker} could not be found.` };
  // The API refuses the first kind itself, the database the second, each in its own spelling.
  if (query.sortKey !== undefined && UNSORTABLE.includes(query.sortKey))
    return { http: 400, message: `The sort_key value ${query.sortKey} is an invalid field for sorting` };
  if (query.sortKey !== undefined && !SORTABLE.includes(query.sortKey))
    return { http: 400, message: `The sort_key value "${query.sortKey}" is an invalid field for sorting` };
  return { http: 200, keys: query.fields ?? DEFAULT_KEYS };
};
