// An error the user can act on. Everything that can go wrong for a known reason is a Failure; anything else is a bug.
// The schema is in failure-body.ts: this file is loaded by every command and stays free of zod (40 ms to load).

export interface FailureBody {
  /** Stable, kebab-case, for scripts: `not-a-repository`, `branch-taken`. */
  code: string;
  /** What happened, to what. Lower case, one sentence, no stack trace. */
  message: string;
  /** What to do next. */
  remedy: string;
  /** Output of the failing command or similar, already free of control characters. */
  detail?: string | undefined;
}

/** Exit codes of the command line, documented in the README. */
export const ExitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** The thing named does not exist. */
  notFound: 3,
  /** `wait` ran out of time. */
  timeout: 4,
  /** No server, or it cannot be reached or spoken to. */
  server: 5,
  /** The session failed or exited while something waited for another state. */
  sessionFailed: 6,
} as const;

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: string;
  readonly remedy: string;
  readonly detail: string | undefined;

  constructor(body: FailureBody, options?: { cause?: unknown }) {
    super(body.message, options);
    this.code = body.code;
    this.remedy = body.remedy;
    this.detail = body.detail;
  }

  toBody(): FailureBody {
    return {
      code: this.code,
      message: this.message,
      remedy: this.remedy,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    };
  }
}

/** Turns anything thrown into a body; an unknown error keeps its message but says that it is ours. */
export function toFailureBody(error: unknown): FailureBody {
  if (error instanceof Failure) return error.toBody();
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `unexpected error: ${message}`,
    remedy: 'this is a bug in sesame; the server log in the run directory has more',
  };
}
