/**
 * What is wrong with a body before anything is done with it: values of other types than the kind has, and, where the client
 * asks for it (fieldValidation=Strict, as kubectl does), fields that the kind does not have.
 */
import { digText, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf } from '../../core/model/kube-resource.ts';
import type { JsonPatchOperation, Patch } from '../../core/ports/kube-api.ts';
import { badRequest, type Refused, unreadable } from '../../twin/world/status.ts';
import type { KindRequest } from './api-request.ts';
import { type JsonObject, unrecognized } from './body.ts';
import { cannotUnmarshal } from './go-json.ts';
import { messageNamed, messageOf } from './protobuf/messages.ts';
import { checkAt, checkTypes, type TypedBody } from './typed-body.ts';

const HEAD = ['apiVersion', 'kind'];

/** Of an object of which not even the kind can be read. */
export const headTypeFault = ({ kind, body }: KindRequest, sent: JsonObject): Refused | undefined => {
  const head = HEAD.find((field) => sent[field] !== undefined && typeof sent[field] !== 'string');
  if (head === undefined) return undefined;
  const why = cannotUnmarshal(sent[head], 'string').replace('Go value', `Go struct field .${head}`);
  return unrecognized(`couldn't get version/kind; json parse error: ${why}`, body, kind.kind);
};

/** Of a whole object. */
export const objectFault = (request: KindRequest, sent: JsonObject): Refused | undefined => {
  const { kind, query } = request;
  const untyped = headTypeFault(request, sent);
  if (untyped !== undefined) return untyped;
  const message = messageFor(request);
  const { fault, unknown } = message === undefined ? checkCustom(request, sent) : checkTypes(message, sent);
  if (fault !== undefined) return badRequest(`${handledAs(kind.kind, sent)}: ${fault}`);
  if (query.get('fieldValidation') !== 'Strict' || unknown.length === 0) return undefined;
  return badRequest(`${handledAs(kind.kind, sent)}: ${strictFault(unknown)}`);
};

/** Of an object that is applied: the server types it first, and says so in other words and by another status. */
export const applyFault = (request: KindRequest, sent: JsonObject): Refused | undefined => {
  const message = messageFor(request);
  const { fault, unknown } = message === undefined ? checkMetadata(sent) : checkTypes(message, sent);
  const lines = fault === undefined ? unknown.map((path) => `.${path}: field not declared in schema`) : [fault];
  if (lines.length === 0) return undefined;
  const { kind, info } = request;
  const what = `${info.namespace === undefined ? '' : `${info.namespace}/`}${info.name ?? ''}; ${kind.group}/${kind.version}, Kind=${kind.kind}`;
  const why = lines.length === 1 ? lines[0] : `errors:\n  ${lines.join('\n  ')}`;
  return unreadable(`failed to create typed patch object (${what}): ${why}`);
};

/** Of what a patch brings; what it makes of the object is the world's to check. */
export const patchFault = (request: KindRequest, change: Patch): Refused | undefined => {
  const message = messageFor(request);
  const checked =
    change.type === 'json' ? checkOperations(message, change.operations) : checkPart(message, change.body);
  const isStrict = request.query.get('fieldValidation') === 'Strict' && checked.unknown.length > 0;
  const fault = checked.fault ?? headFault(request, change) ?? (isStrict ? strictFault(checked.unknown) : undefined);
  if (fault === undefined) return undefined;
  const body = JSON.stringify(change.type === 'json' ? change.operations : change.body);
  // The server quotes the whole patched object here.
  return {
    ok: false,
    status: {
      code: 422,
      reason: 'Invalid',
      message: ` "" is invalid: patch: Invalid value: ${JSON.stringify(body)}: ${fault}`,
    },
  };
};

/** No patch makes another kind of an object. Strategic patches are taken as of the kind of the path, whatever they say. */
const headFault = ({ kind }: KindRequest, change: Patch): string | undefined => {
  const own: Readonly<Record<string, string>> = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  const said =
    change.type === 'json'
      ? change.operations
          .filter(({ op }) => op !== 'remove' && op !== 'test')
          .map(({ path, value }) => [path.slice(1), value])
      : change.type === 'merge'
        ? Object.entries(change.body)
        : [];
  const other = said.find(
    ([field, value]) => own[String(field)] !== undefined && value !== null && value !== own[String(field)],
  );
  return other === undefined
    ? undefined
    : `converting to ${own['apiVersion']}, Kind=${own['kind']}: unknown conversion`;
};

/** Undefined for custom resources, and for built-in kinds of which the table has nothing. */
const messageFor = ({ kind, info }: KindRequest): string | undefined => {
  if (info.subresource === 'scale') return 'autoscaling.Scale';
  const message = messageOf(apiVersionOf(kind), kind.kind);
  return kind.rules.isCustom || messageNamed(message) === undefined ? undefined : message;
};

/** `Pod in version "v1" cannot be handled as a Namespace`. */
const handledAs = (kind: string, sent: JsonObject): string => {
  const version = digText(sent, 'apiVersion')?.split('/').at(-1) ?? '';
  return `${digText(sent, 'kind') ?? ''} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`;
};

const strictFault = (unknown: readonly string[]): string =>
  `strict decoding error: ${unknown.map((path) => `unknown field ${JSON.stringify(path)}`).join(', ')}`;

const METADATA = 'meta.ObjectMeta';

const checkMetadata = (sent: JsonObject): TypedBody => {
  const { fault, unknown } = checkTypes(METADATA, sent['metadata']);
  return { ...(fault !== undefined && { fault }), unknown: unknown.map((path) => `metadata.${path}`) };
};

/** What the schema would prune is unknown to it. */
const checkCustom = ({ kind }: KindRequest, sent: JsonObject): TypedBody => {
  const metadata = checkMetadata(sent);
  if (metadata.fault !== undefined || !kind.rules.isCustom) return metadata;
  const kept = kind.rules.complete(sent as unknown as KubeObject);
  const lost = Object.keys(sent)
    .filter((key) => key !== 'metadata')
    .flatMap((key) => lostIn(sent[key], kept[key], key));
  return { unknown: [...metadata.unknown, ...lost].toSorted() };
};

const lostIn = (sent: unknown, kept: unknown, path: string): readonly string[] => {
  if (kept === undefined && sent !== undefined && sent !== null) return [path];
  if (Array.isArray(sent) && Array.isArray(kept))
    return sent.flatMap((one, at) => lostIn(one, kept[at] ?? null, `${path}[${at}]`));
  if (!isMap(sent) || !isMap(kept)) return [];
  return Object.entries(sent).flatMap(([key, inner]) => lostIn(inner, kept[key], `${path}.${key}`));
};

const checkPart = (message: string | undefined, body: JsonObject): TypedBody =>
  message === undefined ? checkMetadata(body) : checkTypes(message, body);

const checkOperations = (message: string | undefined, operations: readonly JsonPatchOperation[]): TypedBody => {
  const all = operations.flatMap(({ op, path, value }) => {
    if ((op !== 'add' && op !== 'replace') || typeof path !== 'string' || value === undefined) return [];
    const parts = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (message !== undefined) return checkAt(message, parts, value);
    return parts[0] === 'metadata' ? checkAt(METADATA, parts.slice(1), value) : [];
  });
  const fault = all.find((one) => one.fault !== undefined)?.fault;
  return { ...(fault !== undefined && { fault }), unknown: all.flatMap(({ unknown }) => unknown) };
};
