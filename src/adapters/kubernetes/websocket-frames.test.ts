import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMessages } from './websocket-frames.ts';

/** A frame as a server sends it. */
const frame = (opcode: number, payload: Buffer, last = true): Buffer => {
  const length =
    payload.length < 126
      ? Buffer.from([payload.length])
      : payload.length < 65_536
        ? Buffer.from([126, payload.length >> 8, payload.length & 255])
        : Buffer.concat([Buffer.from([127]), bigLength(payload.length)]);
  return Buffer.concat([Buffer.from([(last ? 0x80 : 0) | opcode]), length, payload]);
};

const bigLength = (length: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
};

const [TEXT, CONTINUED, CLOSE, PING] = [2, 0, 8, 9];
const END = frame(CLOSE, Buffer.from([3, 232]));

/** Reads what comes in these pieces; `sent` is what goes back. */
const read = async (
  pieces: readonly Buffer[],
  head: Buffer = Buffer.alloc(0),
): Promise<{ messages: string[]; sent: Buffer[] }> => {
  const sent: Buffer[] = [];
  const socket = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(chunk);
      done();
    },
  });
  for (const piece of pieces) socket.push(piece);
  socket.push(null);
  const messages: string[] = [];
  for await (const { data } of readMessages(socket, head)) messages.push(data.toString('utf8'));
  return { messages, sent };
};

test('messages come whole, however they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 300 }), { maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 20 }),
      async (texts, cuts) => {
        const bytes = Buffer.concat([...texts.map((text) => frame(TEXT, Buffer.from(text))), END]);
        const pieces: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = cuts[turn % cuts.length] ?? 1;
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect((await read(pieces)).messages).toEqual(texts);
      },
    ),
    { numRuns: 50 },
  );
});

test('long frames, frames in parts, and what came with the handshake', async () => {
  const long = 'x'.repeat(70_000);
  const parts = [
    frame(TEXT, Buffer.from('ab'), false),
    frame(CONTINUED, Buffer.from('cd'), false),
    frame(CONTINUED, Buffer.from('e')),
  ];
  const { messages } = await read([frame(TEXT, Buffer.from(long)), ...parts, END], frame(TEXT, Buffer.from('head')));
  expect(messages).toEqual(['head', long, 'abcde']);
});

test('a ping between the parts of a message is answered, masked, and a close is returned', async () => {
  const { messages, sent } = await read([
    frame(TEXT, Buffer.from('a'), false),
    frame(PING, Buffer.from('hi')),
    frame(CONTINUED, Buffer.from('b')),
    END,
  ]);
  expect(messages).toEqual(['ab']);
  expect(sent.map((bytes) => [bytes[0], (bytes[1] ?? 0) & 0x80, unmask(bytes).toString('latin1')])).toEqual([
    [0x8a, 0x80, 'hi'],
    [0x88, 0x80, '\u0003\u00e8'],
  ]);
});

test('a connection that is cut, and a frame of absurd length, are errors', async () => {
  await expect(read([frame(TEXT, Buffer.from('abc')).subarray(0, 3)])).rejects.toThrow('cut before the end');
  await expect(read([Buffer.concat([Buffer.from([0x82, 127]), bigLength(2 ** 40)])])).rejects.toThrow(
    'a WebSocket frame of',
  );
});

const unmask = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.subarray(6).map((byte, index) => byte ^ (bytes[2 + (index % 4)] ?? 0)));
