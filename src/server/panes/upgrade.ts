// The HTTP side of the frame stream: answers the upgrade of `GET /v1/stream`, or refuses it in a sentence.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { streams } from '../../protocol/endpoints.ts';
import { StreamProtocol } from '../../protocol/stream.ts';
import { type FrameStreamOptions, serveFrameStream } from './frame-stream.ts';

export function upgradeToFrames(options: FrameStreamOptions) {
  return (request: IncomingMessage, socket: Duplex, head: Uint8Array): void => {
    const [path] = (request.url ?? '').split('?');
    if (path !== streams.stream.path || request.method !== streams.stream.method) {
      refuse(socket, '404 Not Found', 'nothing to upgrade here');
    } else if (request.headers.upgrade !== StreamProtocol) {
      refuse(socket, '426 Upgrade Required', `this address speaks ${StreamProtocol} only`);
    } else {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${StreamProtocol}\r\n\r\n`);
      serveFrameStream(socket, head, options);
    }
  };
}

function refuse(socket: Duplex, status: string, reason: string): void {
  const body = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nUpgrade: ${StreamProtocol}\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
