// What the model does, told without any provider's words.
//
// A turn is one text of the user and everything until the model stops asking for tools. Its steps are played in order:
// texts up to and including the next tool are one reply; after the tool's result comes the rest; a turn whose steps are
// all played ends. Which reply is next is read from the conversation the CLI sends (`at`), so that a request that is
// repeated gets the same reply.

export type Step =
  /** `slowMs`: the pause between pieces of the text. */
  | { say: string; slowMs?: number }
  /** The CLI's own tool that writes a file. The path is relative to the worktree. */
  | { write: { path: string; content: string } }
  /** The CLI's own tool that runs a command. */
  | { run: string }
  /** The CLI's own tool that asks the user, where it has one. */
  | { ask: { question: string; choices: readonly string[] } }
  /** `times`: for so many requests, then the next step; without it for ever. Holds for every trouble below. */
  | { fail: Fail; times?: number }
  /** Takes the request and never answers. */
  | { hang: true; times?: number }
  /** Begins to answer and cuts the connection. */
  | { breakStream: true; times?: number }
  /** Answers 200 with bytes that are not what the protocol says. */
  | { malformed: true; times?: number };

export interface Fail {
  status: number;
  /** The message in the provider's error object; a plain one otherwise. */
  message?: string;
  /** Seconds, as the header says it. */
  retryAfter?: number;
  /** The subscription's limit is used up until then (seconds since the epoch), in the provider's own form. */
  usageLimit?: { resetsAt: number };
}

export interface Turn {
  /** The user's text holds this; without it every text is meant. The first turn that fits is played. */
  when?: string | RegExp;
  steps: readonly Step[];
}

export type Script = readonly Turn[];

/** Where a conversation is: the user's last text, and how many results of tools followed it. */
export interface At {
  user: string;
  results: number;
}

export type Tool = Extract<Step, { write: unknown } | { run: unknown } | { ask: unknown }>;

export type Reply =
  /** Pieces of text, then a tool or the end of the turn. */
  | { kind: 'answer'; pieces: readonly string[]; pauseMs: number; tool: Tool | null }
  | { kind: 'fail'; fail: Fail }
  | { kind: 'hang' }
  | { kind: 'break' }
  | { kind: 'malformed' };

/** Plays a script. Remembers only how often a trouble was given. */
export class Player {
  readonly #script: Script;
  readonly #given = new Map<Step, number>();

  constructor(script: Script) {
    this.#script = script;
  }

  reply({ user, results }: At): Reply {
    const steps = this.#script.find(({ when }) => fits(when, user))?.steps ?? [{ say: 'ok' }];
    const pieces: string[] = [];
    let pauseMs = 0;
    let past = results;
    for (const step of steps) {
      const isTool = 'write' in step || 'run' in step || 'ask' in step;
      if (past > 0) {
        if (isTool) past--;
        continue;
      }
      if (isTool) return { kind: 'answer', pieces, pauseMs, tool: step };
      if ('say' in step) {
        pieces.push(...(step.slowMs === undefined ? [step.say] : (step.say.match(/\s*\S+/g) ?? [])));
        pauseMs = Math.max(pauseMs, step.slowMs ?? 0);
        continue;
      }
      const given = this.#given.get(step) ?? 0;
      if (given >= (step.times ?? Number.POSITIVE_INFINITY)) continue;
      this.#given.set(step, given + 1);
      if ('fail' in step) return { kind: 'fail', fail: step.fail };
      return { kind: 'hang' in step ? 'hang' : 'breakStream' in step ? 'break' : 'malformed' };
    }
    return { kind: 'answer', pieces: pieces.length === 0 ? ['done'] : pieces, pauseMs, tool: null };
  }
}

function fits(when: string | RegExp | undefined, user: string): boolean {
  if (when === undefined) return true;
  return typeof when === 'string' ? user.includes(when) : when.test(user);
}
