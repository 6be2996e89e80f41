// A text to read: the log of a failed command, why a status is what it is.
import type { Key } from '../../terminal/keys.ts';
import { sanitizeLines } from '../../terminal/sanitize.ts';
import { textWidth } from '../../terminal/width.ts';
import { createFrame, createResult, type Dialog, type DialogParts } from './dialog.ts';
import { wrapText } from './wrap-text.ts';

export interface TextOptions {
  title: string;
  /** Line feeds are kept, long lines are wrapped. At most a megabyte is shown. */
  text: string;
  footer?: string;
}

export function createTextDialog(parts: DialogParts, options: TextOptions): Dialog<null> {
  const { codec, styles } = parts;
  const { promise, settle } = createResult<null>();
  const frame = createFrame(parts, options.title, options.footer ?? '↑↓ scroll   esc close');
  const body = parts.blessed.box({
    parent: frame.box,
    top: 0,
    left: 1,
    right: 1,
    bottom: 1,
    wrap: false,
    tags: false,
    mouse: true,
    style: {},
  } as object);
  const text = sanitizeLines(options.text);
  const widest = text.split('\n').reduce((most, line) => Math.max(most, textWidth(line)), 0);
  let lines: string[] = [];
  let top = 0;
  let ended = false;

  const fill = (): void => {
    top = Math.max(0, Math.min(top, lines.length - frame.height));
    body.setContent(codec.encode(lines.slice(top, top + frame.height).join('\n')));
  };
  const scroll = (by: number): void => {
    top += by;
    fill();
    parts.changed();
  };
  const finish = (): void => {
    if (ended) return;
    ended = true;
    frame.destroy();
    parts.closed(dialog);
    settle(null);
  };

  const dialog: Dialog<null> = {
    result: promise,
    cursor: null,
    key(key: Key) {
      if (key.name === 'escape' || key.name === 'enter' || key.text === 'q' || (key.ctrl && key.name === 'c')) finish();
      else if (key.name === 'down' || key.text === 'j') scroll(1);
      else if (key.name === 'up' || key.text === 'k') scroll(-1);
      else if (key.name === 'pagedown' || key.name === 'space') scroll(frame.height - 1);
      else if (key.name === 'pageup') scroll(1 - frame.height);
      else if (key.name === 'home' || key.text === 'g') scroll(-lines.length);
      else if (key.name === 'end' || key.text === 'G') scroll(lines.length);
      else return false;
      return true;
    },
    paste: () => undefined,
    focus: () => body.focus(),
    layout() {
      // First as wide as the text, then as many rows as it takes at the width there is.
      frame.resize(widest + 2, 1);
      lines = wrapText(text, frame.width - 2);
      frame.resize(widest + 2, lines.length);
      fill();
    },
    restyle() {
      frame.restyle();
      Object.assign(body, { style: styles.style('dialog') });
    },
    close: finish,
  };
  body.on('wheeldown', () => scroll(3));
  body.on('wheelup', () => scroll(-3));
  dialog.layout();
  dialog.restyle();
  return dialog;
}
