// A task: one turn without a screen, told as one JSON object per line. How it went is in the last one; the exit code is 0
// either way, as with several real agents.
import type { Arguments } from './arguments.ts';
import type { Conversation } from './conversation.ts';
import { runTurn } from './turn.ts';

export type TaskLine =
  | { type: 'begin'; conversation: string }
  | { type: 'doing' | 'thought' | 'say'; text: string }
  | { type: 'edit'; path: string; verb: 'added' | 'edited'; added: number; removed: number }
  /** Nobody is there to answer: a question is answered with no. */
  | { type: 'refused'; question: string }
  | { type: 'usage'; input: number; output: number; cost: number }
  | { type: 'end'; ok: boolean; text: string };

export interface TaskOptions {
  options: Arguments;
  conversation: Conversation;
  root: string;
  save(conversation: Conversation): void;
  /** Resolves when the line was taken. */
  print(line: string): Promise<void>;
}

export async function runTask({ options, conversation, root, save, print }: TaskOptions): Promise<void> {
  const tell = (line: TaskLine): Promise<void> => print(JSON.stringify(line));
  const prompt = options.prompt ?? conversation.prompts.at(-1) ?? '';
  save({ ...conversation, prompts: [...conversation.prompts, prompt.slice(0, 10_000)].slice(-50) });
  await tell({ type: 'begin', conversation: conversation.id });
  const turn = conversation.prompts.length + 1;
  const { variant, speed, ask, yes } = options;
  const end = await runTurn(
    { prompt, variant, turn, root, speed, ask, never: yes },
    {
      doing: () => undefined,
      thought: (text) => void tell({ type: 'thought', text }),
      edited: (edited) => void tell({ type: 'edit', ...edited }),
      note: (text) => void tell({ type: 'say', text }),
      bulk: async (lines) => {
        for (const line of lines) await print(line);
      },
      ask: async (question) => {
        await tell({ type: 'refused', question });
        return 'no';
      },
    },
    new AbortController().signal,
  );
  // A stand-in has no model: its figures only need to be the same for the same prompt.
  const input = 1000 + prompt.length;
  await tell({ type: 'usage', input, output: 400 * turn, cost: 0.01 * turn });
  await tell({ type: 'end', ok: end.kind === 'done', text: end.kind === 'done' ? end.summary : end.message });
}
