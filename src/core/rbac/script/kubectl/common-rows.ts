/** Requests that many commands make in the same way. */
import type { RequestRow } from './request-row.ts';

export const READ: RequestRow = { verb: 'get', lookup: true };
export const LIST: RequestRow = { verb: 'list', name: 'none' };
export const PATCH: RequestRow = { verb: 'patch', unless: 'dry-run=client' };
export const PATCH_EACH: RequestRow = { ...PATCH, name: 'each' };
export const EDITS = { named: [READ, PATCH], listed: [LIST, PATCH_EACH] } as const;
export const CREATE: RequestRow = { verb: 'create', name: 'none', unless: 'dry-run=client' };
