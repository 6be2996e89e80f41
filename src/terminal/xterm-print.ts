// A faster way for plain ASCII text, which is most of what programs print: xterm's own print handler asks for every
// character's width, join state, charset and link. Anything else goes through xterm's handler, in order.
import { Content } from './cell.ts';
import type { Core } from './xterm-core.ts';

const hasExtended = 0x10000000;
const narrow = 1 << Content.widthShift;
/** Properties of an ASCII character, see unicode.ts. */
const plainNarrow = 1 << 1;

export function installPrint(core: Core): void {
  const input = core._inputHandler;
  const parser = input._parser;
  const charsets = core._charsetService;

  parser.setPrintHandler((data, start, end) => {
    let at = start;
    while (at < end) {
      const isPlain = !charsets.charset && !core.coreService.modes.insertMode && parser.precedingJoinState >> 3 === 0;
      if (!isPlain) {
        // State left by a character that may join the next one ends with the first ASCII character after it.
        const next = charsets.charset || core.coreService.modes.insertMode ? end : afterNonAscii(data, at, end);
        input.print(data, at, next);
        at = next;
        continue;
      }
      const room = core._bufferService.cols - input._activeBuffer.x;
      const last = Math.min(end, at + room);
      let stop = at;
      while (stop < last && (data[stop] as number) < 0x7f) stop++;
      if (stop > at) {
        printAscii(core, data, at, stop);
        at = stop;
        continue;
      }
      const next = afterNonAscii(data, at, end);
      input.print(data, at, next);
      at = next;
    }
  });
}

/** Past a stretch of non-ASCII and the one character that follows it. */
function afterNonAscii(data: Uint32Array, from: number, end: number): number {
  let at = from;
  while (at < end && (data[at] as number) >= 0x7f) at++;
  return Math.min(end, at + 1);
}

/** The run fits between the cursor and the right edge. */
function printAscii(core: Core, data: Uint32Array, start: number, end: number): void {
  const input = core._inputHandler;
  const buffer = input._activeBuffer;
  const line = buffer.lines.get(buffer.ybase + buffer.y);
  if (!line) {
    input.print(data, start, end);
    return;
  }
  const cells = line._data;
  const { fg, bg, extended } = input._curAttrData;
  let column = buffer.x;
  // The left half of a wide character whose right half is overwritten becomes blank.
  if (column > 0 && (cells[column * 3 - 3] as number) >>> Content.widthShift === 2) {
    cells[column * 3 - 3] = narrow;
    cells[column * 3 - 2] = fg;
    cells[column * 3 - 1] = bg;
    if (bg & hasExtended) line._extendedAttrs[column - 1] = extended;
  }
  for (let at = start, to = column * 3; at < end; at++, to += 3) {
    cells[to] = (data[at] as number) | narrow;
    cells[to + 1] = fg;
    cells[to + 2] = bg;
  }
  if (bg & hasExtended) {
    for (let i = 0; i < end - start; i++) line._extendedAttrs[column + i] = extended;
  }
  column += end - start;
  buffer.x = column;
  // And the right half that remains of one whose left half was overwritten.
  if (
    column < line.length &&
    (cells[column * 3] as number) >>> 21 === 0 &&
    !((cells[column * 3] as number) & 0x3fffff)
  ) {
    cells[column * 3] = narrow;
    cells[column * 3 + 1] = fg;
    cells[column * 3 + 2] = bg;
    if (bg & hasExtended) line._extendedAttrs[column] = extended;
  }
  input._parser.precedingJoinState = plainNarrow;
  input.markRangeDirty(buffer.y, buffer.y);
}
