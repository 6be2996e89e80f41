// The terminal a user sits at: a real PTY that runs the program under test, its output read by an emulator, so that a
// test can press keys and read the screen.
import { createRequire } from 'node:module';
import type { IPty } from '@lydell/node-pty';
import type { VtEngine } from '../../src/terminal/engine.ts';
import { loadXterm } from './xterm/engine.ts';

const pty = createRequire(import.meta.url)('@lydell/node-pty') as typeof import('@lydell/node-pty');

export interface OuterOptions {
  argv: string[];
  cols?: number;
  rows?: number;
  cwd?: string;
  /** The complete environment besides TERM. */
  env?: Record<string, string | undefined>;
  term?: string;
}

export class OuterPty {
  readonly engine: VtEngine;
  /** Everything the program wrote, for checks on raw bytes; the last 4 MiB. */
  raw = '';
  bell = 0;
  readonly clipboard: string[] = [];
  readonly notifications: string[] = [];
  exit: { exitCode: number; signal: number | undefined } | null = null;
  #pty: IPty;
  #waiting = new Set<() => void>();

  private constructor(options: OuterOptions, create: Awaited<ReturnType<typeof loadXterm>>) {
    const { cols = 80, rows = 24 } = options;
    this.engine = create({
      cols,
      rows,
      scrollback: 1000,
      listener: {
        reply: (bytes) => this.write(Buffer.from(bytes).toString('latin1')),
        title: () => undefined,
        bell: () => {
          this.bell += 1;
        },
        notification: (text) => {
          this.notifications.push(text);
        },
        progress: () => undefined,
        programStatus: () => undefined,
        clipboard: (text) => {
          this.clipboard.push(text);
        },
        osc: () => undefined,
      },
    });
    const env = Object.fromEntries(
      Object.entries({
        ...process.env,
        COLORTERM: 'truecolor',
        ...options.env,
        TERM: options.term ?? 'xterm-256color',
      }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    const [file, ...args] = options.argv;
    if (file === undefined) throw new Error('argv is empty');
    this.#pty = pty.spawn(file, args, {
      cols,
      rows,
      name: env['TERM'] ?? 'xterm-256color',
      env,
      cwd: options.cwd ?? process.cwd(),
      encoding: null,
    });
    this.#pty.onData((data) => {
      const bytes = data as unknown as Buffer;
      this.raw = (this.raw + bytes.toString('latin1')).slice(-(4 << 20));
      this.engine.feed(bytes);
      this.#changed();
    });
    this.#pty.onExit(({ exitCode, signal }) => {
      this.exit = { exitCode, signal };
      this.#changed();
    });
  }

  static async open(options: OuterOptions): Promise<OuterPty> {
    return new OuterPty(options, await loadXterm());
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Types bytes, as given. */
  write(text: string): void {
    if (this.exit === null) this.#pty.write(text);
  }

  resize(cols: number, rows: number): void {
    this.engine.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  lines(): string[] {
    return this.engine.screenText();
  }

  text(): string {
    return this.lines().join('\n');
  }

  /** Resolves once the condition holds; rejects after the deadline with the screen as it was. */
  async until(condition: (screen: string) => boolean, what: string, timeoutMs = 15_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!condition(this.text())) {
      const left = deadline - performance.now();
      if (left <= 0)
        throw new Error(`never saw ${what}; the screen was:\n${this.text()}\nexit: ${JSON.stringify(this.exit)}`);
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, left);
        this.#waiting.add(done);
      });
    }
  }

  async sees(text: string | RegExp, timeoutMs?: number): Promise<void> {
    await this.until(
      (screen) => (typeof text === 'string' ? screen.includes(text) : text.test(screen)),
      String(text),
      timeoutMs,
    );
  }

  async exited(timeoutMs?: number): Promise<number> {
    await this.until(() => this.exit !== null, 'the exit', timeoutMs);
    return this.exit?.exitCode ?? -1;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.exit !== null) return;
    try {
      process.kill(this.pid, signal);
    } catch (error) {
      // It has ended, and that was not told yet.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Hangs up, then kills. */
  async close(): Promise<void> {
    if (this.exit === null) {
      this.kill('SIGHUP');
      await this.exited(3000).catch(() => {
        this.kill('SIGKILL');
        return this.exited(3000);
      });
    }
    this.engine.dispose();
  }

  #changed(): void {
    for (const done of [...this.#waiting]) done();
  }
}
