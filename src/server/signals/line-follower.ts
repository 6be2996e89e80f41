// Reads a file as it grows, line by line, each complete line once. The file, and the directories above it, may not be
// there yet; it may be cut or replaced. File-system events of a directory tell when to look: never a timer.
import { constants, type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { errorCode } from '../../platform/files.ts';
import type { Log } from '../../platform/log.ts';

const chunkBytes = 64 << 10;
/** A longer line is left out. */
const lineLimitBytes = 4 << 20;
/** Of what an earlier server has read only so much is read again, for the memory of who listens. */
const replayBytes = 16 << 20;

/** After the last complete line that was given out. `file` tells the file from one that took its place. */
export interface Position {
  offset: number;
  file: string;
}

/** Numbers of removed files are given again; when a file was made tells them apart. */
export function fileIdentity({ ino, birthtimeMs }: { ino: number; birthtimeMs: number }): string {
  return `${ino}-${birthtimeMs}`;
}

export interface LineFollowerOptions {
  path: string;
  /** Where an earlier server was. Lines before it are given out again as `known`. */
  from: Position | null;
  line(text: string, known: boolean): void;
  log: Log;
}

export class LineFollower {
  readonly #options: LineFollowerOptions;
  #watcher: FSWatcher | null = null;
  #watched: string | null = null;
  #knownTo: Position | null;
  /** Of the next byte to read. */
  #offset = 0;
  #file: string | null = null;
  /** The beginning of a line whose end has not come. */
  #partial: Buffer[] = [];
  #partialBytes = 0;
  /** In a line that is too long, or in one whose beginning was not read. */
  #skipping = false;
  #dirty = false;
  #working: Promise<void> | null = null;
  #closed = false;

  constructor(options: LineFollowerOptions) {
    this.#options = options;
    this.#knownTo = options.from;
    this.look();
  }

  get position(): Position | null {
    if (this.#file === null) return this.#options.from;
    const read = { offset: this.#offset - this.#partialBytes, file: this.#file };
    // While lines are read again, what is known is still what was known.
    return this.#knownTo !== null && this.#knownTo.file === read.file && this.#knownTo.offset > read.offset
      ? this.#knownTo
      : read;
  }

  /** Something may be new. */
  look(): void {
    this.#dirty = true;
    if (!this.#closed) this.#working ??= this.#work();
  }

  /** Reads what is there, then ends. */
  async finish(): Promise<void> {
    this.look();
    await this.#working;
    this.close();
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    this.#watcher = null;
  }

  async #work(): Promise<void> {
    while (this.#dirty && !this.#closed) {
      this.#dirty = false;
      try {
        await this.#watch();
        await this.#read();
      } catch (error) {
        this.#options.log.info('a file of an agent cannot be followed', {
          path: this.#options.path,
          error: String(error),
        });
      }
    }
    this.#working = null;
  }

  /** The directory of the file, or the nearest one above it that exists. */
  async #watch(): Promise<void> {
    while (!this.#closed) {
      const { path, inode } = await nearestDirectory(dirname(this.#options.path));
      const identity = `${inode} ${path}`;
      if (this.#closed || (this.#watcher !== null && identity === this.#watched)) return;
      this.#watcher?.close();
      this.#watcher = null;
      try {
        this.#watcher = this.#open(path);
      } catch (error) {
        // Gone since it was found: the one above it then.
        if (errorCode(error) === 'ENOENT') continue;
        throw error;
      }
      this.#watched = identity;
      // Round again, for what appeared between looking and watching.
    }
  }

  #open(directory: string): FSWatcher {
    const isLast = directory === dirname(this.#options.path);
    const name = basename(this.#options.path);
    const watcher = watch(directory, { persistent: false }, (event, changed) => {
      // The watched directory itself went away, and with it the watcher's use.
      if (event === 'rename' && changed === basename(directory)) this.#forget(watcher);
      if (!isLast || changed === null || changed === name || event === 'rename') this.look();
    });
    watcher.on('error', () => this.#forget(watcher));
    return watcher;
  }

  #forget(watcher: FSWatcher): void {
    watcher.close();
    if (this.#watcher !== watcher) return;
    this.#watcher = null;
    this.#watched = null;
  }

  async #read(): Promise<void> {
    let file: FileHandle;
    try {
      // A pipe in its place is opened at once, and then is no file.
      file = await open(this.#options.path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return;
      throw error;
    }
    try {
      const found = await file.stat();
      if (!found.isFile()) return;
      const identity = fileIdentity(found);
      if (identity !== this.#file || found.size < this.#offset) this.#begin(identity, found.size);
      const chunk = Buffer.allocUnsafe(chunkBytes);
      while (!this.#closed) {
        const { bytesRead } = await file.read(chunk, 0, chunkBytes, this.#offset);
        if (bytesRead === 0) return;
        this.#take(chunk.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }

  #begin(file: string, size: number): void {
    const known = this.#knownTo;
    if (known !== null && (known.file !== file || known.offset > size)) this.#knownTo = null;
    this.#file = file;
    this.#offset = Math.max(0, (this.#knownTo?.offset ?? 0) - replayBytes);
    this.#skipping = this.#offset > 0;
    this.#partial = [];
    this.#partialBytes = 0;
  }

  #take(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#offset += end + 1 - start;
      this.#endLine(bytes.subarray(start, end));
      start = end + 1;
      if (this.#closed) return;
    }
    this.#offset += bytes.length - start;
    this.#keep(bytes.subarray(start));
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#partialBytes += rest.length;
    if (this.#partialBytes > lineLimitBytes) this.#skipping = true;
    if (this.#skipping) this.#partial = [];
    else this.#partial.push(Buffer.from(rest));
  }

  #endLine(end: Buffer): void {
    const text = this.#skipping ? '' : Buffer.concat([...this.#partial, end]).toString('utf8');
    this.#skipping = false;
    this.#partial = [];
    this.#partialBytes = 0;
    const known = this.#knownTo !== null && this.#offset <= this.#knownTo.offset;
    if (!known) this.#knownTo = null;
    if (text.trim() !== '') this.#options.line(text.endsWith('\r') ? text.slice(0, -1) : text, known);
  }
}

async function nearestDirectory(path: string): Promise<{ path: string; inode: number }> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found?.isDirectory() === true || at === dirname(at)) return { path: at, inode: found?.ino ?? 0 };
  }
}
