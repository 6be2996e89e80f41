// Toasts: shown once, gone by themselves after as long as it takes to read them.
import type { SchedulerClock } from './frame/scheduler.ts';
import type { AppState, Toast } from './state/app-state.ts';
import type { Message } from './state/message.ts';

const shownMs = { info: 5000, success: 4000, warning: 8000, error: 10_000 } as const satisfies Record<
  Toast['kind'],
  number
>;

export interface ToastHost {
  state(): AppState;
  dispatch(message: Message): void;
  readonly clock: SchedulerClock;
}

export class Toaster {
  readonly #host: ToastHost;
  readonly #timers = new Set<() => void>();
  #last = 0;

  constructor(host: ToastHost) {
    this.#host = host;
  }

  /** What is on the screen already is not said again. */
  show(kind: Toast['kind'], text: string, remedy: string | null): void {
    const { dispatch, clock, state } = this.#host;
    if (state().toasts.some((toast) => toast.text === text)) return;
    this.#last += 1;
    const id = this.#last;
    dispatch({ kind: 'toast.shown', toast: { id, kind, text, remedy } });
    const cancel = clock.after(shownMs[kind], () => {
      this.#timers.delete(cancel);
      dispatch({ kind: 'toast.expired', id });
    });
    this.#timers.add(cancel);
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }
}
