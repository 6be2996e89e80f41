// OSC 7501, the program status protocol: a program says itself what it is doing.
//
//   ESC ] 7501 ; key=value:key=value ST      keys: state, kind, msg (base64 of UTF-8), app; others are ignored
//
// Fields are separated by `:`, which base64 does not contain; a value may hold `=`.
import { plainLine } from '../domain/plain-text.ts';
import type { WaitKind } from '../domain/status.ts';
import type { StatusChange } from './agent.ts';

const messageLimit = 500;
/** The engine bounds a report to 4 KiB; what is longer than this is not worth decoding. */
const reportLimit = 4096;

/**
 * The conclusion of a report (the text after `7501;`), or null when it is a query, names no state we know, or is
 * malformed. Never throws, whatever the program sends.
 */
export function parseProgramStatus(text: string): StatusChange | null {
  const fields = readFields(text.slice(0, reportLimit));
  const state = fields.get('state');
  const message = decodeMessage(fields.get('msg'));
  const kind = fields.get('kind');
  const evidence = {
    signal: 'report' as const,
    rule: `OSC 7501 state=${plainLine(state ?? '').slice(0, 20)}${kind === undefined ? '' : ` kind=${plainLine(kind).slice(0, 20)}`}`,
  };
  switch (state) {
    case 'working':
    case 'done':
    case 'idle':
      return { state, evidence, message };
    case 'blocked':
      return { state: 'waiting', wait: waitKind(kind), evidence, message };
    case 'error':
      return { state: 'failed', reason: 'agent', retryAt: null, evidence, message };
    case 'clear':
      // The program withdraws what it said; it does not say what comes instead.
      return { state: 'unknown', evidence, message };
    default:
      return null;
  }
}

function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(':')) {
    const at = part.indexOf('=');
    if (at > 0) fields.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  return fields;
}

/** `blocked` is certain; a kind we do not know is at least a question. */
function waitKind(kind: string | undefined): WaitKind {
  switch (kind) {
    case 'permission':
    case 'auth':
    case 'trust':
      return kind;
    default:
      return 'question';
  }
}

function decodeMessage(base64: string | undefined): string | null {
  if (base64 === undefined || base64 === '') return null;
  let bytes: string;
  try {
    bytes = atob(base64.replace(/-/g, '+').replace(/_/g, '/'));
  } catch {
    // A message that cannot be read does not make the state less certain.
    return null;
  }
  const text = new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
  const line = plainLine(text).slice(0, messageLimit);
  return line === '' ? null : line.toWellFormed();
}
