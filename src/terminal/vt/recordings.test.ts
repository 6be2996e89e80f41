// What real agents wrote, against xterm.js: the same cells, history, cursor, modes, titles and answers at other sizes
// than they were recorded at, in pieces of any size.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomFrom, recordingListener } from '../../../test/support/vt-streams.ts';
import { loadXterm } from '../../../test/support/xterm/engine.ts';
import { CellWords, Content } from '../cell.ts';
import type { VtEngine } from '../engine.ts';
import { createVtEngine } from './vt-engine.ts';

const createXterm = await loadXterm();
const agents = new URL('../../agents/', import.meta.url);
const sizes = [
  [80, 24],
  [200, 50],
] as const;

function recordings(): URL[] {
  return readdirSync(agents, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.bin'))
    .map((path) => new URL(path, agents));
}

/** A line per row: what each cell holds and how it looks. */
function shown(vt: VtEngine): string[] {
  const words = new Uint32Array(vt.cols * CellWords);
  const line = (): string => {
    const cells: string[] = [];
    for (let at = 0; at < words.length; at += CellWords) {
      const content = words[at]!;
      const id = content & Content.codePointMask;
      const text = content & Content.cluster ? vt.cluster(id) : String.fromCodePoint(id || 0x20);
      const look = words[at + 1] || words[at + 2] ? ` ${words[at + 1]} ${words[at + 2]}` : '';
      const extra = words[at + 3] ? JSON.stringify(vt.extra(words[at + 3]!)) : '';
      cells.push(`${text}${content >>> Content.widthShift}${look}${extra}`);
    }
    return cells.join('|');
  };
  const lines = [`cursor ${vt.cursorX} ${vt.cursorY}, history ${vt.history} of ${vt.scrolled}, modes ${vt.modes}`];
  for (let y = 0; y < vt.rows; y++) {
    vt.readRow(y, words, 0);
    lines.push(line());
  }
  for (let y = 0; y < vt.history; y++) {
    vt.readHistory(y, words, 0);
    lines.push(line());
  }
  return lines;
}

test.each(recordings().map((url) => [url.pathname.split('/').slice(-3).join('/'), url] as const))('%s', (name, url) => {
  const bytes = readFileSync(url);
  const random = randomFrom(bytes.length);
  for (const [cols, rows] of sizes) {
    const [own, xterm] = [recordingListener(), recordingListener()];
    const ours = createVtEngine({ cols, rows, scrollback: 200, listener: own.listener });
    const theirs = createXterm({ cols, rows, scrollback: 200, listener: xterm.listener });
    let compareAt = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + random(random(3) === 0 ? 20 : 2000));
      for (const vt of [ours, theirs]) vt.feed(bytes.subarray(at, end));
      at = end;
      // Every piece would take too long.
      if (at < compareAt && at < bytes.length) continue;
      compareAt = at + bytes.length / 4;
      expect(shown(ours), `${name} at ${cols}x${rows} after ${at} bytes`).toEqual(shown(theirs));
    }
    expect(own.said).toEqual(xterm.said);
    theirs.dispose();
  }
});
