// A secret value. It prints as [redacted] wherever it is shown, logged or serialised; only `reveal` gives it out.
const printed = '[redacted]';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: for the environment or a 0600 file of the one program it is meant for. Never for argv or a log. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return printed;
  }

  toJSON(): string {
    return printed;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return printed;
  }
}
