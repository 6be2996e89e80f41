// Which keyboard protocol the program asked for.

const maxStack = 16;
const flagBits = 0b11111;

/** The kitty protocol's flags: one stack per screen, the top is in force. */
export class KittyFlags {
  readonly #stacks: { normal: number[]; alternate: number[] } = { normal: [], alternate: [] };

  /** The flags in force on a screen. */
  current(screen: 'normal' | 'alternate'): number {
    return this.#stacks[screen].at(-1) ?? 0;
  }

  /** Oldest first, for a snapshot. */
  stack(screen: 'normal' | 'alternate'): readonly number[] {
    return this.#stacks[screen];
  }

  /** `CSI > flags u`. A full stack loses its oldest entry. */
  push(screen: 'normal' | 'alternate', flags: number): void {
    const stack = this.#stacks[screen];
    // The first push keeps what was in force before it: no flags.
    if (stack.length === 0) stack.push(0);
    stack.push(flags & flagBits);
    if (stack.length > maxStack) stack.shift();
  }

  /** `CSI < count u`. Popping everything leaves no flags in force. */
  pop(screen: 'normal' | 'alternate', count: number): void {
    const stack = this.#stacks[screen];
    stack.length = Math.max(0, stack.length - Math.min(count, maxStack));
  }

  /** `CSI = flags ; how u`: 1 replaces, 2 adds, 3 removes. */
  set(screen: 'normal' | 'alternate', flags: number, how: number): void {
    const stack = this.#stacks[screen];
    const before = this.current(screen);
    const after = how === 3 ? before & ~flags : how === 2 ? before | flags : flags;
    if (stack.length === 0) stack.push(0);
    stack[stack.length - 1] = after & flagBits;
  }

  reset(): void {
    this.#stacks.normal.length = 0;
    this.#stacks.alternate.length = 0;
  }
}
