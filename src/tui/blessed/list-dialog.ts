// A list to choose from: menus, pickers. Filterable lists narrow down as one types.
import type { Key } from '../../terminal/keys.ts';
import { sanitize } from '../../terminal/sanitize.ts';
import { fit as fitText, glyphsOf, textWidth } from '../../terminal/width.ts';
import type { CursorState } from '../cell/outer-cursor.ts';
import { createFrame, createResult, type Dialog, type DialogParts } from './dialog.ts';

export interface ListItem<T> {
  label: string;
  /** Shown at the right end: a key, a state, a count. */
  hint?: string;
  /** Why it cannot be chosen now. The item stays visible and says so. */
  disabled?: string;
  value: T;
}

export interface ListOptions<T> {
  title: string;
  items: ReadonlyArray<ListItem<T>>;
  /** `enter choose   esc back` when left out. */
  footer?: string;
  /** Typing narrows the list down. Without it letters do nothing, but j and k move. */
  filterable?: boolean;
  /** Index of the item marked at first. */
  selected?: number;
  /** Said when there are no items. */
  empty?: string;
}

export interface ListDialog<T> extends Dialog<T | null> {
  setItems(items: ReadonlyArray<ListItem<T>>): void;
}

const longestFilter = 200;

export function createListDialog<T>(parts: DialogParts, options: ListOptions<T>): ListDialog<T> {
  const { codec, styles } = parts;
  const filterable = options.filterable ?? false;
  const footer = options.footer ?? 'enter choose   esc back';
  const { promise, settle } = createResult<T | null>();
  const frame = createFrame(parts, options.title, footer);
  const top = filterable ? 1 : 0;
  const filterBox = filterable
    ? parts.blessed.box({ parent: frame.box, top: 0, left: 0, right: 0, height: 1, wrap: false } as object)
    : null;
  const list = parts.blessed.list({
    parent: frame.box,
    top,
    left: 0,
    right: 0,
    bottom: 1,
    mouse: true,
    keys: true,
    wrap: false,
    tags: false,
    style: {},
    scrollbar: { ch: '█' },
  } as object);
  let items = options.items;
  let shown: ReadonlyArray<ListItem<T>> = items;
  let filter = '';
  let ended = false;

  const selected = (): number => (list as unknown as { selected: number }).selected;
  const finish = (value: T | null): void => {
    if (ended) return;
    ended = true;
    frame.destroy();
    parts.closed(dialog);
    settle(value);
  };
  const choose = (): void => {
    const item = shown[selected()];
    if (item === undefined) return;
    if (item.disabled === undefined) finish(item.value);
    else frame.setNote(sanitize(item.disabled));
  };
  const rowOf = (item: ListItem<T>): string => {
    // The list keeps its last column for the scroll bar.
    const room = Math.max(0, frame.width - 1);
    const hint = item.hint ?? '';
    const labelRoom = Math.max(0, room - 2 - (hint === '' ? 0 : textWidth(hint) + 2));
    const label = codec.encode(fitText(sanitize(item.label), labelRoom));
    const shownLabel = item.disabled === undefined ? label : styles.span(label, 'dialog.dim');
    return ` ${shownLabel}${hint === '' ? '' : `  ${styles.span(codec.encode(sanitize(hint)), 'dialog.dim')}`} `;
  };
  const fill = (): void => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    shown = items.filter((item) =>
      words.every((word) => `${item.label} ${item.hint ?? ''}`.toLowerCase().includes(word)),
    );
    const rows = shown.length === 0 ? [` ${codec.encode(options.empty ?? 'nothing here')}`] : shown.map(rowOf);
    // setItems looks for the selected text again and would keep a place that no longer means the same.
    const at = selected();
    list.setItems(rows as unknown as Parameters<typeof list.setItems>[0]);
    list.select(Math.min(at, Math.max(0, rows.length - 1)));
    filterBox?.setContent(` ${styles.span('>', 'dialog.key')} ${codec.encode(filter)}`);
  };
  const layout = (): void => {
    const widthOf = (item: ListItem<T>): number =>
      Math.max(textWidth(item.label) + textWidth(item.hint ?? '') + 6, textWidth(item.disabled ?? '') + 2);
    const widest = items.reduce((most, item) => Math.max(most, widthOf(item)), 0);
    frame.resize(Math.max(30, widest), Math.max(1, items.length) + top);
    fill();
  };
  const setFilter = (next: string): void => {
    filter = next.slice(0, longestFilter);
    list.select(0);
    frame.setNote(null);
    fill();
  };
  const move = (by: number): void => {
    list.select(Math.max(0, Math.min(shown.length - 1, selected() + by)));
    frame.setNote(null);
  };

  const dialog: ListDialog<T> = {
    result: promise,
    get cursor(): CursorState | null {
      const place = (filterBox as unknown as { lpos?: { xi: number; yi: number } } | null)?.lpos;
      if (place === undefined || place === null) return null;
      return { x: place.xi + 3 + textWidth(filter), y: place.yi, visible: true, style: 0 };
    },
    key: (key) => handleKey(key),
    paste(text) {
      if (filterable) setFilter(filter + sanitize(text));
      parts.changed();
    },
    focus: () => list.focus(),
    layout,
    restyle() {
      frame.restyle();
      const style = {
        ...styles.style('dialog'),
        item: styles.style('dialog'),
        selected: styles.style('dialog.selection'),
        scrollbar: { ...styles.style('dialog.border') },
      };
      Object.assign(list, { style });
      if (filterBox !== null) Object.assign(filterBox, { style: styles.style('input') });
      fill();
    },
    close: () => finish(null),
    setItems(next) {
      items = next;
      layout();
      parts.changed();
    },
  };

  function handleKey(key: Key): boolean {
    const plain = !key.ctrl && !key.alt && !key.meta;
    if (key.name === 'escape' || (key.ctrl && key.name === 'c')) finish(null);
    else if (key.name === 'enter' && plain) choose();
    else if (key.name === 'down' || (key.ctrl && key.name === 'n')) move(1);
    else if (key.name === 'up' || (key.ctrl && key.name === 'p')) move(-1);
    else if (key.name === 'pagedown') move(frame.height - top);
    else if (key.name === 'pageup') move(top - frame.height);
    else if (key.name === 'home') move(-shown.length);
    else if (key.name === 'end') move(shown.length);
    else if (filterable && (key.name === 'backspace' || (key.ctrl && key.name === 'h'))) {
      setFilter(
        glyphsOf(filter)
          .slice(0, -1)
          .map((glyph) => glyph.text)
          .join(''),
      );
    } else if (filterable && key.ctrl && key.name === 'u') setFilter('');
    else if (filterable && key.ctrl && key.name === 'w') setFilter(filter.replace(/\S*\s*$/, ''));
    else if (filterable && key.text !== '') setFilter(filter + key.text);
    else if (!filterable && plain && key.name === 'j') move(1);
    else if (!filterable && plain && key.name === 'k') move(-1);
    else return false;
    return true;
  }

  list.on('select', () => choose());
  layout();
  dialog.restyle();
  list.select(options.selected ?? 0);
  return dialog;
}
