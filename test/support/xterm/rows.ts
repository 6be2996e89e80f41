// Rows of xterm's buffer (three words per cell, texts and looks beside them) as rows of cells (cell.ts).
import {
  BlankContent,
  CellWords,
  ColorMode,
  ColorModeMask,
  Content,
  FgFlag,
  UnderlineStyle,
} from '../../../src/terminal/cell.ts';
import type { CellTable } from '../../../src/terminal/cell-table.ts';
import { isInvisibleControl } from '../../../src/terminal/sanitize.ts';
import { attaches, MaxClusterPoints } from '../../../src/terminal/unicode.ts';
import type { CoreExtended, CoreLine } from './core.ts';
import type { LinkTable } from './links.ts';

const hasExtended = 0x10000000;
/** Clears xterm's own bits: extended and protected. */
const bgMask = 0xcfffffff;
const colorBits = 0x3ffffff;
const narrow = 1 << Content.widthShift;
const wide = 2 << Content.widthShift;

export class RowReader {
  readonly #table: CellTable;
  readonly #links: LinkTable;
  /**
   * Attributes are shared between cells and never changed by xterm, so each is looked up once; apart for cells with
   * and without the underline flag, which DECRC restores without them.
   */
  #underlinedIds = new WeakMap<CoreExtended, number>();
  #otherIds = new WeakMap<CoreExtended, number>();

  constructor(table: CellTable, links: LinkTable) {
    this.#table = table;
    this.#links = links;
  }

  /** To be called when the table has been cleared. */
  forget(): void {
    this.#underlinedIds = new WeakMap();
    this.#otherIds = new WeakMap();
  }

  read(line: CoreLine | undefined, cols: number, target: Uint32Array, offset: number): void {
    const count = line ? Math.min(line.length, cols) : 0;
    let hasOddWidth = false;
    if (line) {
      const data = line._data;
      const end = offset + count * CellWords;
      for (let from = 0, to = offset; to < end; from += 3, to += CellWords) {
        const content = data[from] as number;
        const bg = data[from + 2] as number;
        target[to] = content;
        target[to + 1] = cleanColor(data[from + 1] as number);
        target[to + 2] = cleanColor(bg & bgMask);
        target[to + 3] = 0;
        // One comparison finds all that is not a narrow ASCII cell.
        if ((content - narrow) >>> 0 > 0x7e) {
          if ((content & Content.widthMask) !== narrow) hasOddWidth = true;
          if (content & (Content.cluster | Content.codePointMask)) {
            target[to] = this.#content(content, line, (to - offset) / CellWords);
          }
        }
        if (bg & hasExtended) target[to + 3] = this.#extra(line, from / 3, data[from + 1] as number);
      }
    }
    for (let to = offset + count * CellWords; to < offset + cols * CellWords; to += CellWords) {
      target[to] = BlankContent;
      target[to + 1] = 0;
      target[to + 2] = 0;
      target[to + 3] = 0;
    }
    if (hasOddWidth) repairWidths(target, offset, cols);
  }

  #content(content: number, line: CoreLine, column: number): number {
    const width = content & Content.widthMask;
    if (content & Content.cluster) {
      const text = line._combined[column] ?? '';
      const isLoose = attaches(text.codePointAt(0) ?? 0);
      const shown = isLoose ? ` ${[...text].slice(0, MaxClusterPoints - 1).join('')}` : text;
      return width | Content.cluster | this.#table.clusterId(shown);
    }
    const codePoint = content & Content.codePointMask;
    if (codePoint < 0x7f) return content;
    if (isInvisibleControl(codePoint)) return width;
    // A mark that stands alone would be drawn onto the cell before it; a space carries it.
    if (codePoint >= 0x300 && attaches(codePoint)) {
      return width | Content.cluster | this.#table.clusterId(` ${String.fromCodePoint(codePoint)}`);
    }
    return content;
  }

  #extra(line: CoreLine, column: number, fg: number): number {
    const extended = line._extendedAttrs[column];
    if (!extended) return 0;
    const isUnderlined = (fg & FgFlag.underline) !== 0;
    const ids = isUnderlined ? this.#underlinedIds : this.#otherIds;
    const known = ids.get(extended);
    if (known !== undefined) return known;
    const style = isUnderlined ? (extended._ext >>> 26) & 7 : UnderlineStyle.none;
    const underlineColor = style === UnderlineStyle.none ? 0 : cleanColor(extended._ext & colorBits);
    // A single underline in the text's colour is what the flag in word 1 already says.
    const isPlain = style === UnderlineStyle.single && underlineColor === 0;
    const id = this.#table.extraId({
      underline: isPlain ? UnderlineStyle.none : style,
      underlineColor,
      url: this.#links.url(extended._urlId),
    });
    ids.set(extended, id);
    return id;
  }
}

/** xterm leaves parts of an earlier 24-bit colour in a palette colour. */
function cleanColor(word: number): number {
  return (word & ColorModeMask) === ColorMode.rgb ? word : word & ~0xffff00;
}

/** Wide characters cut in half by a resize or by inserted and deleted cells become blanks of the same colours. */
function repairWidths(target: Uint32Array, offset: number, cols: number): void {
  for (let column = 0; column < cols; column++) {
    const at = offset + column * CellWords;
    const width = (target[at] ?? 0) & Content.widthMask;
    if (width === narrow) continue;
    if (width === wide && column + 1 < cols && ((target[at + CellWords] ?? 0) & Content.widthMask) === 0) {
      target[at + CellWords] = 0;
      column++;
      continue;
    }
    target[at] = BlankContent;
  }
}
