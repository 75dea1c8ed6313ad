/**
 * The distinguished encoding rules of ASN.1 (ITU-T X.690), as far as a certificate needs them: values are made from the
 * inside out. What stands in a certificate is self-signed.ts's business.
 */

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

const value = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
};

/** Short form below 128, else the number of length bytes and then these. */
const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
};

export const sequence = (...parts: readonly Uint8Array[]): Buffer => value(SEQUENCE, ...parts);

export const set = (...parts: readonly Uint8Array[]): Buffer => value(SET, ...parts);

/** A positive number, given as bytes of which the first is not zero. */
export const integer = (bytes: Uint8Array): Buffer =>
  value(INTEGER, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

/** All bits of these bytes count, unless the last `unused` are left out. */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => value(BIT_STRING, Buffer.from([unused]), bytes);

export const octetString = (bytes: Uint8Array): Buffer => value(OCTET_STRING, bytes);

export const boolean = (yes: boolean): Buffer => value(0x01, Buffer.from([yes ? 0xff : 0]));

export const text = (content: string): Buffer => value(UTF8_STRING, Buffer.from(content));

/** `1.2.840.10045.4.3.2`. */
export const objectIdentifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(OBJECT_IDENTIFIER, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
};

const base128 = (number: number): readonly number[] => {
  const digits = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
};

export const time = (at: Date): Buffer =>
  value(GENERALIZED_TIME, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`));

/** `[number]` of a choice or an optional field: around another value, or with these bytes as its content. */
export const explicit = (number: number, inner: Uint8Array): Buffer => value(CONTEXT | CONSTRUCTED | number, inner);

export const implicit = (number: number, content: Uint8Array): Buffer => value(CONTEXT | number, content);
