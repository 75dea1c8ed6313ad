/** The body of a request: read up to the server's limit, and decoded from JSON, YAML or protobuf. */
import type { IncomingMessage } from 'node:http';
import { isMap } from '../../core/model/dig.ts';
import { type Answer, badRequest, done, type Refused } from '../../twin/world/status.ts';
import { cannotUnmarshal, parseJson } from './go-json.ts';
import { mediaTypes } from './media-types.ts';
import { decodeObject } from './protobuf/decode-object.ts';
import { WireError } from './protobuf/wire.ts';

/** --max-request-body-bytes of kube-apiserver. */
export const LARGEST_BODY = 3 * 1024 * 1024;

/** Undefined when it is larger than that. Rejects when the client goes away in the middle of it. */
export const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
};

export const tooLarge = (): Refused => ({
  ok: false,
  status: {
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: `Request entity too large: limit is ${LARGEST_BODY}`,
  },
});

const unknownFormat = (): Refused => ({
  ok: false,
  status: {
    code: 415,
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  },
});

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object in a body; `kind` is for the sentence when there is none, which is a bare one without it. */
export const decodeBody = async (
  body: Buffer,
  contentType: string | undefined,
  kind?: string,
): Promise<Answer<JsonObject>> => {
  const [media] = mediaTypes(contentType ?? 'application/json');
  switch (media?.type ?? '') {
    case 'application/json':
      return objectOf(parseJson(body.toString('utf8')), body, kind);
    case 'application/yaml':
      return objectOf(await parseYaml(body), body, kind);
    case 'application/vnd.kubernetes.protobuf':
      return fromProtobuf(body, kind);
    default:
      return unknownFormat();
  }
};

const objectOf = (parsed: Answer<unknown>, body: Buffer, kind: string | undefined): Answer<JsonObject> => {
  if (parsed.ok && isMap(parsed.value)) return done(parsed.value);
  const why = parsed.ok ? cannotUnmarshal(parsed.value, TYPE_META) : parsed.status.message;
  return unrecognized(`couldn't get version/kind; json parse error: ${why}`, body, kind);
};

/** The refusal of a body of which not even the kind can be told. */
export const unrecognized = (why: string, body: Buffer, kind: string | undefined): Refused =>
  badRequest(
    kind === undefined
      ? why
      : `the object provided is unrecognized (must be of type ${kind}): ${why} (${summaryOf(body)})`,
  );

/** As Go names the struct into which the server first looks. */
const TYPE_META = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

const SUMMARY_BYTES = 30;

/** The beginning of a body, as the server quotes it: text where it looks like JSON, else in hexadecimal. */
const summaryOf = (body: Buffer): string => {
  if (body.length === 0) return '<empty>';
  const begin = body.subarray(0, SUMMARY_BYTES).toString(body[0] === OPENING_BRACE ? 'utf8' : 'hex');
  return body.length > SUMMARY_BYTES ? `${begin} ...` : begin;
};

const OPENING_BRACE = 0x7b;

/** Also for JSON, of which YAML is nearly a superset: kubectl sends applies so. */
export const parseYaml = async (body: Buffer): Promise<Answer<unknown>> => {
  const text = body.toString('utf8');
  const asJson = parseJson(text);
  if (asJson.ok) return asJson;
  const { load, JSON_SCHEMA } = await import('js-yaml');
  try {
    return done(load(text, { schema: JSON_SCHEMA }));
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return badRequest(`error converting YAML to JSON: yaml: ${why}`);
  }
};

const fromProtobuf = (body: Buffer, kind: string | undefined): Answer<JsonObject> => {
  try {
    return done(decodeObject(body));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return unrecognized(error.message, body, kind);
  }
};
