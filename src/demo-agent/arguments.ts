// The command line of the demo agent.
import { readFileSync } from 'node:fs';

export const help = `sesame demo agent: a stand-in for a coding agent. It needs no account and no network.

  --prompt <text>        what to do
  --prompt-file <path>   the same, from a file
  --variant <n>          tells equal agents on one prompt apart (default 1)
  --conversation <id>    id of the new conversation
  --resume <id>          go on with that conversation; with --conversation on a copy of it
  --state <directory>    where conversations are kept (default: nowhere)
  --speed <factor>       2 is twice as fast; also SESAME_DEMO_SPEED (default 1: some seconds a turn)
  --ask                  ask for permission once before the first edit
  --yes                  never ask
  --task                 no screen: one JSON object per line, one turn, then the end

It edits and adds files in the current directory, the same ones for the same prompt and variant.
Words in a prompt that make it behave like an agent in trouble:

  ask     asks for permission before the first edit (1 yes, 2 always, 3 no)
  fail    reports an error and exits with 1
  crash   is killed by a signal in the middle of its work
  hang    says that it works and is never heard of again (ctrl+c ends the turn)
  flood   prints 20,000 lines before it goes on

At its prompt line: enter submits, ctrl+c twice or /exit ends it.
`;

export interface Arguments {
  prompt: string | null;
  variant: number;
  conversation: string | null;
  resume: string | null;
  state: string | null;
  speed: number;
  ask: boolean;
  yes: boolean;
  task: boolean;
}

/** Returns the arguments, `help`, or a sentence that says what is wrong. */
export function readArguments(argv: readonly string[], env: NodeJS.ProcessEnv): Arguments | 'help' | { wrong: string } {
  const found: Arguments = {
    prompt: null,
    variant: 1,
    conversation: null,
    resume: null,
    state: null,
    speed: positive(env['SESAME_DEMO_SPEED']) ?? 1,
    ask: false,
    yes: false,
    task: false,
  };
  const rest = [...argv];
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '--help' || name === '-h') return 'help';
    if (name === '--ask') found.ask = true;
    else if (name === '--yes') found.yes = true;
    else if (name === '--task') found.task = true;
    else {
      const value = rest.shift();
      if (value === undefined) return { wrong: `${name} needs a value` };
      const wrong = take(found, name, value);
      if (wrong !== null) return { wrong };
    }
  }
  return found;
}

function take(found: Arguments, name: string, value: string): string | null {
  switch (name) {
    case '--prompt':
      found.prompt = value;
      return null;
    case '--prompt-file':
      try {
        found.prompt = readFileSync(value, 'utf8');
        return null;
      } catch (error) {
        return `cannot read the prompt file: ${error instanceof Error ? error.message : String(error)}`;
      }
    case '--state':
      found.state = value;
      return null;
    case '--conversation':
    case '--resume':
      if (!/^[0-9a-zA-Z-]{1,64}$/.test(value)) return `${name} wants an id of letters, digits and -`;
      if (name === '--resume') found.resume = value;
      else found.conversation = value;
      return null;
    case '--variant':
    case '--speed': {
      const number = positive(value);
      if (number === null) return `${name} wants a number above 0`;
      if (name === '--variant') found.variant = Math.max(1, Math.trunc(number));
      else found.speed = number;
      return null;
    }
    default:
      return `unknown option ${name}; --help lists them`;
  }
}

function positive(text: string | undefined): number | null {
  const number = Number(text);
  return text !== undefined && text !== '' && Number.isFinite(number) && number > 0 ? Math.min(number, 1000) : null;
}
