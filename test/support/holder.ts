// A real holder in a work directory of its own, and a listener that remembers what it was told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/platform/log.ts';
import { type Paths, resolvePaths } from '../../src/platform/paths.ts';
import { builtEntry } from '../../src/platform/program.ts';
import { connectHolder } from '../../src/server/holder/connect.ts';
import type { HolderLink, HolderListener } from '../../src/server/holder/link.ts';

export const holderCommand = [process.execPath, builtEntry('holder')];

export interface ExitNotice {
  code: number;
  signal: number;
  end: number;
}

/** Collects output and acknowledges it, so that programs never wait, unless `windowBytes` is 0. */
export class Recorder implements HolderListener {
  link: HolderLink | undefined;
  windowBytes = 256 << 10;
  /** False: only counts, for floods. */
  keepsBytes = true;
  readonly exits = new Map<number, ExitNotice>();
  readonly refusals: Array<{ pty: number; queuedBytes: number }> = [];
  lostReason: string | undefined;
  readonly #pieces = new Map<number, Buffer[]>();
  readonly #ends = new Map<number, number>();
  readonly #watchers = new Set<() => void>();

  output(pty: number, offset: number, bytes: Uint8Array): void {
    const expected = this.#ends.get(pty);
    if (expected !== undefined && expected !== offset)
      throw new Error(`output of ${pty} at ${offset}, not ${expected}`);
    this.#ends.set(pty, offset + bytes.byteLength);
    if (this.keepsBytes) {
      const pieces = this.#pieces.get(pty) ?? [];
      this.#pieces.set(pty, pieces);
      pieces.push(Buffer.from(bytes));
    }
    if (this.windowBytes > 0) this.link?.ack(pty, offset + bytes.byteLength, this.windowBytes);
    this.#tell();
  }

  exited(pty: number, exit: ExitNotice): void {
    this.exits.set(pty, exit);
    this.#tell();
  }

  refused(pty: number, queuedBytes: number): void {
    this.refusals.push({ pty, queuedBytes });
    this.#tell();
  }

  lost(reason: string): void {
    this.lostReason = reason;
    this.#tell();
  }

  bytes(pty: number): Buffer {
    return Buffer.concat(this.#pieces.get(pty) ?? []);
  }

  text(pty: number): string {
    return this.bytes(pty).toString('utf8');
  }

  /** Position after the last byte received. */
  end(pty: number): number {
    return this.#ends.get(pty) ?? 0;
  }

  forget(pty: number): void {
    this.#pieces.delete(pty);
    this.#ends.delete(pty);
    this.exits.delete(pty);
  }

  /** Resolves once the condition holds; looked at whenever the holder says something. */
  until(what: string, condition: () => boolean, deadlineMs = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        clearTimeout(deadline);
        this.#watchers.delete(look);
        resolve();
      };
      const deadline = setTimeout(() => {
        this.#watchers.delete(look);
        reject(new Error(`not in time: ${what}`));
      }, deadlineMs);
      this.#watchers.add(look);
      look();
    });
  }

  async exit(pty: number): Promise<ExitNotice> {
    await this.until(`exit of ${pty}`, () => this.exits.has(pty));
    return this.exits.get(pty)!;
  }

  #tell(): void {
    for (const look of [...this.#watchers]) look();
  }
}

export class HolderRig {
  readonly paths: Paths;
  readonly #links: HolderLink[] = [];

  constructor() {
    this.paths = resolvePaths({ SESAME_WORK_DIR: mkdtempSync(join(tmpdir(), 'sh-')) });
  }

  async connect(
    command: readonly string[] = holderCommand,
    recorder = new Recorder(),
  ): Promise<{ link: HolderLink; told: Recorder }> {
    const link = await connectHolder({ paths: this.paths, command, listener: recorder, log: silentLog });
    recorder.link = link;
    this.#links.push(link);
    return { link, told: recorder };
  }

  /** Kills every holder and program that was started, and removes the work directory. */
  async close(): Promise<void> {
    const last = this.#links.at(-1);
    if (last !== undefined) {
      try {
        for (const { pid, exit } of await last.list()) if (exit === null) process.kill(-pid, 'SIGKILL');
      } catch {
        // The holder, or a program, is gone already.
      }
    }
    for (const link of this.#links) {
      link.close();
      try {
        process.kill(link.pid, 'SIGKILL');
      } catch {
        // Gone already.
      }
    }
    rmSync(this.paths.workDir, { recursive: true, force: true });
  }
}

/** A program's spec with an environment of a few variables. */
export function program(...argv: string[]): {
  name: string;
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  cols: number;
  rows: number;
} {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TERM: 'xterm-256color' };
  return { name: 'run', argv, cwd: tmpdir(), env, cols: 80, rows: 24 };
}

/** Starts the program and lets its output flow. */
export async function start(
  rig: { link: HolderLink; told: Recorder },
  spec: ReturnType<typeof program>,
): Promise<{ pty: number; pid: number }> {
  const started = await rig.link.spawn(spec);
  if (rig.told.windowBytes > 0) rig.link.ack(started.pty, 0, rig.told.windowBytes);
  return started;
}
