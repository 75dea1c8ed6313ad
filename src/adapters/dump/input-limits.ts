/** How much of an input is read at most. Each limit is told by name where it is met, and what was read before it is used. */

export interface Limits {
  readonly maxFiles: number;
  /** Of one file or one member of an archive. */
  readonly maxFileBytes: number;
  /** Folders within folders. */
  readonly maxDepth: number;
  /** Archives within archives. */
  readonly maxArchives: number;
  /** Of all archives of one input, unpacked. */
  readonly maxUnpackedBytes: number;
  /** Unpacked bytes for a packed one, once an archive has given more than `freeUnpackedBytes`. */
  readonly maxRatio: number;
  readonly freeUnpackedBytes: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  maxFiles: 200_000,
  // A text longer than 512 MiB does not fit a string of V8.
  maxFileBytes: 500 * MIB,
  maxDepth: 32,
  maxArchives: 3,
  maxUnpackedBytes: 8192 * MIB,
  // Logs that repeat themselves reach 100:1; what is made to harm reaches 1000:1 and more.
  maxRatio: 250,
  freeUnpackedBytes: 256 * MIB,
};

/** Counts what one input gives. */
export class InputMeter {
  private readonly limits: Limits;
  private files = 0;
  private unpacked = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Why no further file may be read; undefined while there is room. */
  takeFile(): string | undefined {
    this.files += 1;
    return this.files > this.limits.maxFiles
      ? `the input holds more than ${this.limits.maxFiles} files; the rest was not read`
      : undefined;
  }

  /** One archive's own count, against its packed size; the returned function says why reading stops. */
  archive(packedBytes: number): (bytes: number) => string | undefined {
    const { maxRatio, maxUnpackedBytes, freeUnpackedBytes } = this.limits;
    let given = 0;
    return (bytes) => {
      given += bytes;
      this.unpacked += bytes;
      if (this.unpacked > maxUnpackedBytes)
        return `the archives unpack to more than ${maxUnpackedBytes} bytes; the rest was not read`;
      return given > freeUnpackedBytes && given > packedBytes * maxRatio
        ? `it unpacks to more than ${maxRatio} times its size, as an archive made to fill memory does; the rest was not read`
        : undefined;
    };
  }
}
