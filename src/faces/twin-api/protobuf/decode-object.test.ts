/** Objects in protobuf as Go's clients send them, made here by hand; and bytes that are none. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeObject } from './decode-object.ts';
import { WireError } from './wire.ts';

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);
const bytes = (field: number, content: string | Uint8Array): Buffer => {
  const inner = Buffer.from(content);
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(inner.length)]), inner]);
};
const number = (field: number, value: number): Buffer => Buffer.from([field << 3, ...varint(value)]);
const message = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);

const envelope = (apiVersion: string, kind: string, raw: Uint8Array): Buffer =>
  message(Buffer.from('k8s\0'), bytes(1, message(bytes(1, apiVersion), bytes(2, kind))), bytes(2, raw));

describe('objects', () => {
  test('a ConfigMap with its map of data', () => {
    const entry = (key: string, value: string): Buffer => bytes(2, message(bytes(1, key), bytes(2, value)));
    const raw = message(bytes(1, bytes(1, 'settings')), entry('a', '1'), entry('empty', ''));
    expect(decodeObject(envelope('v1', 'ConfigMap', raw))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { a: '1', empty: '' },
    });
  });

  test('a SelfSubjectAccessReview, as auth can-i sends it', () => {
    const attributes = message(bytes(2, 'get'), bytes(5, 'pods'));
    const raw = bytes(2, bytes(1, attributes));
    expect(decodeObject(envelope('authorization.k8s.io/v1', 'SelfSubjectAccessReview', raw))).toMatchObject({
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    });
  });

  test('a Deployment: numbers, lists, quantities and times', () => {
    const container = message(
      bytes(1, 'main'),
      bytes(2, 'example.com/main:1'),
      bytes(8, bytes(2, message(bytes(1, 'cpu'), bytes(2, bytes(1, '100m'))))),
    );
    const template = bytes(3, bytes(2, bytes(2, container)));
    const raw = message(
      bytes(1, message(bytes(1, 'web'), bytes(8, message(number(1, 1_764_000_000))))),
      bytes(2, message(number(1, 0), template)),
    );
    expect(decodeObject(envelope('apps/v1', 'Deployment', raw))).toMatchObject({
      metadata: { name: 'web', creationTimestamp: '2025-11-24T16:00:00Z' },
      spec: {
        replicas: 0,
        template: {
          spec: {
            containers: [{ name: 'main', image: 'example.com/main:1', resources: { requests: { cpu: '100m' } } }],
          },
        },
      },
    });
  });

  test('options of a delete come in the version of any group', () => {
    const raw = message(number(1, 30), bytes(4, 'Background'));
    expect(decodeObject(envelope('apps/v1', 'DeleteOptions', raw))).toMatchObject({
      gracePeriodSeconds: 30,
      propagationPolicy: 'Background',
    });
  });

  test('a field of a newer server is left out', () => {
    const raw = message(bytes(1, bytes(1, 'a')), number(999, 7));
    expect(decodeObject(envelope('v1', 'ConfigMap', raw))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
    });
  });

  test('a key named __proto__ is a key', () => {
    const entry = bytes(2, message(bytes(1, '__proto__'), bytes(2, 'x')));
    const { data } = decodeObject(envelope('v1', 'ConfigMap', entry)) as { data: object };
    expect(Object.keys(data)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });
});

describe('bytes that are no object', () => {
  const refused = (body: Uint8Array): string => {
    try {
      decodeObject(body);
    } catch (error) {
      if (error instanceof WireError) return error.message;
      throw error;
    }
    return 'taken';
  };

  // prettier-ignore
  test.each([
    ['nothing', Buffer.alloc(0), 'it does not begin as an object of Kubernetes does'],
    ['JSON', Buffer.from('{}'), 'it does not begin as an object of Kubernetes does'],
    ['a kind that nobody has', envelope('v1', 'Nonsense', Buffer.alloc(0)), 'no kind "Nonsense" is registered for "v1"'],
    ['a field that is cut off', envelope('v1', 'ConfigMap', Buffer.from([0x0a, 0x7f, 1])), 'a field is longer than what is there'],
    ['a number that is cut off', envelope('v1', 'ConfigMap', Buffer.from([0x08, 0xff])), 'the bytes end in the middle of a number'],
    ['a number without an end', envelope('v1', 'ConfigMap', Buffer.alloc(20, 0xff)), 'a number is longer than ten bytes'],
  ] as const)('%s', (_title, body, why) => expect(refused(body)).toBe(why));

  test('end in a sentence and never in a loop, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('ConfigMap', 'Pod', 'Node', 'Event', 'Secret'),
        (raw, kind) => {
          refused(raw);
          refused(envelope('v1', kind, raw));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
