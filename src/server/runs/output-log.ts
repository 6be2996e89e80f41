// A run's output on disk: every byte once, in order. Writes are joined and asynchronous, one at a time; what is not
// yet written is bounded by the window the run gives the holder. `logged` is what the holder may forget.
//
// A disk that refuses breaks the log, not the run: `logged` then follows what was given, the trouble is told once, and
// the next `rotate` tries to begin a new segment.
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import {
  type KeptOutput,
  keptScreens,
  keptSegments,
  replaceFile,
  type Segment,
  type SizeChange,
  type Snapshot,
  screenPath,
  segmentPath,
  sizeLine,
  sizesPath,
  writeSnapshot,
} from './log-files.ts';

export const segmentBytes = 8 << 20;
const joinBytes = 1 << 20;
/** Bytes are held for one larger write until there are so many, or for so long. The holder keeps them meanwhile. */
const mostHeldBytes = 128 << 10;
const holdMs = 5;
/** Below the limit of one writev. */
const joinPieces = 500;
const readBytes = 64 << 10;

export interface OutputLogOptions {
  directory: string;
  /** More is on disk (or given up): `logged` has grown. */
  onProgress(): void;
  onBroken(error: unknown): void;
}

type Step =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'size'; size: SizeChange }
  | { kind: 'rotate'; snapshot: Snapshot }
  | { kind: 'checkpoint'; snapshot: Snapshot }
  | { kind: 'break' };

export class OutputLog {
  readonly #options: OutputLogOptions;
  #segments: Segment[];
  /** Snapshots on disk, oldest first. */
  #screens: number[];
  #sizes: SizeChange[];
  #file: FileHandle | null = null;
  #steps: Step[] = [];
  #writing: Promise<void> | null = null;
  #held = 0;
  #holdTimer: NodeJS.Timeout | null = null;
  #appended: number;
  #segmentStart: number;
  #logged: number;
  #broken = false;
  #ended = false;
  #waiters: Array<() => void> = [];

  /** Of a new run (`kept` null, the screen's size given as the first `resized`), or going on where `kept` ends. */
  constructor(options: OutputLogOptions, kept: KeptOutput | null) {
    this.#options = options;
    this.#segments = kept?.segments ?? [];
    this.#screens = kept?.screens.toReversed() ?? [];
    this.#sizes = kept?.sizes ?? [];
    this.#appended = kept?.end ?? 0;
    this.#segmentStart = this.#segments.at(-1)?.start ?? 0;
    this.#logged = this.#appended;
  }

  /** Absolute offset up to which everything is on disk, or given up because the log is broken. */
  get logged(): number {
    return this.#logged;
  }

  get broken(): boolean {
    return this.#broken;
  }

  /** First offset that can still be read. */
  get start(): number {
    return this.#segments[0]?.start ?? this.#logged;
  }

  /** Bytes given since the current segment began. */
  get segmentLength(): number {
    return this.#appended - this.#segmentStart;
  }

