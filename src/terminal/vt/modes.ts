// SM, RM, DECSET, DECRST, DECRQM.
import { moveTo } from './cursor.ts';
import { type Modes, Mouse, MouseEncoding, type VtState } from './state.ts';

/** What DECRQM answers. */
const Answer = { unknown: 0, set: 1, reset: 2, alwaysSet: 3, alwaysReset: 4 } as const;

const mouseModes: { readonly [mode: number]: number } = {
  9: Mouse.x10,
  1000: Mouse.vt200,
  1002: Mouse.drag,
  1003: Mouse.any,
};

export function setAnsiMode(state: VtState, mode: number, isOn: boolean): void {
  if (mode === 4) state.modes.insert = isOn;
  else if (mode === 20) state.modes.newLine = isOn;
}

export function setPrivateMode(state: VtState, mode: number, isOn: boolean): void {
  const { modes } = state;
  switch (mode) {
    case 1:
      modes.applicationCursor = isOn;
      break;
    case 6:
      modes.origin = isOn;
      moveTo(state, 0, 0);
      break;
    case 7:
      modes.wraparound = isOn;
      break;
    case 12:
      setBlink(modes, isOn);
      break;
    case 25:
      modes.cursorHidden = !isOn;
      break;
    case 45:
      modes.reverseWraparound = isOn;
      break;
    case 66:
      modes.applicationKeypad = isOn;
      break;
    case 9:
    case 1000:
    case 1002:
    case 1003:
      modes.mouse = isOn ? (mouseModes[mode] ?? Mouse.none) : Mouse.none;
      break;
    case 1004:
      modes.focusEvents = isOn;
      break;
    case 1006:
      modes.mouseEncoding = isOn ? MouseEncoding.sgr : MouseEncoding.legacy;
      break;
    case 1016:
      modes.mouseEncoding = isOn ? MouseEncoding.sgrPixels : MouseEncoding.legacy;
      break;
    case 47:
    case 1047:
    case 1049:
      switchScreen(state, mode, isOn);
      break;
    case 1048:
      if (isOn) state.saveCursor(true);
      else state.restoreCursor();
      break;
    case 2004:
      modes.bracketedPaste = isOn;
      break;
    case 2026:
      modes.synchronized = isOn;
      break;
    default:
      break;
  }
}

/** Of the cursor styles, the odd ones blink. */
function setBlink(modes: Modes, isOn: boolean): void {
  modes.cursorBlink = isOn;
  const { cursorStyle } = modes;
  if (cursorStyle > 0)
    modes.cursorStyle = isOn ? cursorStyle - ((cursorStyle + 1) % 2) : cursorStyle + (cursorStyle % 2);
}

function switchScreen(state: VtState, mode: number, isOn: boolean): void {
  if (isOn) {
    if (mode === 1049) state.saveCursor(true);
    state.showAlternate();
    return;
  }
  state.showNormal();
  if (mode === 1049) state.restoreCursor();
}

export function ansiModeAnswer(state: VtState, mode: number): number {
  if (mode === 2) return Answer.alwaysReset;
  if (mode === 4) return answer(state.modes.insert);
  if (mode === 12) return Answer.alwaysSet;
  if (mode === 20) return answer(state.modes.newLine);
  return Answer.unknown;
}

export function privateModeAnswer(state: VtState, mode: number): number {
  const { modes } = state;
  switch (mode) {
    case 1:
      return answer(modes.applicationCursor);
    case 6:
      return answer(modes.origin);
    case 7:
      return answer(modes.wraparound);
    case 1048:
      return Answer.set;
    // Key repeat, and grapheme clusters.
    case 8:
    case 2027:
      return Answer.alwaysSet;
    case 12:
      return answer(modes.cursorBlink);
    case 25:
      return answer(!modes.cursorHidden);
    case 45:
      return answer(modes.reverseWraparound);
    case 66:
      return answer(modes.applicationKeypad);
    case 67:
    case 1005:
    case 1015:
      return Answer.alwaysReset;
    case 9:
    case 1000:
    case 1002:
    case 1003:
      return answer(modes.mouse === mouseModes[mode]);
    case 1004:
      return answer(modes.focusEvents);
    case 1006:
      return answer(modes.mouseEncoding === MouseEncoding.sgr);
    case 47:
    case 1047:
    case 1049:
      return answer(state.isAlternate);
    case 2004:
      return answer(modes.bracketedPaste);
    case 2026:
      return answer(modes.synchronized);
    default:
      return Answer.unknown;
  }
}

function answer(isOn: boolean): number {
  return isOn ? Answer.set : Answer.reset;
}
