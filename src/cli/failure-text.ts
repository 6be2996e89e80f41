// What went wrong as people read it: what happened, what to do, and what the failing command said.
import type { FailureBody } from '../domain/failure.ts';
import { plainLine, plainText } from '../domain/plain-text.ts';

/** Names in it come from outside: nothing in them reaches the terminal but text. */
export function failureText({ message, remedy, detail }: FailureBody): string {
  const said = detail === undefined || detail === '' ? '' : `${plainText(detail).trimEnd().replace(/^/gm, '  | ')}\n`;
  return `sesame: ${plainLine(message)}\n  ${plainLine(remedy)}\n${said}`;
}
