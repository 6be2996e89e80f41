// Scrolling without making lines: the line that leaves is emptied and comes in again. xterm.js clones a blank line
// for each step of a scroll region and tells listeners that nothing here needs; a pager spends most of its time there.
import { BlankContent } from './cell.ts';
import type { Core, CoreLine } from './xterm-core.ts';

export function installScroll(core: Core): void {
  const service = core._bufferService;
  const scrollBefore = service.scroll.bind(service);
  let blank = new Uint32Array(0);
  let blankBg = 0;

  const empty = (line: CoreLine, bg: number, isWrapped: boolean): void => {
    if (blank.length !== line._data.length || bg !== blankBg) {
      blank = new Uint32Array(line._data.length);
      for (let at = 0; at < blank.length; at += 3) {
        blank[at] = BlankContent;
        blank[at + 2] = bg;
      }
      blankBg = bg;
    }
    line._data.set(blank);
    if (!isEmpty(line._combined)) line._combined = {};
    if (!isEmpty(line._extendedAttrs)) line._extendedAttrs = {};
    line.isWrapped = isWrapped;
  };

  service.scroll = (eraseAttributes, isWrapped = false) => {
    const buffer = core.buffers.active;
    const { lines, ybase, scrollTop, scrollBottom } = buffer;
    const bottom = ybase + scrollBottom;
    if (scrollTop > 0) {
      const top = ybase + scrollTop;
      const line = lines.get(top);
      if (line?.length !== service.cols) return scrollBefore(eraseAttributes, isWrapped);
      lines.shiftElements(top + 1, scrollBottom - scrollTop, -1);
      lines.set(bottom, line);
      empty(line, eraseAttributes.bg, isWrapped);
    } else {
      const isLast = bottom === lines.length - 1;
      if (!isLast || !lines.isFull || lines.get(0)?.length !== service.cols) {
        return scrollBefore(eraseAttributes, isWrapped);
      }
      empty(lines.recycle(), eraseAttributes.bg, isWrapped);
    }
    core._inputHandler.markRangeDirty(scrollTop, scrollBottom);
  };
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}
