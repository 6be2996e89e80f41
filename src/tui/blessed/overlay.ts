// Dialogs over whatever is drawn below them. An overlay is driven by our own keys and mouse events, draws into our own
// grid, and leaves every cell alone that no dialog covers.
import { CellWords } from '../../terminal/cell.ts';
import { contentOf, type Grid } from '../../terminal/grid.ts';
import type { Key, Mouse } from '../../terminal/keys.ts';
import type { CursorState } from '../cell/outer-cursor.ts';
import type { TerminalSize } from '../out/terminal.ts';
import type { Theme } from '../theme/theme.ts';
import { type AskOptions, createAsk } from './ask-dialog.ts';
import type { Dialog, DialogParts } from './dialog.ts';
import { GlyphCodec } from './glyph-codec.ts';
import { createListDialog, type ListDialog, type ListOptions } from './list-dialog.ts';
import { createWidgetScreen, emitKey, emitMouse, loadBlessed, renderWidgets, sweepWidgets, Untouched } from './shim.ts';
import { WidgetStyles } from './styles.ts';
import { createTextDialog, type TextOptions } from './text-dialog.ts';

export interface OverlayHost {
  readonly size: TerminalSize;
  readonly theme: Theme;
  /** A dialog changed: draw a frame. */
  damage(): void;
}

export interface Overlay {
  /** While true all keys and mouse events belong to the overlay. */
  readonly isOpen: boolean;
  /** Where a dialog wants the cursor; null when none wants it. */
  readonly cursor: CursorState | null;
  draw(grid: Grid): void;
  key(key: Key): void;
  paste(text: string): void;
  mouse(mouse: Mouse): void;
  resize(size: TerminalSize): void;
  setTheme(theme: Theme): void;
  /** Settles with the chosen item's value, or null when the user went back. */
  showList<T>(options: ListOptions<T>): ListDialog<T>;
  showText(options: TextOptions): Dialog<null>;
  /** A question with a few answers; Escape settles with null. */
  ask<T>(options: AskOptions<T>): Dialog<T | null>;
  /** Every open dialog settles with null. */
  closeAll(): void;
}

/** Loads the widgets on first use. */
export async function openOverlay(host: OverlayHost): Promise<Overlay> {
  const blessed = await loadBlessed();
  const codec = new GlyphCodec();
  const styles = new WidgetStyles(host.theme);
  const dialogs: Array<Dialog<unknown>> = [];
  let isStale = true;
  const changed = (): void => {
    isStale = true;
    host.damage();
  };
  const { screen, program, parent } = createWidgetScreen(blessed, host.size, changed);
  let size: TerminalSize = { ...host.size };
  const parts: DialogParts = {
    blessed,
    parent,
    codec,
    styles,
    size: () => size,
    changed,
    closed(dialog) {
      const at = dialogs.indexOf(dialog);
      if (at >= 0) dialogs.splice(at, 1);
      sweepWidgets(screen);
      dialogs.at(-1)?.focus();
      changed();
    },
  };
  const open = <D extends Dialog<unknown>>(dialog: D): D => {
    dialogs.push(dialog);
    dialog.focus();
    changed();
    return dialog;
  };

  return {
    get isOpen() {
      return dialogs.length > 0;
    },
    get cursor() {
      return dialogs.at(-1)?.cursor ?? null;
    },
    draw(grid) {
      if (dialogs.length === 0) return;
      if (isStale) renderWidgets(blessed, screen);
      isStale = false;
      drawLines(grid);
    },
    key(key) {
      const dialog = dialogs.at(-1);
      if (dialog === undefined || key.action === 'release') return;
      if (dialog.key(key)) changed();
      else emitKey(program, key);
    },
    paste: (text) => dialogs.at(-1)?.paste(text),
    mouse: (mouse) => emitMouse(program, mouse),
    resize(next) {
      size = { ...next };
      program.cols = next.cols;
      program.rows = next.rows;
      for (const dialog of dialogs) dialog.layout();
      program.emit('resize');
      changed();
    },
    setTheme(theme) {
      styles.setTheme(theme);
      for (const dialog of dialogs) dialog.restyle();
      changed();
    },
    showList: (options) => open(createListDialog(parts, options)),
    showText: (options) => open(createTextDialog(parts, options)),
    ask: (options) => open(createAsk(parts, options)),
    closeAll() {
      for (const dialog of dialogs.slice().reverse()) dialog.close();
    },
  };

  function drawLines(grid: Grid): void {
    for (const [y, line] of screen.lines.entries()) {
      for (let x = 0; x < line.length; ) {
        if (line[x]?.[0] === Untouched) {
          x++;
          continue;
        }
        let end = x;
        while (end < line.length && line[end]?.[0] !== Untouched) end++;
        grid.blitRow(cellsOf(line.slice(x, end), grid), 0, end - x, x, y);
        x = end;
      }
    }
  }

  function cellsOf(line: ReadonlyArray<readonly [number, string]>, grid: Grid): Uint32Array {
    const words = new Uint32Array(line.length * CellWords);
    for (let x = 0; x < line.length; x++) {
      const [attribute, character] = line[x] ?? [Untouched, ' '];
      const glyph = codec.decode(character);
      const next = line[x + 1];
      const isWide = glyph?.columns === 2;
      // Half of a wide glyph that a widget has cut is a blank.
      const isWhole = glyph !== null && (!isWide || (next !== undefined && codec.decode(next[1]) === null));
      const { fg, bg } = styles.cellStyle(attribute);
      const at = x * CellWords;
      words[at] = isWhole ? contentOf(glyph.text, glyph.columns, grid.table) : contentOf(' ', 1, grid.table);
      words[at + 1] = fg;
      words[at + 2] = bg;
      if (!isWhole || !isWide) continue;
      x++;
      words[at + CellWords + 1] = fg;
      words[at + CellWords + 2] = bg;
    }
    return words;
  }
}
