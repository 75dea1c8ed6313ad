/**
 * The server's side of a WebSocket (RFC 6455), as far as `kubectl exec` needs it: the handshake, whole messages out, and from
 * the client only its pings and its leaving. What it sends to a command's stdin is dropped: no program of the twin reads any.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
/** kubectl writes 32 KiB at a time; nobody needs more than this. */
const LARGEST = 1024 * 1024;

export interface ServerSocket {
  readonly send: (data: Buffer) => void;
  /** With an optional code of RFC 6455, 1000 being the normal end. */
  readonly close: (code: number) => void;
}

/** The protocols that a client offers, in its order of preference. */
export const offeredProtocols = ({ headers }: IncomingMessage): readonly string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** `onGone` is called once, when the client has left or broken the protocol. */
export const acceptWebSocket = (
  request: IncomingMessage,
  socket: Duplex,
  protocol: string,
  onGone: () => void,
): ServerSocket => {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
      '',
      '',
    ].join('\r\n'),
  );
  let buffer: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let frame = takeFrame(buffer); frame !== undefined; frame = takeFrame(buffer)) {
      if (frame === 'broken') {
        socket.destroy();
        return;
      }
      buffer = buffer.subarray(frame.size);
      if (frame.opcode === CLOSE) {
        socket.end(frameOf(CLOSE, frame.payload.subarray(0, 2)));
        return;
      }
      if (frame.opcode === PING) socket.write(frameOf(PONG, frame.payload));
    }
  });
  socket.once('close', onGone);
  socket.on('error', () => socket.destroy());
  return {
    send: (data) => void (socket.writable && socket.write(frameOf(BINARY, data))),
    close: (code) => {
      const body = Buffer.alloc(2);
      body.writeUInt16BE(code);
      if (socket.writable) socket.end(frameOf(CLOSE, body));
    },
  };
};

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** With its head. */
  readonly size: number;
}

/** Undefined while the frame is not whole. Frames of a client are masked. */
const takeFrame = (buffer: Buffer): Frame | 'broken' | undefined => {
  if (buffer.length < 2) return undefined;
  const second = buffer.readUInt8(1);
  if ((second & 0x80) === 0) return 'broken';
  const short = second & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (buffer.length < start + 4) return undefined;
  const length = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
  if (length > LARGEST) return 'broken';
  const size = start + 4 + length;
  if (buffer.length < size) return undefined;
  const mask = buffer.subarray(start, start + 4);
  const payload = Buffer.from(buffer.subarray(start + 4, size).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return { opcode: buffer.readUInt8(0) & 0x0f, payload, size };
};

const frameOf = (opcode: number, payload: Buffer): Buffer => {
  const first = 0x80 | opcode;
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  if (payload.length < 0x1_0000) {
    const head = Buffer.from([first, 126, 0, 0]);
    head.writeUInt16BE(payload.length, 2);
    return Buffer.concat([head, payload]);
  }
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
};
