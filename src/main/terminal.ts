/** What the terminal can show: colours only on one and without NO_COLOR, progress as one moving line or plain lines. */
import { styleText } from 'node:util';
import { plainPaint, type Paint } from '../faces/cli/paint.ts';

const coloured = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';

export const paintFor = (stream: NodeJS.WriteStream): Paint => {
  const width = stream.isTTY ? Math.max(60, stream.columns) : plainPaint.width;
  if (!coloured(stream)) return { ...plainPaint, width };
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { validateStream: false });
  return {
    bold: style('bold'),
    dim: style('dim'),
    bad: style('red'),
    warn: style('yellow'),
    good: style('green'),
    width,
  };
};

const QUIET_MS = 1000;

/** Progress on stderr, silent in the first second; a terminal sees one line that changes, a pipe sees plain lines. */
export const progressOn = (
  stream: NodeJS.WriteStream,
): { readonly show: (line: string) => void; readonly clear: () => void } => {
  const began = Date.now();
  let shown = false;
  let lastPlain = 0;
  return {
    show: (line) => {
      const now = Date.now();
      if (now - began < QUIET_MS) return;
      if (stream.isTTY) {
        stream.write(`\r\x1b[2K${line.slice(0, stream.columns - 1)}`);
        shown = true;
      } else if (now - lastPlain >= QUIET_MS) {
        lastPlain = now;
        stream.write(`${line}\n`);
      }
    },
    clear: () => {
      if (shown) stream.write('\r\x1b[2K');
      shown = false;
    },
  };
};
