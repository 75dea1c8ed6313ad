/**
 * Refusals of the API server as it words them (k8s.io/apimachinery pkg/api/errors/errors.go). What they mean to a caller is
 * read from them by core/model/kube-status.ts, as from a real server's.
 */
import type { KubeResource } from '../../core/model/kube-resource.ts';
import { resourceName } from '../../core/model/kube-resource.ts';

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export interface ApiStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly Partial<Cause>[];
  };
}

/** What the world's own parts give each other; the facades turn it into KubeResult. */
export type Answer<T> = { readonly ok: true; readonly value: T } | Refused;
export interface Refused {
  readonly ok: false;
  readonly status: ApiStatus;
}

export const done = <T>(value: T): Answer<T> => ({ ok: true, value });

const refused = (code: number, reason: string, message: string, details?: ApiStatus['details']): Refused => ({
  ok: false,
  status: { code, reason, message, ...(details !== undefined && { details }) },
});

const detailsOf = (kind: KubeResource, name: string): NonNullable<ApiStatus['details']> => ({
  ...(name !== '' && { name }),
  ...(kind.group !== '' && { group: kind.group }),
  ...(kind.plural !== '' && { kind: kind.plural }),
});

export const notFound = (kind: KubeResource, name: string): Refused =>
  refused(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name));

/** No details: by that a caller knows that it is the kind that is absent. */
export const kindAbsent = (): Refused =>
  refused(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (kind: KubeResource, name: string): Refused =>
  refused(409, 'AlreadyExists', `${resourceName(kind)} "${name}" already exists`, detailsOf(kind, name));

export const conflict = (kind: KubeResource, name: string, why: string): Refused =>
  refused(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`,
    detailsOf(kind, name),
  );

export const modified = (kind: KubeResource, name: string): Refused =>
  conflict(kind, name, 'the object has been modified; please apply your changes to the latest version and try again');

export const managerConflict = (causes: readonly Cause[], managers: string): Refused =>
  refused(
    409,
    'Conflict',
    `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${managers}`,
    { causes },
  );

export const badRequest = (message: string): Refused => refused(400, 'BadRequest', message);

export const notAllowed = (): Refused =>
  refused(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const unsupportedPatch = (): Refused =>
  refused(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  );

export const invalid = (kind: KubeResource, name: string, causes: readonly Cause[]): Refused => {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const what = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const said = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return refused(422, 'Invalid', `${what} "${name}" is invalid: ${said ?? ''}`, {
    ...detailsOf(kind, name),
    ...(kind.kind !== '' && { kind: kind.kind }),
    causes,
  });
};

/** A JSON patch that cannot be done; the server does not say why. */
export const unprocessable = (): Refused =>
  refused(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

export const forbidden = (
  kind: KubeResource,
  name: string,
  why: string,
  causes: readonly Partial<Cause>[] = [],
): Refused =>
  refused(403, 'Forbidden', `${resourceName(kind)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`, {
    ...detailsOf(kind, name),
    ...(causes.length > 0 && { causes }),
  });

export const expired = (message: string): Refused => refused(410, 'Expired', message);

export const tooManyRequests = (message: string, details: NonNullable<ApiStatus['details']>): Refused =>
  refused(429, 'TooManyRequests', message, details);

export const serverTimeout = (message: string): Refused => refused(504, 'Timeout', message, { retryAfterSeconds: 1 });

export const internalError = (message: string): Refused =>
  refused(500, 'InternalError', `Internal error occurred: ${message}`);

/** An error of the server's that it has no Status for. */
export const unreadable = (message: string): Refused => refused(500, '', message);

/** `Invalid value`, `Required value`, `Forbidden`, ... as k8s.io/apimachinery pkg/util/validation/field words them. */
export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${why}`,
  field,
});

export const requiredValue = (field: string, why = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: `Required value${why === '' ? '' : `: ${why}`}`,
  field,
});

export const duplicateValue = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown(value)}`,
  field,
});

export const notFoundValue = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${shown(value)}`,
  field,
});

export const forbiddenValue = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

export const typeInvalid = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueTypeInvalid',
  message: `Invalid value: ${shown(value)}: ${why}`,
  field,
});

export const notSupported = (field: string, value: unknown, allowed: readonly string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${allowed.map((one) => JSON.stringify(one)).join(', ')}`,
  field,
});

const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : (JSON.stringify(value) ?? 'null');
