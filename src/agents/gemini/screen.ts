// What the settled screen of Gemini CLI 0.61 tells.
import { plainLine } from '../../domain/plain-text.ts';
import { readTrouble, type Trouble } from './trouble.ts';

export interface ReadScreen {
  dialog: 'permission' | 'question' | 'auth' | 'trust' | 'limit' | null;
  /** Its input line is there and empty. */
  composer: boolean;
  /** Something of a conversation stands above it. */
  conversation: boolean;
  /** It loads the conversation that it resumes; its input line is away meanwhile. */
  loading: boolean;
  /** The last turn's error. */
  trouble: Trouble | null;
  /** The last turn was cancelled. */
  cancelled: boolean;
  /** What the dialog asks, else what the model said last; null when it cannot be told. */
  text: string | null;
}

const dialogs: ReadonlyArray<readonly [RegExp, NonNullable<ReadScreen['dialog']>]> = [
  [/^Usage limit reached for /, 'limit'],
  [/^How would you like to authenticate|^Enter the authorization code/, 'auth'],
  [/^Do you trust (?:the files in )?this folder/, 'trust'],
  [/^Answer Questions/, 'question'],
  [/^Apply this change\?|^Allow execution of|^Do you want to proceed\?|^Allow once$/, 'permission'],
];

const composer = /^\s*>\s+Type your message or @path/u;

const loading = /^\S\s+Resuming session\.\.\./u;

/** Stands above the composer; the row above it is for a spinner and hints. */
const line = /^─+$/u;

/** A message, an answer, a tool's frame, or a row that one of these goes on in. The program's own head is none. */
const spoken = /^(?: > |✦ | ?[╭│╰]| {2,8}[^\s▝▗])/u;

/** A user's message, an answer, a notice, an error: where an item of the conversation begins. */
const item = /^(?: > |[✦✕ℹ⚠] )/u;

export function readScreen(rows: readonly string[]): ReadScreen {
  const inner = rows.map((row) => plainLine(row.replace(/^\s*│\s?/u, '').replace(/\s*│\s*$/u, '')));
  const found = dialogAmong(inner);
  const last = rows.findLastIndex((row) => /^[✦✕ℹ] /u.test(row));
  const mark = rows[last]?.slice(0, 1);
  const text = last < 0 ? null : itemAt(rows, last);
  return {
    dialog: found?.dialog ?? null,
    composer: rows.some((row) => composer.test(row)),
    conversation: conversationAbove(rows),
    loading: rows.some((row) => loading.test(row)),
    trouble: mark === '✕' && text !== null ? troubleOf(text) : notedTrouble(rows, last, text),
    cancelled: mark === 'ℹ' && text?.startsWith('Request cancelled') === true,
    text: found !== null ? found.text : mark === '✦' ? text : null,
  };
}

function conversationAbove(rows: readonly string[]): boolean {
  const input = rows.findLastIndex((row) => composer.test(row));
  const edge = rows.slice(0, Math.max(0, input)).findLastIndex((row) => line.test(row.trim()));
  const above = rows.slice(0, Math.max(0, edge < 0 ? input : edge - 1));
  const queued = above.findIndex((row) => row.startsWith('  Queued ('));
  return above.slice(0, queued < 0 ? undefined : queued).some((row) => spoken.test(row));
}

function dialogAmong(inner: readonly string[]): { dialog: NonNullable<ReadScreen['dialog']>; text: string } | null {
  for (const [pattern, dialog] of dialogs) {
    const at = inner.findLastIndex((row) => pattern.test(row));
    if (at < 0) continue;
    // Below the heading of a question stands the question.
    const text = dialog === 'question' ? inner.slice(at + 1).find((row) => row !== '') : inner[at];
    return { dialog, text: (text ?? '').replace(/[.:]$/, '') };
  }
  return null;
}

/** With less detail than we ask for, a notice follows the error. */
function notedTrouble(rows: readonly string[], last: number, text: string | null): Trouble | null {
  if (text?.startsWith('This request failed') !== true) return null;
  const error = rows.slice(0, last).findLastIndex((row) => row.startsWith('✕ '));
  return error < 0 ? null : troubleOf(itemAt(rows, error));
}

function troubleOf(text: string): Trouble {
  return readTrouble(text.replace(/^\[API Error: (.*)\]$/s, '$1'));
}

/** The item that begins in this row, in one line. */
function itemAt(rows: readonly string[], start: number): string {
  const lines = [rows[start]?.slice(2) ?? ''];
  for (const row of rows.slice(start + 1)) {
    if (row.trim() === '' || item.test(row)) break;
    lines.push(row);
  }
  return plainLine(lines.join(' '));
}
