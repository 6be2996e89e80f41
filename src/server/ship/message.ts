// A commit message from what the user asked for and what changed.
import { shorten, titleOf } from '../../domain/names.ts';
import { plainLine, plainText } from '../../domain/plain-text.ts';

const subjectLimit = 72;
const promptLimit = 4000;
const filesShown = 20;

/**
 * Subject from the first line of the prompt, or from the title when the user changed it; body: the prompt when the
 * subject does not say all of it, and the changed files.
 */
export function makeMessage(given: { title: string; prompt: string; files: readonly string[] }): string {
  // Cut first: a prompt may be megabytes, and cleaning it all would hold up every pane.
  const prompt = plainText(given.prompt.slice(0, promptLimit * 2)).trim();
  const renamed = given.title.trim() !== '' && given.title !== titleOf(given.prompt);
  const firstLine = prompt.split('\n').find((line) => /[\p{L}\p{N}]/u.test(line)) ?? '';
  const wish = renamed ? plainLine(given.title) : plainLine(firstLine);
  const subject = shorten(asImperative(wish) || `Change ${counted(given.files.length)}`, subjectLimit);
  const saysAll = asImperative(plainLine(prompt)) === subject;
  const parts = [subject];
  if (prompt !== '' && !saysAll) {
    parts.push(prompt.length <= promptLimit ? prompt : `${prompt.slice(0, promptLimit).toWellFormed()}…`);
  }
  if (given.files.length > 1) parts.push(fileList(given.files));
  return `${parts.join('\n\n')}\n`;
}

/** What a person writes to an agent, said as a commit: without the courtesies, first letter large, no full stop. */
function asImperative(line: string): string {
  const bare = line
    .replace(/^[\s#>*-]+/, '')
    .replace(/^(?:(?:please|hey|hi|ok|okay|now)\b[\s,]*)+/i, '')
    .replace(
      /^(?:(?:can|could|would|will) you|(?:i|we)(?: would|'d)? (?:want|need|like)(?: you)? to|let's|lets)\s+/i,
      '',
    )
    .replace(/^please\s+/i, '')
    .replace(/[\s.:;,!?]+$/, '');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

function fileList(files: readonly string[]): string {
  const shown = files.slice(0, filesShown).map((file) => `- ${plainLine(file)}`);
  const left = files.length - shown.length;
  return ['Files:', ...shown, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n');
}

function counted(count: number): string {
  return count === 1 ? 'one file' : `${count} files`;
}
