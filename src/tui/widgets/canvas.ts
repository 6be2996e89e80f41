// What screens draw on: a grid of cells, a theme, and the places on it that can be clicked.
import type { Grid } from '../../terminal/grid.ts';
import { sanitize } from '../../terminal/sanitize.ts';
import { textWidth, truncate } from '../../terminal/width.ts';
import type { Rect } from '../layout/rect.ts';
import type { Role } from '../theme/roles.ts';
import type { CellStyle, Theme } from '../theme/theme.ts';

/** A place on the screen that does something when clicked. */
export interface Zone {
  readonly rect: Rect;
  readonly target: ZoneTarget;
}

export type ZoneTarget =
  /** `closes`: what lies over the screen goes first, as if the action had been chosen from a menu. */
  | { readonly kind: 'action'; readonly id: string; readonly key: string; readonly closes?: true }
  | { readonly kind: 'session'; readonly session: string };

export interface CursorPlace {
  readonly x: number;
  readonly y: number;
  /** DECSCUSR, 0 the terminal's own. */
  readonly style: number;
}

/** A piece of text with its role. */
export interface Span {
  readonly text: string;
  readonly role: Role;
}

export class Canvas {
  readonly grid: Grid;
  readonly theme: Theme;
  readonly zones: Zone[] = [];
  cursor: CursorPlace | null = null;

  constructor(grid: Grid, theme: Theme) {
    this.grid = grid;
    this.theme = theme;
  }

  get whole(): Rect {
    return { x: 0, y: 0, width: this.grid.cols, height: this.grid.rows };
  }

  /**
   * Writes one line into at most `width` columns, cut with an ellipsis; control characters never get through. Returns
   * the columns used. `ground`: the row's own background is kept below the letters.
   */
  text(x: number, y: number, text: string, role: Role, width = this.grid.cols - x, ground?: Role): number {
    if (y < 0 || y >= this.grid.rows || width <= 0 || x >= this.grid.cols) return 0;
    const style = ground === undefined ? this.theme.style(role) : this.theme.over(role, ground);
    const shown = truncate(sanitize(text), Math.min(width, this.grid.cols - x));
    return this.put(x, y, shown, style);
  }

  /** Spans one after the other in at most `width` columns; returns the columns used. */
  spans(x: number, y: number, spans: readonly Span[], width = this.grid.cols - x, ground?: Role): number {
    let used = 0;
    for (const span of spans) {
      if (used >= width) break;
      used += this.text(x + used, y, span.text, span.role, width - used, ground);
    }
    return used;
  }

  /** Spans that end at `right` (exclusive), if they fit into `width`; returns the columns used. */
  spansRight(right: number, y: number, spans: readonly Span[], width: number, ground?: Role): number {
    const needed = spansWidth(spans);
    if (needed > width) return 0;
    return this.spans(right - needed, y, spans, needed, ground);
  }

  fill(rect: Rect, role: Role): void {
    const { fg, bg } = this.theme.style(role);
    this.grid.fill(rect.x, rect.y, rect.width, rect.height, fg, bg);
  }

  /** A frame of lines; what is inside stays. */
  box(rect: Rect, role: Role): void {
    if (rect.width < 2 || rect.height < 2) return;
    const style = this.theme.style(role);
    const line = '─'.repeat(rect.width - 2);
    const [right, bottom] = [rect.x + rect.width - 1, rect.y + rect.height - 1];
    this.put(rect.x, rect.y, `┌${line}┐`, style);
    this.put(rect.x, bottom, `└${line}┘`, style);
    for (let y = rect.y + 1; y < bottom; y++) {
      this.put(rect.x, y, '│', style);
      this.put(right, y, '│', style);
    }
  }

  /**
   * A pane's screen, as much of it as there is room for; the rest of the room is blank. `changedOnly`: the rows that
   * changed, onto what was drawn of it before.
   */
  blit(source: Grid, rect: Rect, changedOnly = false): void {
    const isSmaller = source.cols < rect.width || source.rows < rect.height;
    if (isSmaller) this.fill(rect, 'text');
    const [width, height] = [Math.min(source.cols, rect.width), Math.min(source.rows, rect.height)];
    this.grid.blit(source, 0, 0, width, height, rect.x, rect.y, changedOnly && !isSmaller);
  }

  /** One line of cells. */
  row(words: Uint32Array, x: number, y: number, width: number): void {
    this.grid.blitRow(words, 0, width, x, y);
  }

  /** Gives cells the colours of a role and leaves their text. */
  restyle(x: number, y: number, width: number, role: Role): void {
    const { fg, bg } = this.theme.style(role);
    this.grid.restyle(x, y, width, () => [fg, bg]);
  }

  /** What is drawn over the screen takes the clicks: nothing above row `y` can be pressed any more. */
  cover(y: number): void {
    this.zones.splice(0, Number.POSITIVE_INFINITY, ...this.zones.filter(({ rect }) => rect.y >= y));
  }

  zone(rect: Rect, target: ZoneTarget): void {
    this.zones.push({ rect, target });
  }

  /** Writes text that is known to be clean and to fit. */
  put(x: number, y: number, text: string, style: CellStyle): number {
    return this.grid.text(x, y, text, style.fg, style.bg);
  }
}

export function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((width, span) => width + textWidth(sanitize(span.text)), 0);
}