  /**
   * The bytes are kept until written: do not change them. `holdBytes`: with so many held they are written at once; 0
   * when something waits for these to be on disk.
   */
  append(bytes: Uint8Array, holdBytes = mostHeldBytes): void {
    this.#appended += bytes.length;
    const last = this.#steps.at(-1);
    if (last?.kind === 'bytes' && follows(bytes, last.bytes)) last.bytes = joined(last.bytes, bytes);
    else this.#steps.push({ kind: 'bytes', bytes });
    this.#held += bytes.length;
    if (this.#held >= Math.min(holdBytes, mostHeldBytes)) this.#begin();
    else this.#holdTimer ??= setTimeout(() => this.#begin(), holdMs);
  }

  /** The screen has this size for everything from `size.offset` on. */
  resized(size: SizeChange): void {
    this.#sizes.push(size);
    this.#add({ kind: 'size', size });
  }

  /** The bytes after `snapshot.offset`, which is the end of those given so far, go to a new segment. */
  rotate(snapshot: Snapshot): void {
    // What a broken log has skipped is not to be read as if it were there.
    this.#appended = snapshot.offset;
    this.#segmentStart = snapshot.offset;
    this.#add({ kind: 'rotate', snapshot });
  }

  /** What comes next does not join what is there: only a `rotate` makes the log whole again. */
  breakOff(): void {
    this.#add({ kind: 'break' });
  }

  checkpoint(snapshot: Snapshot): void {
    this.#add({ kind: 'checkpoint', snapshot });
  }

  /** Resolves when everything given so far is on disk or given up. */
  async flush(): Promise<void> {
    this.#begin();
    while (this.#writing !== null) await this.#writing;
  }

  /** No more will be given: readers come to an end. The files stay. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.flush();
    await this.#closeFile();
    this.#tell();
  }

  async remove(): Promise<void> {
    await this.end();
    await rm(this.#options.directory, { recursive: true, force: true });
    this.#segments = [];
  }

  /**
   * What is kept from `from` on (the oldest kept, if that is later), then live until `end`. Reads the files at the
   * reader's pace; a reader so slow that its segment was dropped goes on at the oldest kept.
   */
  async *read(from: number, signal: AbortSignal | null): AsyncGenerator<{ offset: number; bytes: Uint8Array }> {
    let at = Math.max(from, this.start);
    let opened = null as { start: number; file: FileHandle } | null;
    try {
      while (signal === null || !signal.aborted) {
        if (at >= this.#logged) {
          if (this.#ended) return;
          await this.#more(signal);
          continue;
        }
        const index = this.#segments.findLastIndex(({ start }) => start <= at);
        const segment = this.#segments[index];
        if (segment === undefined) {
          const oldest = this.#segments[0];
          at = oldest?.start ?? this.#logged;
          continue;
        }
        if (opened?.start !== segment.start) {
          await opened?.file.close();
          opened = null;
          const file = await openForReading(segment.path);
          if (file === null) {
            if (this.#segments.includes(segment)) at = this.#segments[index + 1]?.start ?? this.#logged;
            continue;
          }
          opened = { start: segment.start, file };
        }
        const segmentEnd = this.#segments[index + 1]?.start ?? this.#logged;
        const bytes = Buffer.allocUnsafe(Math.min(readBytes, segmentEnd - at));
        const { bytesRead } = await opened.file.read(bytes, 0, bytes.length, at - segment.start);
        if (bytesRead === 0) {
          // Nothing there although it counts as logged: the log was broken here.
          at = segmentEnd;
          continue;
        }
        const offset = at;
        at += bytesRead;
        yield { offset, bytes: bytes.subarray(0, bytesRead) };
      }
    } finally {
      await opened?.file.close();
    }
  }

  #add(step: Step): void {
    this.#steps.push(step);
    this.#begin();
  }

  #begin(): void {
    if (this.#holdTimer !== null) clearTimeout(this.#holdTimer);
    this.#holdTimer = null;
    this.#held = 0;
    if (this.#steps.length > 0) this.#writing ??= this.#work();
  }

  async #work(): Promise<void> {
    for (;;) {
      const step = this.#steps.shift();
      if (step === undefined) break;
      try {
        await this.#do(step);
      } catch (error) {
        if (!this.#broken) this.#options.onBroken(error);
        this.#broken = true;
        if (step.kind === 'rotate') this.#logged = Math.max(this.#logged, step.snapshot.offset);
      }
      this.#tell();
    }
    this.#writing = null;
  }

  async #do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'bytes':
        return this.#write(step.bytes);
      case 'size':
        return this.#broken ? undefined : this.#writeSize(step.size);
      case 'rotate':
        return this.#beginSegment(step.snapshot);
      case 'break':
        this.#broken = true;
        return;
      case 'checkpoint': {
        if (this.#broken) return;
        await writeSnapshot(this.#options.directory, step.snapshot);
        return this.#keepScreen(step.snapshot.offset);
      }
    }
  }

  async #write(first: Uint8Array): Promise<void> {
    let pieces = [first];
    let length = first.length;
    for (
      let next = this.#steps[0];
      next?.kind === 'bytes' && length < joinBytes && pieces.length < joinPieces;
      next = this.#steps[0]
    ) {
      pieces.push(next.bytes);
      length += next.bytes.length;
      this.#steps.shift();
    }
    const end = this.#logged + length;
    try {
      if (this.#broken) return;
      this.#file ??= await this.#openSegment(this.#logged);
      while (pieces.length > 0) {
        const { bytesWritten } = await this.#file.writev(pieces);
        if (bytesWritten === 0) throw Object.assign(new Error('nothing could be written'), { code: 'ENOSPC' });
        this.#logged += bytesWritten;
        pieces = dropBytes(pieces, bytesWritten);
      }
    } finally {
      this.#logged = end;
    }
  }

  async #openSegment(start: number): Promise<FileHandle> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const last = this.#segments.at(-1);
    if (last !== undefined) return open(last.path, 'a', 0o600);
    const path = segmentPath(directory, start);
    const file = await open(path, 'a', 0o600);
    this.#segments.push({ start, path });
    return file;
  }

  async #writeSize(size: SizeChange): Promise<void> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = await open(sizesPath(directory), 'a', 0o600);
    try {
      await file.appendFile(sizeLine(size));
    } finally {
      await file.close();
    }
  }

  async #beginSegment(snapshot: Snapshot): Promise<void> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeSnapshot(directory, snapshot);
    const path = segmentPath(directory, snapshot.offset);
    const file = await open(path, 'a', 0o600);
    await this.#closeFile();
    this.#file = file;
    // After a gap the older segments no longer join and are of no use.
    const others = this.#segments.filter(({ start }) => start !== snapshot.offset);
    const keep = this.#broken ? [] : others.slice(1 - keptSegments);
    const drop = others.filter((segment) => !keep.includes(segment));
    this.#segments = [...keep, { start: snapshot.offset, path }];
    this.#broken = false;
    this.#logged = Math.max(this.#logged, snapshot.offset);
    for (const segment of drop) await rm(segment.path, { force: true });
    await this.#keepScreen(snapshot.offset);
    const from = this.#sizes.findLastIndex(({ offset }) => offset <= this.start);
    this.#sizes = this.#sizes.slice(Math.max(0, from));
    await replaceFile(sizesPath(directory), Buffer.from(this.#sizes.map(sizeLine).join('')));
  }

  /** The new one and the one before it stay, and none from before the oldest byte. */
  async #keepScreen(offset: number): Promise<void> {
    const { directory } = this.#options;
    const screens = [...this.#screens.filter((other) => other !== offset), offset];
    this.#screens = screens.slice(-keptScreens).filter((other) => other >= this.start);
    for (const other of screens) {
      if (!this.#screens.includes(other)) await rm(screenPath(directory, other), { force: true });
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  #tell(): void {
    this.#options.onProgress();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #more(signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiters.push(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}

/** Whether it lies in memory right behind the other. */
function follows(bytes: Uint8Array, before: Uint8Array): boolean {
  return bytes.buffer === before.buffer && bytes.byteOffset === before.byteOffset + before.byteLength;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  return new Uint8Array(first.buffer, first.byteOffset, first.byteLength + second.byteLength);
}

async function openForReading(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch {
    // Dropped by a rotation in this very moment, or deleted by somebody: the list of segments says which.
    return null;
  }
}

function dropBytes(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (left >= piece.length) left -= piece.length;
    else {
      rest.push(left === 0 ? piece : piece.subarray(left));
      left = 0;
    }
  }
  return rest;
}
