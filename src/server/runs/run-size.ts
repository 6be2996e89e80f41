// The size of a run, as windows ask for it: the first wish at once, then at most one per pause, and always the last.
export interface Size {
  cols: number;
  rows: number;
}

const pauseMs = 50;

export class RunSize {
  readonly #current: () => Size;
  readonly #apply: (size: Size) => void;
  #wanted: Size | null = null;
  #pause: NodeJS.Timeout | null = null;

  constructor(current: () => Size, apply: (size: Size) => void) {
    this.#current = current;
    this.#apply = apply;
  }

  want(size: Size): void {
    this.#wanted = size;
    if (this.#pause === null) this.#applyWanted();
  }

  stop(): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
    this.#wanted = null;
  }

  #applyWanted(): void {
    const wanted = this.#wanted;
    this.#wanted = null;
    const { cols, rows } = this.#current();
    if (wanted === null || (wanted.cols === cols && wanted.rows === rows)) return;
    this.#apply(wanted);
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#applyWanted();
    }, pauseMs);
  }
}
