// Who still has to see which rows. An engine tells its changed rows once; several viewers share it.
import type { RowRange, VtEngine } from './engine.ts';

/** One viewer's unseen rows. */
export interface Damage {
  readonly engine: VtEngine;
  /** Rows changed since the last call, or null. A new viewer has all rows to see. */
  take(): RowRange | null;
  close(): void;
}

/** One per engine: the only caller of its `takeDirty`. */
export class DamageTracker {
  readonly engine: VtEngine;
  readonly #viewers = new Set<{ first: number; last: number }>();

  constructor(engine: VtEngine) {
    this.engine = engine;
  }

  /** A new viewer. Close it when it is gone. */
  watch(): Damage {
    const unseen = { first: 0, last: Number.POSITIVE_INFINITY };
    this.#viewers.add(unseen);
    return {
      engine: this.engine,
      take: () => {
        this.#collect();
        if (unseen.first > unseen.last) return null;
        const range = { first: unseen.first, last: Math.min(unseen.last, this.engine.rows - 1) };
        unseen.first = Number.POSITIVE_INFINITY;
        unseen.last = -1;
        return range;
      },
      close: () => {
        this.#viewers.delete(unseen);
      },
    };
  }

  #collect(): void {
    const dirty = this.engine.takeDirty();
    if (!dirty) return;
    for (const unseen of this.#viewers) {
      unseen.first = Math.min(unseen.first, dirty.first);
      unseen.last = Math.max(unseen.last, dirty.last);
    }
  }
}
