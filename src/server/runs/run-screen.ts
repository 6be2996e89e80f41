// The screen of one run: the emulator, the log and the pipe that feeds both, and who follows what changes on it.
import { type Damage, DamageTracker } from '../../terminal/damage.ts';
import type { VtEngine } from '../../terminal/engine.ts';
import type { OutputLog } from './output-log.ts';
import { RunPipe, type RunPipeOptions } from './run-pipe.ts';

export class RunScreen {
  readonly engine: VtEngine;
  readonly output: OutputLog;
  readonly pipe: RunPipe;
  readonly #damage: DamageTracker;
  readonly #followers = new Set<() => void>();

  constructor(options: Omit<RunPipeOptions, 'followed'>) {
    this.engine = options.engine;
    this.output = options.output;
    this.pipe = new RunPipe({ ...options, followed: () => this.#followers.size > 0 });
    this.#damage = new DamageTracker(options.engine);
  }

  watch(): Damage {
    return this.#damage.watch();
  }

  /** Called whenever the screen has changed, until the returned function is. More output is let in meanwhile. */
  follow(call: () => void): () => void {
    // Each its own entry, also when the same function is given twice.
    const entry = (): void => call();
    this.#followers.add(entry);
    this.pipe.advance();
    return () => {
      this.#followers.delete(entry);
      this.pipe.advance();
    };
  }

  tell(): void {
    for (const call of this.#followers) call();
  }

  /** No more comes in. The engine stays for those who still look at it. */
  stop(): void {
    this.pipe.close();
  }

  /** The log is complete, and nobody is told any more. */
  async close(): Promise<void> {
    await this.output.end();
    this.#followers.clear();
  }
}
