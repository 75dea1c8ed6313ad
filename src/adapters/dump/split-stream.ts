/**
 * `kubectl cluster-info dump` without --output-directory, and `kubectl get ... -o json` of several commands into one file:
 * JSON objects one behind the other, with logs between. kubectl indents, so that an object begins and ends at column 0.
 */

export interface StreamPart {
  readonly kind: 'json' | 'text';
  readonly text: string;
  /** 1-based line of its first line. */
  readonly line: number;
}

/** The parts of such a stream; a text that is one JSON document, or none at all, comes back as one part. */
export const splitStream = (text: string): readonly StreamPart[] => {
  const parts: StreamPart[] = [];
  let held: string[] = [];
  let kind: StreamPart['kind'] = 'text';
  let line = 1;
  const close = (next: number): void => {
    if (held.some((one) => one.trim() !== '')) parts.push({ kind, text: held.join('\n'), line });
    held = [];
    line = next;
    kind = 'text';
  };
  text.split('\n').forEach((one, index) => {
    const plain = one.trimEnd();
    if (kind === 'text' && plain === '{') {
      close(index + 1);
      kind = 'json';
    }
    held.push(one);
    if (kind === 'json' && plain === '}') close(index + 2);
  });
  close(0);
  return parts;
};
