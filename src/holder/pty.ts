// One program in one terminal: what it printed and nobody has taken yet, what it is to be told, how it ended.
//
//   running --exit of the process--> draining --nothing left in the terminal--> ended
import { closeSync, readSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { type HolderPty, HolderRingBytes, type HolderSpawn, HolderWriteQueueBytes } from '../protocol/holder.ts';
import { OutputRing, ReadBytes } from '../protocol/output-ring.ts';
import { type Exit, type Launched, resizeTerminal } from './launch.ts';
import { endGroup, signalGroup } from './process-group.ts';
import { WriteQueue } from './write-queue.ts';

/**
 * Bytes taken after the exit. The program's own last output is at most what the kernel buffers, about 70 kB; a process
 * it left behind could print for ever.
 */
const drainLimitBytes = 1 << 20;

/** Of all PTYs: what was read is taken out before the next read, and nothing is made for each. */
const readBuffer = Buffer.allocUnsafeSlow(ReadBytes);

type State = { is: 'running' } | { is: 'draining'; exit: Exit; left: number } | { is: 'ended'; exit: Exit };

export class Pty {
  readonly id: number;
  readonly name: string;
  readonly pid: number;
  readonly ring = new OutputRing(HolderRingBytes);
  readonly #launched: Launched;
  readonly #input: WriteQueue;
  readonly #stream: ReadStream;
  readonly #changed: (pty: Pty) => void;
  /** Position up to which the terminal is read. */
  #readUntil = Number.POSITIVE_INFINITY;
  #cols: number;
  #rows: number;
  #isPaused = false;
  #state: State = { is: 'running' };
  #ending: Promise<void> | undefined;

  /** `changed` is called when there is more output and when the program has ended with all its output in the ring. */
  constructor(id: number, spec: HolderSpawn, launched: Launched, changed: (pty: Pty) => void) {
    this.id = id;
    this.name = spec.name;
    this.pid = launched.pid;
    this.#cols = spec.cols;
    this.#rows = spec.rows;
    this.#launched = launched;
    this.#changed = changed;
    this.#input = new WriteQueue(launched.master, HolderWriteQueueBytes);
    this.#stream = new ReadStream(launched.master, {
      onread: { buffer: readBuffer, callback: (length) => this.#onRead(length) },
    });
    // The slave is held, so neither end nor hang-up comes from the program. After an error the descriptor is closed
    // and its number may belong to somebody else: nothing is written to it or read from it again.
    this.#stream.on('error', () => this.#input.close());
    this.#stream.resume();
    void launched.exited.then((exit) => this.#onExit(exit));
  }

  /** Null until all output is in the ring. */
  get exit(): Exit | null {
    return this.#state.is === 'ended' ? this.#state.exit : null;
  }

  get queuedInput(): number {
    return this.#input.queued;
  }

  /** False when the program does not read and the queue is full: nothing of it was taken. */
  write(bytes: Buffer): boolean {
    return !this.#isOpen || this.#input.push(bytes);
  }

  resize(cols: number, rows: number): void {
    if (!this.#isOpen || (cols === this.#cols && rows === this.#rows)) return;
    resizeTerminal(this.#launched.master, cols, rows);
    this.#cols = cols;
    this.#rows = rows;
  }

  /** Forgets output before the offset, which may let the program go on. */
  acknowledge(offset: number): void {
    this.ring.drop(offset);
    if (this.#state.is === 'draining') this.#drain();
    else this.#resume();
  }

  /**
   * How far the terminal is read while the program runs, where the ring has room. With less than a ring the program
   * waits for a server that does not take its output, and leaves the processor to others; infinity without a server.
   */
  set readUntil(offset: number) {
    this.#readUntil = offset;
    if (this.#state.is === 'running') this.#resume();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#state.is === 'running') signalGroup(this.pid, signal);
  }

  /** Ends the program and its group; resolves when both are gone. Asking again changes nothing. */
  async end(): Promise<void> {
    if (this.#state.is === 'running') this.#ending ??= endGroup(this.pid, this.#launched.exited);
    await this.#ending;
  }

  describe(): HolderPty {
    return {
      pty: this.id,
      name: this.name,
      pid: this.pid,
      cols: this.#cols,
      rows: this.#rows,
      start: this.ring.start,
      end: this.ring.end,
      exit: this.exit,
    };
  }

  get #isOpen(): boolean {
    return this.#state.is === 'running' && !this.#stream.destroyed;
  }

  get #mayRead(): boolean {
    return this.ring.hasRoom && this.ring.end < this.#readUntil;
  }

  #onRead(length: number): boolean {
    this.ring.put(readBuffer, length);
    this.#isPaused = !this.#mayRead;
    this.#changed(this);
    return !this.#isPaused;
  }

  #resume(): void {
    if (!this.#isPaused || !this.#mayRead) return;
    this.#isPaused = false;
    this.#stream.resume();
  }

  #onExit(exit: Exit): void {
    this.#input.close();
    this.#stream.pause();
    this.#state = { is: 'draining', exit, left: drainLimitBytes };
    this.#drain();
  }

  /** Takes what is still in the terminal, as far as the ring has room. */
  #drain(): void {
    const state = this.#state;
    if (state.is !== 'draining') return;
    const before = this.ring.end;
    let isDry = this.#stream.destroyed;
    while (!isDry && this.ring.hasRoom) {
      const length = readWaiting(this.#launched.master);
      this.ring.put(readBuffer, length);
      state.left -= length;
      isDry = length === 0 || state.left <= 0;
    }
    if (isDry) {
      this.#state = { is: 'ended', exit: state.exit };
      this.#stream.destroy();
      closeSync(this.#launched.slave);
    }
    if (isDry || this.ring.end > before) this.#changed(this);
  }
}

/** 0 when nothing is waiting, or the terminal is gone. */
function readWaiting(fd: number): number {
  try {
    return readSync(fd, readBuffer);
  } catch {
    return 0;
  }
}
