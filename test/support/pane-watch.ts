// What a pane's cells are, from the frame stream, and whether a terminal shows exactly these.
import type { Client } from '../../src/client/connect.ts';
import { type FrameStream, openFrameStream, PaneVisibility } from '../../src/client/stream.ts';
import { SessionId } from '../../src/domain/ids.ts';
import { CellWords, Content } from '../../src/terminal/cell.ts';
import { CellTable } from '../../src/terminal/cell-table.ts';
import { PaneMirror } from '../../src/terminal/mirror.ts';
import type { OuterPty } from './outer-pty.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A second viewer of panes that another one shows and sizes. */
export class PaneWatch {
  readonly #stream: FrameStream;
  readonly #table = new CellTable();
  readonly #panes = new Map<string, PaneMirror>();

  constructor(client: Client) {
    this.#stream = openFrameStream(client);
  }

  watch(session: string): PaneMirror {
    const mirror = new PaneMirror(this.#table);
    // Thumbnails never decide the size.
    const channel = this.#stream.open(SessionId.parse(session), { cols: 80, rows: 24 }, PaneVisibility.thumbnail, {
      frame: (frame) => {
        mirror.apply(frame);
        channel.ack(frame.seq);
      },
      failed: ({ message }) => {
        throw new Error(message);
      },
      ended: () => undefined,
      refused: () => undefined,
    });
    this.#panes.set(session, mirror);
    return mirror;
  }

  close(): void {
    this.#stream.close();
  }
}

/** A cell as text, width, colours, attributes, underline and link: the same wherever its ids come from. */
type CellReader = (x: number, y: number) => string;

interface Looks {
  cluster(id: number): string;
  extra(id: number): { underline: number; underlineColor: number; url: string } | null;
}

function describe(looks: Looks, words: Uint32Array, at: number): string {
  const [content = 0, fg = 0, bg = 0, extra = 0] = words.subarray(at, at + CellWords);
  const point = content & Content.codePointMask;
  const width = (content & Content.widthMask) >>> Content.widthShift;
  const blank = point === 0 ? ' ' : String.fromCodePoint(point);
  const text = (content & Content.cluster) !== 0 ? looks.cluster(point) : blank;
  const { underline = 0, underlineColor = 0, url = '' } = looks.extra(extra) ?? {};
  return [width === 0 ? '' : text, width, fg, bg, underline, underlineColor, url].join('|');
}

function readTerminal({ engine }: OuterPty): CellReader {
  const rows = Array.from({ length: engine.rows }, (_, y) => {
    const words = new Uint32Array(engine.cols * CellWords);
    engine.readRow(y, words, 0);
    return words;
  });
  return (x, y) => describe(engine, rows[y] ?? new Uint32Array(), x * CellWords);
}

/** Cells of the pane that the terminal does not show at `x`, `y`; those inside `covered` do not count. */
export function wrongCells(terminal: OuterPty, pane: PaneMirror, x: number, y: number, covered: Box[] = []): string[] {
  const shown = readTerminal(terminal);
  const wrong: string[] = [];
  for (let row = 0; row < pane.rows; row += 1) {
    for (let col = 0; col < pane.cols; col += 1) {
      if (covered.some((box) => isInside(box, x + col, y + row))) continue;
      const wanted = describe(pane.grid, pane.grid.words, (row * pane.cols + col) * CellWords);
      const found = shown(x + col, y + row);
      if (found !== wanted) wrong.push(`${col},${row}: ${found} instead of ${wanted}`);
    }
  }
  return wrong;
}

function isInside(box: Box, x: number, y: number): boolean {
  return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
}

/** The frame that begins with `title` (`┌ 1 `, `┌─ help`), found by its corners. Null when there is none. */
export function findBox(terminal: OuterPty, title: string): Box | null {
  const { engine } = terminal;
  const cells = readTerminal(terminal);
  const text = (x: number, y: number): string => cells(x, y).split('|', 1)[0] ?? '';
  for (let y = 0; y < engine.rows; y += 1) {
    for (let x = 0; x < engine.cols; x += 1) {
      if ([...title].some((letter, index) => text(x + index, y) !== letter)) continue;
      let [right, bottom] = [x + 1, y + 1];
      while (right < engine.cols - 1 && text(right, y) !== '┐') right += 1;
      while (bottom < engine.rows - 1 && text(x, bottom) !== '└') bottom += 1;
      return { x, y, width: right - x + 1, height: bottom - y + 1 };
    }
  }
  return null;
}
