// OSC: titles, links, colours, notifications, the clipboard, what programs say of themselves.
import { colorReply, darkPalette } from '../palette.ts';
import { notificationOf, progressOf } from '../program-messages.ts';
import { sanitize } from '../sanitize.ts';
import type { VtState } from './state.ts';

const shortText = 4096;
const titleLimit = 256;
const notificationLimit = 1024;
const urlLimit = 2083;
const clipboardLimit = 1 << 20;
/** Base64 of the largest clipboard text, and the selection names before it. */
const clipboardChars = Math.ceil(clipboardLimit / 3) * 4 + 32;

const textCodes = new Set([0, 2, 4, 7, 8, 9, 10, 11, 12, 99, 133, 777, 7501]);

/** Longest text of a code that means something, in characters; 0 for others. */
export function oscLimit(code: number): number {
  if (code === 52) return clipboardChars;
  return textCodes.has(code) ? shortText : 0;
}

export function operatingSystemCommand(state: VtState, code: number, text: string): void {
  const { listener } = state;
  const reply = (answer: string): void => state.reply(answer);
  switch (code) {
    case 0:
    case 2:
      state.title = sanitize(text, titleLimit);
      listener.title(state.title);
      break;
    case 8:
      setLink(state, text);
      break;
    case 4:
    case 10:
    case 11:
    case 12:
      colorReply(darkPalette, code, text, reply);
      break;
    case 7:
    case 133:
      listener.osc(code, sanitize(text));
      break;
    case 9:
      progressOrNotification(state, text);
      break;
    case 99:
    case 777: {
      const notification = notificationOf(code, text);
      if (notification) listener.notification(sanitize(notification, notificationLimit));
      break;
    }
    case 7501:
      if (text === '?') state.reply('\x1b]7501;?\x1b\\');
      else listener.programStatus(sanitize(text));
      break;
    case 52: {
      const copied = clipboardText(text);
      if (copied !== null) listener.clipboard(copied);
      break;
    }
    default:
      break;
  }
}

function progressOrNotification(state: VtState, text: string): void {
  const progress = progressOf(text);
  if (progress) state.listener.progress(progress.state, progress.percent);
  // Other numbers are commands of ConEmu, not texts.
  else if (!/^(?:[1-9]|1[0-2])(?:;|$)/.test(text)) state.listener.notification(sanitize(text, notificationLimit));
}

/** `params ; url`. A url may hold further semicolons; an empty one ends the link. */
function setLink(state: VtState, text: string): void {
  const split = text.indexOf(';');
  if (split < 0) return;
  const url = text.slice(split + 1);
  state.pen.url = url.length <= urlLimit && state.admitsLink(url) ? url : '';
  state.pen.settle(state.table);
}

/** The text of `OSC 52 ; selection ; base64`; null for a query, for what is not base64, and for nothing. */
function clipboardText(data: string): string | null {
  const base64 = data.slice(data.indexOf(';') + 1);
  if (base64 === '' || base64 === '?') return null;
  try {
    const binary = atob(base64);
    if (binary.length > clipboardLimit) return null;
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}
