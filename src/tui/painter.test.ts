// What is drawn by changed rows alone is the same as what is drawn anew.
import { describe, expect, test } from 'vitest';
import { createFakeBackend } from '../../test/golden/fake-backend.ts';
import { apply, baseState, keymap, makeSession } from '../../test/golden/fixture.ts';
import { silentListener } from '../../test/support/silent-listener.ts';
import { type Random, randomFrom } from '../../test/support/vt-streams.ts';
import type { Frame } from '../client/stream.ts';
import { BlankContent, CellWords, ColorMode } from '../terminal/cell.ts';
import type { VtEngine } from '../terminal/engine.ts';
import { createVtEngine } from '../terminal/vt/vt-engine.ts';
import { FrameEncoder } from './cell/encode.ts';
import { wantedPanes } from './layout/wanted.ts';
import { Painter } from './painter.ts';
import { PaneStore } from './pane-store.ts';
import type { AppState } from './state/app-state.ts';
import type { Message } from './state/message.ts';
import { themeNames } from './theme/theme.ts';
import { ThemeChoice } from './theme/theme-choice.ts';

const nobody = (): void => undefined;
const { theme } = new ThemeChoice(themeNames[0] ?? 'dark', () => true);
const size = { cols: 100, rows: 30 };
const given = ['s1aa', 's2bb'].map((id) => makeSession(id));

/** Somebody's screen: a store and a painter, and the terminal that shows what they write. */
function openScreen() {
  const encoder = new FrameEncoder();
  const painter = new Painter(encoder);
  const store = new PaneStore(painter.table, {
    changed: (session) => painter.paneChanged(session),
    arrived: nobody,
    refused: nobody,
    unread: nobody,
    failed: nobody,
  });
  const backend = createFakeBackend(given);
  store.connect(backend);
  const terminal = createVtEngine({ ...size, scrollback: 0, listener: silentListener });
  return {
    backend,
    store,
    paint: (state: AppState, anew: boolean): void => {
      if (anew) encoder.invalidate();
      // A state of its own is drawn completely.
      const bytes = painter.paint(anew ? { ...state } : state, store, keymap, theme, null);
      if (bytes !== null) terminal.feed(bytes);
    },
    shown: (): string[] => cellsOf(terminal),
  };
}

/** Rows as text with colours; a blank is a blank, written or erased. */
function cellsOf(engine: VtEngine): string[] {
  const words = new Uint32Array(engine.cols * CellWords);
  return Array.from({ length: engine.rows }, (_, row) => {
    engine.readRow(row, words, 0);
    let text = '';
    for (let at = 0; at < words.length; at += CellWords) {
      const code = (words[at] ?? 0) & 0x1fffff;
      const isBlank = code === 0 || code === 32;
      text += isBlank ? ` ${words[at + 2]},` : `${String.fromCodePoint(code)}${words[at + 1]}/${words[at + 2]},`;
    }
    return text;
  });
}

/** A few cells here and there, as programs change them. */
function randomFrame(random: Random, seq: number, cols: number, rows: number): Frame {
  const isFirst = seq === 1;
  const spans = Array.from({ length: isFirst ? rows : random(4) }, (_, index) => {
    const col = isFirst ? 0 : random(cols);
    const length = 1 + random(cols - col);
    const words = new Uint32Array(length * CellWords);
    for (let cell = 0; cell < length; cell++) {
      words[cell * CellWords] = BlankContent | (33 + random(90));
      words[cell * CellWords + 1] = random(3) === 0 ? ColorMode.rgb | random(0xffffff) : 0;
    }
    return { row: isFirst ? index : random(rows), col, words };
  });
  const cursor = { cursorX: random(cols), cursorY: random(rows) };
  return {
    seq,
    cols,
    rows,
    ...cursor,
    modes: 0,
    history: 0,
    oldest: 0,
    reset: isFirst,
    clusters: [],
    extras: [],
    spans,
  };
}

const focus: Message = { kind: 'arrangement.set', arrangement: 'focus' };
/** `more`: rows and columns a program has beyond its pane, because another window sizes it. */
const views: Array<{ what: string; messages: Message[]; more?: number }> = [
  { what: 'side by side', messages: [] },
  { what: 'one with the list', messages: [focus] },
  { what: 'larger than its pane', messages: [focus], more: 7 },
  { what: 'smaller than its pane', messages: [focus], more: -7 },
  { what: 'with a selection', messages: [selection(2, 9)] },
  { what: 'under a banner of three lines', messages: [lost('x'.repeat(90))] },
];

function lost(text: string): Message {
  const failure = { code: 'refused', message: text, remedy: text };
  return { kind: 'connection.changed', connection: { state: 'lost', failure } };
}

function selection(from: number, to: number): Message {
  const anchor = { line: from, col: 3 };
  const copy = { session: given[0]!.id, top: 0, line: to, col: 20, anchor, linewise: false, mouse: true };
  return { kind: 'copy.set', copy };
}

describe.each(views)('$what', ({ messages, more = 0 }) => {
  test.each([1, 2])('changed rows alone give the same cells (%i)', (seed) => {
    const random = randomFrom(seed);
    const [quick, slow] = [openScreen(), openScreen()];
    let state = apply(baseState(size, given), { kind: 'session.selected', session: given[0]!.id }, ...messages);
    const seqs = new Map<string, number>();
    for (const { store } of [quick, slow]) store.want(wantedPanes(state));
    for (let step = 0; step < 50; step++) {
      for (const pane of quick.backend.panes.values()) {
        if (random(3) === 0) continue;
        const seq = (seqs.get(pane.session) ?? 0) + 1;
        seqs.set(pane.session, seq);
        const frame = randomFrame(random, seq, pane.cols + more, pane.rows + more);
        pane.listener.frame(frame);
        slow.backend.panes.get(pane.session)?.listener.frame(frame);
      }
      // Something over the panes, and away again.
      if (random(10) === 0)
        state = apply(state, { kind: 'mode.set', mode: random(2) === 0 ? 'cmd' : 'term' }, ...messages);
      quick.paint(state, false);
      slow.paint(state, true);
      expect(quick.shown()).toEqual(slow.shown());
    }
    expect(quick.shown().join()).not.toBe(openScreen().shown().join());
  });
});
