// For tests: a client of the frame stream over a real socket, which keeps what it has been shown.
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { SessionId } from '../../src/domain/ids.ts';
import { silentLog } from '../../src/platform/log.ts';
import { decodeFrame, decodeHistory } from '../../src/protocol/frame-codec.ts';
import { decodeJson, encodeJsonMessage, encodeMessage, MessageReader } from '../../src/protocol/frame-message.ts';
import { PaneVisibility, StreamReply, StreamRequest } from '../../src/protocol/stream.ts';
import { serveFrameStream } from '../../src/server/panes/frame-stream.ts';
import type { Runs } from '../../src/server/runs/runs.ts';
import { CellWords } from '../../src/terminal/cell.ts';
import { CellTable } from '../../src/terminal/cell-table.ts';
import type { VtEngine } from '../../src/terminal/engine.ts';
import type { Grid } from '../../src/terminal/grid.ts';
import { gridOfPage, PaneMirror } from '../../src/terminal/mirror.ts';

export interface FrameServer {
  connect(): Promise<FrameClient>;
  close(): Promise<void>;
}

export async function openFrameServer(runs: Runs, directory: string): Promise<FrameServer> {
  const path = join(directory, 'frames.sock');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serveFrameStream(socket, new Uint8Array(), { runs, find: (text) => SessionId.parse(text), log: silentLog });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    connect: async () => {
      const socket = connect(path);
      await once(socket, 'connect');
      return new FrameClient(socket);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function rowsOf(grid: Grid): string[] {
  return Array.from({ length: grid.rows }, (_, row) => grid.rowText(row).trimEnd());
}

export class FrameClient {
  readonly socket: Socket;
  readonly panes = new Map<number, PaneMirror>();
  readonly frames = new Map<number, number>();
  readonly resets = new Map<number, number>();
  readonly told: Array<{ type: number; channel: number; value: unknown }> = [];
  readonly pages = new Map<number, string[]>();
  readonly #table = new CellTable();
  readonly #arrivals = new EventEmitter();
  isClosed = false;
  /** False: frames are applied, and not acknowledged. */
  acknowledges = true;

  constructor(socket: Socket) {
    this.socket = socket;
    const reader = new MessageReader();
    socket.on('data', (bytes) => reader.push(bytes, (type, channel, payload) => this.#take(type, channel, payload)));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  subscribe(channel: number, session: string, visibility: PaneVisibility = PaneVisibility.full, cols = 80, rows = 24) {
    this.socket.write(encodeJsonMessage(StreamRequest.subscribe, channel, { session, cols, rows, visibility }));
  }

  type(channel: number, text: string): void {
    this.socket.write(encodeMessage(StreamRequest.input, channel, Buffer.from(text)));
  }

  show(channel: number, visibility: PaneVisibility): void {
    this.socket.write(encodeMessage(StreamRequest.visibility, channel, Uint8Array.of(visibility)));
  }

  resize(channel: number, cols: number, rows: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt16LE(cols, 0);
    payload.writeUInt16LE(rows, 2);
    this.socket.write(encodeMessage(StreamRequest.resize, channel, payload));
  }

  askHistory(channel: number, request: number, from: number, count: number): void {
    this.socket.write(encodeJsonMessage(StreamRequest.history, channel, { request, from, count }));
  }

  /** Resolves when more frames than `known` have come. */
  async nextFrame(channel: number, known: number): Promise<void> {
    while (this.framesOf(channel) <= known) await once(this.#arrivals, 'frame');
  }

  framesOf(channel: number): number {
    return this.frames.get(channel) ?? 0;
  }

  text(channel: number): string {
    const pane = this.panes.get(channel);
    return pane === undefined ? '' : rowsOf(pane.grid).join('\n');
  }

  /** Whether the pane is, cell for cell, what the engine has. */
  equals(channel: number, engine: VtEngine): boolean {
    const pane = this.panes.get(channel);
    if (pane === undefined || pane.cols !== engine.cols || pane.rows !== engine.rows) return false;
    if (pane.cursorX !== engine.cursorX || pane.cursorY !== engine.cursorY || pane.modes !== engine.modes) return false;
    const row = new Uint32Array(engine.cols * CellWords);
    for (let y = 0; y < engine.rows; y++) {
      engine.readRow(y, row, 0);
      const shown = pane.grid.words.subarray(y * row.length, (y + 1) * row.length);
      if (!row.every((word, at) => at % CellWords === 3 || word === shown[at])) return false;
    }
    return true;
  }

  #take(type: number, channel: number, payload: Uint8Array): void {
    if (type === StreamReply.frame) {
      const frame = decodeFrame(payload);
      let pane = this.panes.get(channel);
      if (pane === undefined) {
        pane = new PaneMirror(this.#table);
        this.panes.set(channel, pane);
      }
      pane.apply(frame);
      this.frames.set(channel, this.framesOf(channel) + 1);
      this.#arrivals.emit('frame');
      if (frame.reset) this.resets.set(channel, (this.resets.get(channel) ?? 0) + 1);
      if (this.acknowledges) this.acknowledge(channel);
    } else if (type === StreamReply.history) {
      const { request, frame } = decodeHistory(payload);
      this.pages.set(request, rowsOf(gridOfPage(frame, this.#table)));
    } else {
      this.told.push({ type, channel, value: decodeJson(payload) });
    }
  }

  acknowledge(channel: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(this.panes.get(channel)?.seq ?? 0);
    this.socket.write(encodeMessage(StreamRequest.ack, channel, payload));
  }
}
