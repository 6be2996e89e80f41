// What all dialogs share: a frame in the middle of the screen, a line of hints below, one result.
import type blessed from 'neo-blessed';
import type { Key } from '../../terminal/keys.ts';
import { textWidth, truncate } from '../../terminal/width.ts';
import type { CursorState } from '../cell/outer-cursor.ts';
import type { TerminalSize } from '../out/terminal.ts';
import type { GlyphCodec } from './glyph-codec.ts';
import type { Blessed, BoxElement } from './shim.ts';
import type { WidgetStyles } from './styles.ts';

export interface Dialog<R> {
  /** Settles once, when the dialog is gone. Never rejects. */
  readonly result: Promise<R>;
  readonly cursor: CursorState | null;
  /** True when the dialog used the key itself; else the focused widget gets it. */
  key(key: Key): boolean;
  paste(text: string): void;
  focus(): void;
  layout(): void;
  restyle(): void;
  /** Goes away as if the user had gone back. Idempotent. */
  close(): void;
}

export interface DialogParts {
  blessed: Blessed;
  parent: blessed.Widgets.Screen;
  codec: GlyphCodec;
  styles: WidgetStyles;
  size(): TerminalSize;
  changed(): void;
  closed(dialog: Dialog<unknown>): void;
}

export interface DialogFrame {
  readonly box: BoxElement;
  /** Columns inside the border. */
  readonly width: number;
  /** Rows inside the border, without the line of hints. */
  readonly height: number;
  /** Asks for this many columns and rows inside, and takes what the screen has. */
  resize(columns: number, rows: number): void;
  /** Takes the place of the hints: why something did not happen. Null brings the hints back. */
  setNote(text: string | null): void;
  restyle(): void;
  destroy(): void;
}

/** `footer` is written as `enter choose   esc back`: keys and what they do in turn, two or more blanks between pairs. */
export function createFrame(parts: DialogParts, title: string, footer: string): DialogFrame {
  const { blessed, codec, styles } = parts;
  const box = blessed.box({
    parent: parts.parent,
    top: 0,
    left: 0,
    width: 10,
    height: 5,
    border: 'line',
    tags: false,
  } as object);
  const titleBox = blessed.box({ parent: box, top: -1, left: 1, height: 1, width: 1, wrap: false } as object);
  const footerBox = blessed.box({ parent: box, bottom: 0, left: 1, right: 1, height: 1, wrap: false } as object);
  let note: string | null = null;
  let width = 8;
  let height = 2;

  const fillTexts = (): void => {
    const text = truncate(title, Math.max(0, width - 4));
    titleBox.width = textWidth(text) + 2;
    titleBox.setContent(codec.encode(` ${text} `));
    const room = Math.max(0, width - 2);
    footerBox.setContent(note === null ? footerOf(truncate(footer, room)) : noteOf(truncate(note, room)));
  };
  const noteOf = (text: string): string => styles.span(codec.encode(text), 'dialog.warning');
  /** Every first word of a part is a key. */
  const footerOf = (text: string): string =>
    text
      .split(/( {2,})/)
      .map((part) => {
        const pair = /^(\S+)( .+)$/.exec(part);
        if (pair === null) return codec.encode(part);
        return styles.span(codec.encode(pair[1] ?? ''), 'dialog.key') + codec.encode(pair[2] ?? '');
      })
      .join('');

  const frame: DialogFrame = {
    box,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    resize(columns, rows) {
      const size = parts.size();
      const wanted = Math.max(columns, textWidth(title) + 4, textWidth(footer) + 2);
      width = Math.max(1, Math.min(wanted, size.cols - 4));
      height = Math.max(1, Math.min(rows, size.rows - 5));
      box.width = width + 2;
      box.height = height + 3;
      box.left = Math.max(0, Math.floor((size.cols - width - 2) / 2));
      box.top = Math.max(0, Math.floor((size.rows - height - 3) / 3));
      fillTexts();
    },
    setNote(text) {
      if (text === note) return;
      note = text;
      fillTexts();
      parts.changed();
    },
    restyle() {
      const style = { ...styles.style('dialog'), border: styles.style('dialog.border') };
      Object.assign(box, { style });
      Object.assign(titleBox, { style: styles.style('dialog.title') });
      Object.assign(footerBox, { style: styles.style('dialog.dim') });
      fillTexts();
    },
    destroy: () => box.destroy(),
  };
  frame.restyle();
  return frame;
}

/** A promise and the one call that settles it. */
export function createResult<R>(): { promise: Promise<R>; settle: (value: R) => void } {
  let settle: (value: R) => void = () => undefined;
  const promise = new Promise<R>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
