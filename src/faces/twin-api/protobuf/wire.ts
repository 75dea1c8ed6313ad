/**
 * The wire format of protocol buffers, for reading: fields with their numbers as they come, nothing of what they mean.
 * Broken bytes end in a WireError, never in a loop or a read beyond the end.
 */

export interface WireField {
  readonly number: number;
  /** Varints and fixed numbers as bigint, all else as its bytes. */
  readonly value: bigint | Uint8Array;
}

export class WireError extends Error {}

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const key = reader.varint();
    const number = Number(key >> 3n);
    switch (Number(key & 7n)) {
      case VARINT:
        yield { number, value: reader.varint() };
        break;
      case FIXED_64:
        yield { number, value: reader.fixed(8) };
        break;
      case BYTES:
        yield { number, value: reader.bytes(Number(reader.varint())) };
        break;
      case FIXED_32:
        yield { number, value: reader.fixed(4) };
        break;
      default:
        throw new WireError(`field ${number} has a wire type that nobody uses`);
    }
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new WireError('the bytes end in the middle of a number');
      this.#at += 1;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
    throw new WireError('a number is longer than ten bytes');
  }

  bytes(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new WireError('a field is longer than what is there');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  fixed(length: number): bigint {
    return this.bytes(length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }
}
