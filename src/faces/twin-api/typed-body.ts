/**
 * Is a body of the types that the server's structs have? Of built-in kinds the table of protobuf messages says so, since its
 * fields are those of the JSON; of custom resources only the metadata is known here, and the world checks the rest by schema.
 */
import { isMap } from '../../core/model/dig.ts';
import { type Message, type MessageField, messageNamed } from './protobuf/messages.ts';

export interface TypedBody {
  /** What cannot be read, in the words of Go's decoder; the first such thing. */
  readonly fault?: string;
  /** Paths of fields that the kind does not have: `spec.containers[0].foo`. */
  readonly unknown: readonly string[];
}

interface Walk {
  readonly unknown: string[];
  /** The struct that the field stands in: `PodSpec`. */
  readonly struct: string;
  /** As Go tells it, without the places in lists. */
  readonly path: readonly string[];
  /** With them. */
  readonly place: string;
}

/** `message` as `core.Pod`. A patch may hold nulls and directives anywhere. */
export const checkTypes = (message: string, value: unknown): TypedBody => {
  const unknown: string[] = [];
  const fault = checkMessage(message, value, { unknown, struct: '', path: [], place: '' });
  return { ...(fault !== undefined && { fault }), unknown };
};

/** The same of a value that is to stand at a place in such a message, as a JSON patch names it. */
export const checkAt = (message: string, parts: readonly string[], value: unknown): TypedBody =>
  checkTypes(
    message,
    parts.reduceRight<unknown>((inner, part) => placed(part, inner), value),
  );

/** Places in lists are numbers, or `-` for the end. */
const placed = (part: string, inner: unknown): unknown => (/^(?:\d+|-)$/.test(part) ? [inner] : { [part]: inner });

const checkMessage = (name: string, value: unknown, walk: Walk): string | undefined => {
  if (value === null || value === undefined) return undefined;
  if (!isMap(value)) return wrongType(value, `v1.${shortName(name)}`, walk);
  const message = messageNamed(name);
  if (message === undefined) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    // The directives of strategic patches.
    if (key.startsWith('$')) continue;
    const isHead = walk.path.length === 0 && (key === 'apiVersion' || key === 'kind');
    if (isHead) continue;
    const field = fieldOf(message, key);
    const below: Walk = {
      unknown: walk.unknown,
      struct: shortName(name),
      path: [...walk.path, key],
      place: walk.place === '' ? key : `${walk.place}.${key}`,
    };
    if (field === undefined) {
      walk.unknown.push(below.place);
      continue;
    }
    const fault = checkField(field, inner, below);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** Structs that Go embeds have their fields beside those of the struct around them. */
const fieldOf = (message: Message, name: string): MessageField | undefined => {
  for (const field of message.values()) {
    if (field.name === name) return field;
    if (!field.isEmbedded) continue;
    const inner = messageNamed(field.type);
    const found = inner === undefined ? undefined : fieldOf(inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const checkField = (field: MessageField, value: unknown, walk: Walk): string | undefined => {
  if (value === null) return undefined;
  switch (field.shape) {
    case 'one':
      return checkValue(field.type, value, walk);
    case 'list':
      return Array.isArray(value)
        ? firstFault(value.entries(), ([at, one]) =>
            // Go makes an empty struct of it, which validation then refuses; it is refused here.
            one === null && !FREE_LISTS.has(field.type)
              ? wrongType(null, goType(field.type), walk)
              : checkValue(field.type, one, { ...walk, place: `${walk.place}[${at}]` }),
          )
        : wrongType(value, `[]${goType(field.type)}`, walk);
    case 'map':
      return isMap(value)
        ? firstFault(Object.entries(value), ([key, one]) =>
            checkValue(field.type, one, { ...walk, place: `${walk.place}.${key}` }),
          )
        : wrongType(value, `map[string]${goType(field.type)}`, walk);
  }
};

/** Types of entries that may be null. */
const FREE_LISTS: ReadonlySet<string> = new Set(['apiextensions.JSON']);

const firstFault = <T>(entries: Iterable<T>, check: (entry: T) => string | undefined): string | undefined => {
  for (const entry of entries) {
    const fault = check(entry);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

const QUANTITY = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const QUANTITY_FAULT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

type Check = (value: unknown, walk: Walk) => string | undefined;

const integer =
  (type: 'int32' | 'int64', most: number): Check =>
  (value, walk) => {
    if (typeof value !== 'number') return wrongType(value, type, walk);
    return Number.isInteger(value) && Math.abs(value) <= most ? undefined : wrongNumber(value, type, walk);
  };

const text =
  (type: string): Check =>
  (value, walk) =>
    typeof value === 'string' ? undefined : wrongType(value, type, walk);

const timeText: Check = (value) =>
  typeof value === 'string' && TIME.test(value)
    ? undefined
    : `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`;

const anything: Check = () => undefined;

const SCHEMA = 'apiextensions.JSONSchemaProps';

/** Values whose JSON is not the map of a message's fields. */
const CHECKS: Readonly<Record<string, Check>> = {
  string: text('string'),
  bytes: text('[]uint8'),
  bool: (value, walk) => (typeof value === 'boolean' ? undefined : wrongType(value, 'bool', walk)),
  int32: integer('int32', 2 ** 31 - 1),
  int64: integer('int64', Number.MAX_SAFE_INTEGER),
  double: (value, walk) => (typeof value === 'number' ? undefined : wrongType(value, 'float64', walk)),
  'meta.Time': timeText,
  'meta.MicroTime': timeText,
  'meta.FieldsV1': anything,
  'runtime.RawExtension': anything,
  'resource.Quantity': (value) =>
    typeof value === 'number' || (typeof value === 'string' && QUANTITY.test(value)) ? undefined : QUANTITY_FAULT,
  'intstr.IntOrString': (value) =>
    typeof value === 'number' || typeof value === 'string' ? undefined : cannot(value, 'int32'),
  'apiextensions.JSON': anything,
  'apiextensions.JSONSchemaPropsOrBool': (value, walk) =>
    typeof value === 'boolean' ? undefined : checkMessage(SCHEMA, value, walk),
  'apiextensions.JSONSchemaPropsOrArray': (value, walk) =>
    Array.isArray(value)
      ? firstFault(value, (one) => checkMessage(SCHEMA, one, walk))
      : checkMessage(SCHEMA, value, walk),
  'apiextensions.JSONSchemaPropsOrStringArray': anything,
  'authentication.ExtraValue': anything,
  'authorization.ExtraValue': anything,
  'certificates.ExtraValue': anything,
};

const checkValue = (type: string, value: unknown, walk: Walk): string | undefined => {
  if (value === null) return undefined;
  const check = CHECKS[type];
  return check === undefined ? checkMessage(type, value, walk) : check(value, walk);
};

const shortName = (message: string): string => message.slice(message.indexOf('.') + 1);

const goType = (type: string): string => (type.includes('.') ? `v1.${shortName(type)}` : type);

const goKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

const cannot = (value: unknown, type: string): string =>
  `json: cannot unmarshal ${goKind(value)} into Go value of type ${type}`;

const inField = ({ struct, path }: Walk): string => `Go struct field ${struct}.${path.join('.')}`;

const wrongType = (value: unknown, type: string, walk: Walk): string =>
  walk.path.length === 0
    ? cannot(value, type)
    : `json: cannot unmarshal ${goKind(value)} into ${inField(walk)} of type ${type}`;

const wrongNumber = (value: number, type: string, walk: Walk): string =>
  `json: cannot unmarshal number ${value} into ${inField(walk)} of type ${type}`;
