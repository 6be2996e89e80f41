// What the demo agent remembers: the prompts of a conversation, so that `--resume` can go on with it.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Conversation = z.object({ id: z.string(), prompts: z.array(z.string()), always: z.boolean().default(false) });
export type Conversation = z.infer<typeof Conversation>;

/** Null when there is no such conversation, or it cannot be read. */
export function loadConversation(directory: string, id: string): Conversation | null {
  try {
    return Conversation.parse(JSON.parse(readFileSync(file(directory, id), 'utf8')));
  } catch {
    return null;
  }
}

/** Complete or not at all. Throws what the disk said. */
export function saveConversation(directory: string, conversation: Conversation): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = file(directory, conversation.id);
  writeFileSync(`${path}.partial`, JSON.stringify(conversation), { mode: 0o600 });
  renameSync(`${path}.partial`, path);
}

function file(directory: string, id: string): string {
  return join(directory, `conversation-${id}.json`);
}
