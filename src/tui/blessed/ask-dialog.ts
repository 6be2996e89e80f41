// A question with a few answers. Asked only where undo is impossible: nothing dangerous is marked at first.
import type { Key } from '../../terminal/keys.ts';
import { sanitize, sanitizeLines } from '../../terminal/sanitize.ts';
import { fit as fitText, textWidth } from '../../terminal/width.ts';
import { createFrame, createResult, type Dialog, type DialogParts } from './dialog.ts';
import { wrapText } from './wrap-text.ts';

export interface Answer<T> {
  /** One character that gives this answer at once: `y`. */
  key: string;
  label: string;
  value: T;
}

export interface AskOptions<T> {
  title: string;
  /** What would happen, to what. */
  text: string;
  answers: ReadonlyArray<Answer<T>>;
  /** Index of the answer that Enter gives at first; the last one, which should be the harmless one, when left out. */
  selected?: number;
}

const widestText = 72;

export function createAsk<T>(parts: DialogParts, options: AskOptions<T>): Dialog<T | null> {
  const { codec, styles } = parts;
  const { answers } = options;
  const { promise, settle } = createResult<T | null>();
  const frame = createFrame(parts, options.title, 'enter choose   esc back');
  const body = parts.blessed.box({ parent: frame.box, top: 0, left: 1, right: 1, wrap: false, style: {} } as object);
  const list = parts.blessed.list({
    parent: frame.box,
    left: 0,
    right: 0,
    bottom: 1,
    mouse: true,
    keys: true,
    vi: true,
    wrap: false,
    style: {},
  } as object);
  const text = sanitizeLines(options.text);
  let ended = false;

  const finish = (value: T | null): void => {
    if (ended) return;
    ended = true;
    frame.destroy();
    parts.closed(dialog);
    settle(value);
  };
  const rowOf = ({ key, label }: Answer<T>): string => {
    const room = Math.max(0, frame.width - 2 - textWidth(key) - 2);
    return ` ${styles.span(codec.encode(key), 'dialog.key')}  ${codec.encode(fitText(sanitize(label), room))}`;
  };
  const fill = (): void => {
    const { selected } = list as unknown as { selected: number };
    list.setItems(answers.map(rowOf) as unknown as Parameters<typeof list.setItems>[0]);
    list.select(selected);
  };

  const dialog: Dialog<T | null> = {
    result: promise,
    cursor: null,
    key(key: Key) {
      if (key.name === 'escape' || (key.ctrl && key.name === 'c')) {
        finish(null);
        return true;
      }
      const answer = key.text === '' ? undefined : answers.find((each) => each.key === key.text);
      if (answer === undefined) return false;
      finish(answer.value);
      return true;
    },
    paste: () => undefined,
    focus: () => list.focus(),
    layout() {
      const widest = Math.min(widestText, ...[parts.size().cols - 6]);
      const widestAnswer = answers.reduce((most, { label }) => Math.max(most, textWidth(label) + 6), 0);
      const columns = Math.max(widestAnswer, ...wrapText(text, widest).map((line) => textWidth(line) + 2));
      frame.resize(columns, 1);
      const lines = wrapText(text, frame.width - 2);
      frame.resize(columns, lines.length + 1 + answers.length);
      // On a small screen the answers stay and the text is cut.
      const shown = lines.slice(0, Math.max(0, frame.height - answers.length));
      body.height = Math.max(1, shown.length);
      body.setContent(codec.encode(shown.join('\n')));
      list.height = Math.min(answers.length, frame.height);
      fill();
    },
    restyle() {
      frame.restyle();
      Object.assign(body, { style: styles.style('dialog') });
      const style = {
        ...styles.style('dialog'),
        item: styles.style('dialog'),
        selected: styles.style('dialog.selection'),
      };
      Object.assign(list, { style });
      fill();
    },
    close: () => finish(null),
  };
  list.on('select', (_: unknown, index: number) => finish(answers[index]?.value ?? null));
  dialog.layout();
  dialog.restyle();
  list.select(options.selected ?? answers.length - 1);
  return dialog;
}
