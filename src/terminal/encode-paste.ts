// A paste as bytes for a program: framed when the program asked for that, and never able to end its own frame.
import { PaneMode } from './engine.ts';

const encoder = new TextEncoder();
const frameStart = encoder.encode('\x1b[200~');
const frameEnd = encoder.encode('\x1b[201~');

/**
 * `modes` are the pane's. Control characters are removed except tab and line breaks: ESC could end the frame, others
 * would act as keys. Line breaks are sent as they are within a frame and as enter otherwise. Empty for an empty paste.
 */
export function encodePaste(paste: Uint8Array | string, modes: number): Uint8Array {
  const bytes = typeof paste === 'string' ? encoder.encode(paste) : paste;
  const isFramed = (modes & PaneMode.bracketedPaste) !== 0;
  const out = new Uint8Array(bytes.length + frameStart.length + frameEnd.length);
  let size = 0;
  if (isFramed) {
    out.set(frameStart);
    size = frameStart.length;
  }
  const before = size;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === 0x1b) {
      // With the mark goes what it would have introduced, so that no `[201~` is left as text.
      if (isFrameMark(bytes, i)) i += frameEnd.length - 1;
    } else if (byte === 0x0d || byte === 0x0a) {
      if (isFramed) out[size++] = byte;
      else if (byte === 0x0d || bytes[i - 1] !== 0x0d) out[size++] = 0x0d;
    } else if (byte === 0xc2 && (bytes[i + 1] ?? 0) >= 0x80 && (bytes[i + 1] ?? 0) < 0xa0) {
      // C1 as UTF-8, among them a one-character CSI.
      i++;
    } else if (byte === 0x09 || (byte >= 0x20 && byte !== 0x7f)) {
      out[size++] = byte;
    }
  }
  if (size === before) return new Uint8Array(0);
  if (isFramed) {
    out.set(frameEnd, size);
    size += frameEnd.length;
  }
  return out.subarray(0, size);
}

function isFrameMark(bytes: Uint8Array, at: number): boolean {
  return frameEnd.every((byte, i) => bytes[at + i] === byte || (i === 4 && bytes[at + i] === frameStart[4]));
}
