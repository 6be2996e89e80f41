// A mouse event as bytes for a program, in the protocol and the encoding it asked for.
import { PaneMode } from './engine.ts';
import { type Mouse, MouseButton } from './keys.ts';

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

const Tracking = { none: 0, x10: 1, clicks: 2, drag: 3, any: 4 } as const;
const wheelCode = { 'wheel-up': 64, 'wheel-down': 65, 'wheel-left': 66, 'wheel-right': 67 } as const;
/** Cell size told to programs that count pixels; nobody knows the real one here. */
const cellPixels = { width: 8, height: 16 };
/** The legacy encoding has one byte per coordinate, 32 added. */
const legacyLimit = 223;

/** True when the program wants any mouse events at all: else they are the user's own, for selecting and scrolling. */
export function wantsMouse(modes: number): boolean {
  return (modes & PaneMode.mouseMask) !== 0;
}

/** Empty when the program did not ask for this kind of event. Coordinates are cells of the pane, from 0. */
export function encodeMouse(mouse: Mouse, modes: number): Uint8Array {
  const tracking = (modes & PaneMode.mouseMask) >> PaneMode.mouseShift;
  if (!isWanted(mouse, tracking)) return nothing;
  const code = buttonCode(mouse) | (tracking === Tracking.x10 ? 0 : modifierBits(mouse));
  const isRelease = mouse.action === 'release';
  if (modes & (PaneMode.mouseSgr | PaneMode.mouseSgrPixels)) {
    const isPixels = (modes & PaneMode.mouseSgrPixels) !== 0;
    const x = isPixels ? mouse.x * cellPixels.width + cellPixels.width / 2 : mouse.x + 1;
    const y = isPixels ? mouse.y * cellPixels.height + cellPixels.height / 2 : mouse.y + 1;
    return encoder.encode(`\x1b[<${code};${x};${y}${isRelease ? 'm' : 'M'}`);
  }
  if (mouse.x >= legacyLimit || mouse.y >= legacyLimit) return nothing;
  // A legacy release does not say of which button.
  const legacy = isRelease ? (code & ~3) | MouseButton.none : code;
  return Uint8Array.of(0x1b, 0x5b, 0x4d, legacy + 32, mouse.x + 33, mouse.y + 33);
}

function isWanted(mouse: Mouse, tracking: number): boolean {
  switch (mouse.action) {
    case 'press':
      return tracking !== Tracking.none;
    case 'release':
    case 'wheel-up':
    case 'wheel-down':
    case 'wheel-left':
    case 'wheel-right':
      return tracking >= Tracking.clicks;
    case 'drag':
      return tracking >= Tracking.drag;
    case 'move':
      return tracking >= Tracking.any;
  }
}

function buttonCode(mouse: Mouse): number {
  switch (mouse.action) {
    case 'press':
    case 'release':
      return buttonBits(mouse.button);
    case 'drag':
      return buttonBits(mouse.button) | 32;
    case 'move':
      return MouseButton.none | 32;
    default:
      return wheelCode[mouse.action];
  }
}

function buttonBits(button: number): number {
  return button >= 8 ? 128 + (button - 8) : button;
}

function modifierBits(mouse: Mouse): number {
  return (mouse.shift ? 4 : 0) | (mouse.alt ? 8 : 0) | (mouse.ctrl ? 16 : 0);
}
