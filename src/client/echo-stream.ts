// A frame stream to a server that is played in this process: its panes show that keys are pressed.
import type { Socket } from 'node:net';
import { listenOnce } from '../platform/local-socket.ts';
import type { Frame } from '../protocol/frame.ts';
import { encodeFrameMessage } from '../protocol/frame-codec.ts';
import { decodeJson, MessageReader } from '../protocol/frame-message.ts';
import { StreamProtocol, StreamRequest, type Subscribe } from '../protocol/stream.ts';
import { type FrameStream, openFrameStream } from './stream.ts';

export { playRounds } from '../platform/rehearsing.ts';

/** What one pane shows. */
export interface EchoScreen {
  /** All of it. */
  opened(cols: number, rows: number): Frame;
  /** What changes with a key. */
  typed(): Frame;
}

const switched = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${StreamProtocol}\r\n\r\n`;

/** `socketPath` is used for a moment. Rejects with the system's error when nothing can listen there. */
export async function openEchoStream(socketPath: string, createScreen: () => EchoScreen): Promise<FrameStream> {
  const door = await listenOnce(socketPath);
  void door.socket.then((socket) => playServer(socket, createScreen));
  const closer = new AbortController();
  const stream = openFrameStream({
    paths: { serverSocket: socketPath },
    reach: () => Promise.resolve(),
    closed: closer.signal,
  });
  return {
    get connected() {
      return stream.connected;
    },
    get heardAt() {
      return stream.heardAt;
    },
    open: stream.open,
    retry: stream.retry,
    close: () => {
      door.close();
      closer.abort();
    },
  };
}

function playServer(client: Socket, createScreen: () => EchoScreen): void {
  const reader = new MessageReader();
  const screens = new Map<number, EchoScreen>();
  let upgraded = false;
  client.on('data', (bytes: Uint8Array) => {
    if (!upgraded) {
      // The request's head: who sent it says no more until it is answered.
      upgraded = true;
      client.write(switched);
      return;
    }
    reader.push(bytes, (type, channel, payload) => {
      if (type === StreamRequest.subscribe) {
        const { cols, rows } = decodeJson(payload) as Subscribe;
        const screen = createScreen();
        screens.set(channel, screen);
        client.write(encodeFrameMessage(channel, screen.opened(cols, rows)));
      } else if (type === StreamRequest.input) {
        const frame = screens.get(channel)?.typed();
        if (frame !== undefined) client.write(encodeFrameMessage(channel, frame));
      }
    });
  });
  client.on('error', () => client.destroy());
  client.once('end', () => client.end());
}
