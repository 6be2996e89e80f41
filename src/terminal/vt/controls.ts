// C0 controls and escape sequences.
import { charsetOf } from './charsets.ts';
import { backspace, index, lineFeed, reverseIndex, tab } from './cursor.ts';
import { alignmentPattern } from './edit.ts';
import type { VtState } from './state.ts';

export function control(state: VtState, byte: number): void {
  switch (byte) {
    case 0x0a:
    case 0x0b:
    case 0x0c:
      lineFeed(state);
      break;
    case 0x0d:
      state.screen.x = 0;
      break;
    case 0x08:
      backspace(state);
      break;
    case 0x09:
      tab(state);
      break;
    case 0x07:
      state.listener.bell();
      break;
    case 0x0e:
      state.shift = 1;
      break;
    case 0x0f:
      state.shift = 0;
      break;
    default:
      break;
  }
}

/** `ESC final`, or `ESC intermediate final`. */
export function escapeSequence(state: VtState, intermediate: number, final: number): void {
  if (intermediate === 0) plain(state, final);
  else if (intermediate === 0x23 && final === 0x38) alignmentPattern(state);
  else designate(state, intermediate, final);
}

function plain(state: VtState, final: number): void {
  const { screen } = state;
  switch (final) {
    case 0x37: // 7
      state.saveCursor();
      break;
    case 0x38: // 8
      state.restoreCursor();
      break;
    case 0x44: // D
      index(state);
      break;
    case 0x45: // E
      screen.x = 0;
      index(state);
      break;
    case 0x4d: // M
      reverseIndex(state);
      break;
    case 0x48: // H
      screen.tabs[Math.min(screen.x, screen.cols - 1)] = 1;
      break;
    case 0x63: // c
      state.hardReset();
      break;
    case 0x3d: // =
      state.modes.applicationKeypad = true;
      break;
    case 0x3e: // >
      state.modes.applicationKeypad = false;
      break;
    case 0x6e: // n
      state.shift = 2;
      break;
    case 0x6f: // o
      state.shift = 3;
      break;
    default:
      break;
  }
}

/** `ESC ( final` and its like choose a character set for G0 to G3. */
function designate(state: VtState, intermediate: number, final: number): void {
  // `(` `)` `*` `+`, and `-` `.` `/` for sets of 96 characters.
  const slot = intermediate >= 0x28 && intermediate <= 0x2b ? intermediate - 0x28 : intermediate - 0x2c;
  if (slot < 0 || slot > 3) return;
  state.charsets[slot] = charsetOf(final);
}
