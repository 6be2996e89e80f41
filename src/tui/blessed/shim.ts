// neo-blessed 0.2.0 without its ends: no terminfo, no reading, no writing, no process handlers. What is left are
// widgets that draw into an array of cells and take events.
import { EventEmitter } from 'node:events';
import type blessed from 'neo-blessed';
import type { Key, Mouse } from '../../terminal/keys.ts';
import type { TerminalSize } from '../out/terminal.ts';

export type Blessed = typeof blessed;
export type Element = blessed.Widgets.BlessedElement;
export type BoxElement = blessed.Widgets.BoxElement;
export type ListElement = blessed.Widgets.ListElement;

/** What we use of a Screen beyond its types; checked when it is made. */
export interface WidgetScreen {
  lines: Array<Array<[attribute: number, character: string]>>;
  clickable: Element[];
  keyable: Element[];
  history: Element[];
  focused: Element | undefined;
  alloc(): void;
  draw(start: number, end: number): void;
  render(): void;
}

/** The attribute of a cell that no widget has drawn. */
export const Untouched = -7;

let loading: Promise<Blessed> | undefined;

/** Loads the library on first use: it takes about 50 ms that the first frame should not wait for. */
export function loadBlessed(): Promise<Blessed> {
  loading ??= import('neo-blessed').then(({ default: loaded }) => {
    // A screen would put handlers for signals and uncaught exceptions on the process; with this set it believes it has.
    (loaded.widget as unknown as { Screen: { _bound?: boolean } }).Screen._bound = true;
    return loaded;
  });
  return loading;
}

/** Stands for blessed's Program: sizes and events, everything that would write does nothing. */
export class SilentProgram extends EventEmitter {
  cols: number;
  rows: number;
  readonly isAlt = false;
  readonly options: Record<string, unknown> = {};
  readonly tput = { unicode: true, numbers: { U8: 1 }, features: {}, strings: {}, colors: 256 };
  readonly put = { keypad_xmit: nothing, keypad_local: nothing };
  readonly type = 'program';
  title = '';
  useBuffer = true;
  zero = true;
  readonly setupTput = nothing;
  readonly alternateBuffer = nothing;
  readonly csr = nothing;
  readonly cup = nothing;
  readonly hideCursor = nothing;
  readonly showCursor = nothing;
  readonly clear = nothing;
  readonly enableMouse = nothing;
  readonly flush = nothing;

  constructor(size: TerminalSize) {
    super();
    this.cols = size.cols;
    this.rows = size.rows;
  }
}

function nothing(): void {
  // The outer terminal is not the widgets' business.
}

export interface ScreenParts {
  screen: WidgetScreen;
  program: SilentProgram;
  /** The same object as `screen`, as parents of elements want it. */
  parent: blessed.Widgets.Screen;
}

/** `changed` is called whenever a widget asks to be drawn; drawing happens when `renderWidgets` is called. */
export function createWidgetScreen(loaded: Blessed, size: TerminalSize, changed: () => void): ScreenParts {
  const program = new SilentProgram(size);
  const parent = loaded.screen({
    program: program as unknown as blessed.BlessedProgram,
    fullUnicode: false,
    autoPadding: true,
  });
  const screen = parent as unknown as WidgetScreen;
  for (const name of ['alloc', 'draw', 'render'] as const) {
    if (typeof screen[name] !== 'function') throw new Error(`neo-blessed has no Screen.${name}`);
  }
  screen.alloc = () => {
    screen.lines = Array.from({ length: program.rows }, () =>
      Array.from({ length: program.cols }, (): [number, string] => [Untouched, ' ']),
    );
  };
  screen.draw = nothing;
  screen.render = changed;
  screen.alloc();
  return { screen, program, parent };
}

/** Lets all widgets draw into `screen.lines`; cells that none draws are `Untouched`. */
export function renderWidgets(loaded: Blessed, screen: WidgetScreen): void {
  for (const line of screen.lines) {
    for (const cell of line) {
      cell[0] = Untouched;
      cell[1] = ' ';
    }
  }
  const { Screen } = loaded.widget as unknown as { Screen: { prototype: { render(this: WidgetScreen): void } } };
  Screen.prototype.render.call(screen);
}

/** neo-blessed takes only the root of a removed tree out of its lists; the rest would be kept, and searched, for ever. */
export function sweepWidgets(screen: WidgetScreen): void {
  const isAttached = (element: Element): boolean => (element as unknown as { detached: boolean }).detached !== true;
  screen.clickable = screen.clickable.filter(isAttached);
  screen.keyable = screen.keyable.filter(isAttached);
  screen.history = screen.history.filter(isAttached);
}

/** A key press as blessed's own parser would report it. */
export function emitKey(program: SilentProgram, key: Key): void {
  const { name } = key;
  const full = `${key.ctrl ? 'C-' : ''}${key.alt ? 'M-' : ''}${key.shift ? 'S-' : ''}${name}`;
  const event = { name, full, ctrl: key.ctrl, meta: key.alt, shift: key.shift, sequence: key.text, ch: key.text };
  program.emit('keypress', key.text || undefined, event);
  program.emit(`key ${full}`, key.text || undefined, event);
}

const mouseActions: Readonly<Record<Mouse['action'], string | null>> = {
  press: 'mousedown',
  release: 'mouseup',
  drag: 'mousemove',
  move: 'mousemove',
  'wheel-up': 'wheelup',
  'wheel-down': 'wheeldown',
  'wheel-left': null,
  'wheel-right': null,
};

export function emitMouse(program: SilentProgram, mouse: Mouse): void {
  const action = mouseActions[mouse.action];
  if (action === null) return;
  const { x, y, ctrl, shift } = mouse;
  const buttons: Readonly<Record<number, string>> = { 0: 'left', 1: 'middle', 2: 'right' };
  const button = buttons[mouse.button] ?? 'unknown';
  program.emit('mouse', { name: 'mouse', action, button, x, y, ctrl, shift, meta: mouse.alt });
}
