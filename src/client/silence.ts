// Notices a server that is there and says nothing: one that was stopped, is swapped out, or waits for a disk that does not
// answer. It is asked only when somebody looks, so that nothing runs while nobody does.

export interface SilenceOptions {
  /** When the server said something last, as `performance.now()` counts. */
  heardAt(): number;
  /** Resolves when the server has answered. Rejects when it is gone: whoever follows its events sees that too, and says so. */
  ask(): Promise<unknown>;
  /** The answer does not come; it is still waited for. */
  silent(): void;
  /** The server was asked, and has answered, however late. */
  answered(): void;
  /** What somebody did may bring a word by itself: so long it is waited for before the server is asked. */
  graceMs?: number;
  /** A server that is well answers within milliseconds; one on a machine that swaps may take seconds. */
  patienceMs?: number;
}

export interface Silence {
  /** Somebody looks, and wants to know unless the server was heard within the last `freshMs` milliseconds. */
  check(freshMs: number): void;
  close(): void;
}

export function watchSilence(options: SilenceOptions): Silence {
  const { heardAt, ask, silent, answered, graceMs = 1000, patienceMs = 3000 } = options;
  let isBusy = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const question = async (): Promise<void> => {
    let isOver = false;
    // When this process was stopped and goes on, timers come before what arrived meanwhile: that gets a turn first.
    const late = (): void => void setImmediate(() => isOver || isClosed || silent());
    timer = setTimeout(late, patienceMs);
    try {
      await ask();
      if (!isClosed) answered();
    } catch {
      // Gone, as `ask` says.
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  };

  return {
    check: (freshMs) => {
      const from = performance.now();
      if (isBusy || isClosed || from - heardAt() < freshMs) return;
      isBusy = true;
      const over = (): void => {
        isBusy = false;
      };
      timer = setTimeout(() => (heardAt() > from ? over() : void question().finally(over)), graceMs);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
