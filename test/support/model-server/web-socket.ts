// The server's half of a WebSocket (RFC 6455): text frames both ways, pings, closing. No extensions.
import { createHash } from 'node:crypto';
import type { UpgradeContext } from './model-server.ts';

export interface TextSocket {
  send(text: string): void;
  /** Ends it as a server that is done with it would. */
  close(): void;
  /** Cuts the connection without a word. */
  cut(): void;
}

export interface SocketListener {
  text(text: string): void;
  closed(): void;
}

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opText = 1;
const opClose = 8;
const opPing = 9;
const opPong = 10;
const messageLimit = 16 << 20;

/** Answers the upgrade. `subprotocol`: which of the offered ones is taken. */
export function acceptSocket(
  { incoming, socket, head, signal }: Pick<UpgradeContext, 'incoming' | 'socket' | 'head' | 'signal'>,
  subprotocol: string | null,
  listener: SocketListener,
): TextSocket {
  const key = incoming.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1')
    .update(key + magic)
    .digest('base64');
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'upgrade: websocket',
      'connection: Upgrade',
      `sec-websocket-accept: ${accept}`,
      ...(subprotocol === null ? [] : [`sec-websocket-protocol: ${subprotocol}`]),
      '\r\n',
    ].join('\r\n'),
  );
  let pending: Buffer = head;
  let pieces: Buffer[] = [];
  const write = (op: number, payload: Buffer): void => {
    if (!socket.destroyed && socket.writable) socket.write(frame(op, payload));
  };
  const read = (bytes: Buffer): void => {
    pending = Buffer.concat([pending, bytes]);
    for (let next = parse(pending); next !== null; next = parse(pending)) {
      pending = pending.subarray(next.size);
      if (next.op === opPing) write(opPong, next.payload);
      else if (next.op === opClose) {
        write(opClose, next.payload);
        socket.end();
      } else if (next.op !== opPong) {
        pieces.push(next.payload);
        if (!next.final) continue;
        const text = Buffer.concat(pieces).toString('utf8');
        pieces = [];
        listener.text(text);
      }
    }
    if (pending.length > messageLimit) socket.destroy();
  };
  socket.on('data', read);
  socket.once('close', () => listener.closed());
  if (signal.aborted) socket.destroy();
  else signal.addEventListener('abort', () => socket.destroy(), { once: true });
  if (head.length > 0) read(Buffer.alloc(0));
  return {
    send: (text) => write(opText, Buffer.from(text)),
    close: () => {
      write(opClose, Buffer.from([0x03, 0xe8]));
      socket.end();
    },
    cut: () => {
      socket.destroy();
    },
  };
}

interface Frame {
  op: number;
  final: boolean;
  payload: Buffer;
  /** Bytes it took. */
  size: number;
}

/** The first frame of these bytes, or null while it is not complete. */
function parse(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const [first = 0, second = 0] = bytes;
  let length = second & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return null;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return null;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  const isMasked = (second & 0x80) !== 0;
  const mask = isMasked ? bytes.subarray(at, at + 4) : null;
  if (isMasked) at += 4;
  if (bytes.length < at + length) return null;
  const payload = Buffer.from(bytes.subarray(at, at + length));
  if (mask !== null) for (let index = 0; index < length; index++) payload[index]! ^= mask[index % 4]!;
  return { op: first & 0x0f, final: (first & 0x80) !== 0, payload, size: at + length };
}

function frame(op: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | op, length]), payload]);
  const head = Buffer.alloc(length < 65536 ? 4 : 10);
  head[0] = 0x80 | op;
  if (length < 65536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
