/**
 * An object of Kubernetes from protobuf to what its JSON would be. `kubectl create` and `kubectl auth can-i` of 1.32 and
 * newer send protobuf and do not fall back when a server refuses it; so do clients written in Go.
 */
import { microTimestamp, timestamp } from '../../../core/model/timestamp.ts';
import { messageNamed, messageOf, type MessageField } from './messages.ts';
import { wireFields, WireError, type WireField } from './wire.ts';

/** `k8s` and a zero byte, then a runtime.Unknown (k8s.io/apimachinery pkg/runtime/serializer/protobuf). */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0]);
const TYPE_META = 1;
const RAW = 2;

/** Deeper than any object goes; a body that is deeper is meant to harm. */
const DEEPEST = 64;

type Decoded = Record<string, unknown>;

/** Throws a WireError that says what is wrong with the bytes. */
export const decodeObject = (body: Uint8Array): Decoded => {
  if (!MAGIC.equals(body.subarray(0, MAGIC.length)))
    throw new WireError('it does not begin as an object of Kubernetes does');
  const envelope = [...wireFields(body.subarray(MAGIC.length))];
  const part = (number: number): Uint8Array => bytesOf(envelope.find((field) => field.number === number));
  const [apiVersion = '', kind = ''] = [1, 2].map((number) =>
    Buffer.from(bytesOf([...wireFields(part(TYPE_META))].find((field) => field.number === number))).toString('utf8'),
  );
  // DeleteOptions and their like come in the version of the group that they are sent to.
  const name = messageNamed(`meta.${kind}`) === undefined ? messageOf(apiVersion, kind) : `meta.${kind}`;
  if (messageNamed(name) === undefined) throw new WireError(`no kind "${kind}" is registered for "${apiVersion}"`);
  return { apiVersion, kind, ...decodeFields(name, part(RAW), 0) };
};

const bytesOf = (field: WireField | undefined): Uint8Array => {
  if (field === undefined) return new Uint8Array();
  if (typeof field.value === 'bigint') throw new WireError(`field ${field.number} should be bytes`);
  return field.value;
};

/** Messages whose JSON is not the map of their fields. */
const SCALARS: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  'meta.Time': (bytes) => timeOf(bytes, timestamp),
  'meta.MicroTime': (bytes) => timeOf(bytes, microTimestamp),
  'meta.FieldsV1': (bytes) => jsonOf(bytes),
  'runtime.RawExtension': (bytes) => jsonOf(bytes),
  'apiextensions.JSON': (bytes) => jsonOf(bytes),
  'apiextensions.JSONSchemaPropsOrBool': (bytes) => {
    const { allows = false, schema } = decodeFields('apiextensions.JSONSchemaPropsOrBool', bytes, 0);
    return schema ?? allows;
  },
  'apiextensions.JSONSchemaPropsOrArray': (bytes) => {
    const { schema, jSONSchemas } = decodeFields('apiextensions.JSONSchemaPropsOrArray', bytes, 0);
    return schema ?? jSONSchemas ?? [];
  },
  'apiextensions.JSONSchemaPropsOrStringArray': (bytes) => {
    const { schema, property } = decodeFields('apiextensions.JSONSchemaPropsOrStringArray', bytes, 0);
    return schema ?? property ?? [];
  },
  'resource.Quantity': (bytes) => textOf(firstBytes(bytes)),
  'intstr.IntOrString': (bytes) => {
    const { type = 0, intVal = 0, strVal = '' } = decodeFields('intstr.IntOrString', bytes, 0);
    return type === 0 ? intVal : strVal;
  },
  'authentication.ExtraValue': (bytes) => decodeFields('authentication.ExtraValue', bytes, 0)['items'] ?? [],
  'authorization.ExtraValue': (bytes) => decodeFields('authorization.ExtraValue', bytes, 0)['items'] ?? [],
  'certificates.ExtraValue': (bytes) => decodeFields('certificates.ExtraValue', bytes, 0)['items'] ?? [],
};

const decodeFields = (name: string, bytes: Uint8Array, depth: number): Decoded => {
  if (depth > DEEPEST) throw new WireError('it is nested too deeply');
  const message = messageNamed(name);
  const decoded: Decoded = {};
  for (const wire of wireFields(bytes)) {
    const field = message?.get(wire.number);
    // Of a newer version than the table.
    if (field === undefined) continue;
    if (field.shape === 'map') setEntry(decoded, field, bytesOf(wire), depth);
    else {
      const value = valueOf(field, wire, depth);
      if (field.shape === 'list') ((decoded[field.name] ??= []) as unknown[]).push(value);
      else if (field.isEmbedded) Object.assign(decoded, value);
      else if (value !== undefined && (field.keepsZero || !isZero(value))) decoded[field.name] = value;
    }
  }
  return decoded;
};

const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false;

/** An entry of a map is a message of a key (1) and a value (2), which is left out when it is zero. */
const setEntry = (decoded: Decoded, field: MessageField, bytes: Uint8Array, depth: number): void => {
  const parts = [...wireFields(bytes)];
  const key = textOf(bytesOf(parts.find(({ number }) => number === 1)));
  const value = parts.find(({ number }) => number === 2) ?? { number: 2, value: new Uint8Array() };
  const map = (decoded[field.name] ??= {}) as Decoded;
  Object.defineProperty(map, key, {
    value: valueOf(field, value, depth),
    enumerable: true,
    configurable: true,
    writable: true,
  });
};

const valueOf = ({ name, type }: MessageField, wire: WireField, depth: number): unknown => {
  switch (type) {
    case 'string':
      return textOf(bytesOf(wire));
    case 'bytes':
      return Buffer.from(bytesOf(wire)).toString('base64');
    case 'bool':
      return numberOf(name, wire) !== 0;
    case 'int32':
    case 'int64':
    case 'double':
      return numberOf(name, wire);
    default: {
      const scalar = SCALARS[type];
      return scalar === undefined ? decodeFields(type, bytesOf(wire), depth + 1) : scalar(bytesOf(wire));
    }
  }
};

const numberOf = (name: string, { value }: WireField): number => {
  if (typeof value !== 'bigint') throw new WireError(`field ${name} should be a number`);
  return Number(BigInt.asIntN(64, value));
};

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

const firstBytes = (bytes: Uint8Array): Uint8Array =>
  bytesOf([...wireFields(bytes)].find(({ number }) => number === 1));

const jsonOf = (bytes: Uint8Array): unknown => {
  const text = textOf(firstBytes(bytes));
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new WireError('JSON inside of it is broken');
  }
};

/** A time that was never set comes as an empty message. */
const timeOf = (bytes: Uint8Array, written: (ms: number) => string): string | undefined => {
  if (bytes.length === 0) return undefined;
  const { seconds = 0, nanos = 0 } = decodeFields('meta.Time', bytes, 0) as { seconds?: number; nanos?: number };
  return written(seconds * 1000 + nanos / 1e6);
};
