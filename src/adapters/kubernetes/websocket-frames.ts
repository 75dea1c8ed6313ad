/**
 * The client's side of WebSocket frames (RFC 6455), as far as an exec needs it: whole messages in, pong and close out.
 * Node's own WebSocket takes no client certificates and tells nothing of a refusal's body.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';

export interface Message {
  readonly data: Buffer;
}

const CONTINUATION = 0x0;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
// Far above what one exec frame carries (the kubelet writes 32 KiB at a time), far below what would hurt.
const LARGEST = 64 * 1024 * 1024;

/** Messages until the server closes. Throws when the stream breaks or is no WebSocket. */
export async function* readMessages(socket: Duplex, head: Buffer): AsyncGenerator<Message> {
  let buffer = head;
  let parts: Buffer[] = [];
  const next = socket[Symbol.asyncIterator]();
  for (;;) {
    const frame = takeFrame(buffer);
    if (frame === undefined) {
      const { done, value } = await next.next();
      if (done === true) throw new Error('the connection was cut before the end');
      buffer = Buffer.concat([buffer, value as Buffer]);
      continue;
    }
    buffer = frame.rest;
    if (frame.opcode === CLOSE) {
      sendFrame(socket, CLOSE, frame.payload.subarray(0, 2));
      return;
    }
    if (frame.opcode === PING) sendFrame(socket, PONG, frame.payload);
    else if (frame.opcode !== PONG) {
      if (frame.opcode !== CONTINUATION) parts = [];
      parts.push(frame.payload);
      if (frame.last) yield { data: Buffer.concat(parts) };
    }
  }
}

interface Frame {
  readonly opcode: number;
  readonly last: boolean;
  readonly payload: Buffer;
  readonly rest: Buffer;
}

/** Undefined while the frame is not whole. Frames of a server are not masked. */
const takeFrame = (buffer: Buffer): Frame | undefined => {
  if (buffer.length < 2) return undefined;
  const short = buffer.readUInt8(1) & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (buffer.length < start) return undefined;
  const length = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
  if (length > LARGEST) throw new Error(`a WebSocket frame of ${length} bytes`);
  if (buffer.length < start + length) return undefined;
  const first = buffer.readUInt8(0);
  return {
    opcode: first & 0x0f,
    last: (first & 0x80) !== 0,
    payload: buffer.subarray(start, start + length),
    rest: buffer.subarray(start + length),
  };
};

/** Control frames only: at most 125 bytes, masked as a client must. */
const sendFrame = (socket: Duplex, opcode: number, payload: Buffer): void => {
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  socket.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked]));
};
