// The panes as they come from the server: a channel and a mirror each, opened when first seen, told their size and
// whether anyone looks. Frames are acknowledged once drawn, so that a terminal that does not read slows the server.

import type { PaneChannel } from '../client/stream.ts';
import { type Frame, PaneVisibility } from '../client/stream.ts';
import type { FailureBody } from '../domain/failure.ts';
import { toFailureBody } from '../domain/failure.ts';
import type { SessionId } from '../domain/ids.ts';
import { CellWords } from '../terminal/cell.ts';
import type { CellTable } from '../terminal/cell-table.ts';
import type { Grid } from '../terminal/grid.ts';
import { gridOfPage, PaneMirror } from '../terminal/mirror.ts';
import type { Backend } from './backend.ts';
import type { PaneSource, PaneView } from './pane-source.ts';

/** How a session's pane is wanted now. */
export interface WantedPane {
  readonly session: SessionId;
  readonly cols: number;
  readonly rows: number;
  readonly visibility: PaneVisibility;
}

export interface PaneStoreEvents {
  /** Cells of this pane changed. */
  changed(session: SessionId): void;
  /** All frames that came with the same read have been applied. */
  arrived(): void;
  /** What was typed did not get to the program whole. */
  refused(session: SessionId, message: string): void;
  /** History could not be read. */
  unread(session: SessionId, message: string): void;
  failed(session: SessionId, failure: FailureBody): void;
}

/** History lines kept per pane; the least recently asked for go first. */
const historyLines = 4000;
const historyPage = 200;

/** Lines that share the first digits of their numbers, as far as they were in the history. */
interface Page {
  /** Number of the first line of the grid. */
  readonly first: number;
  readonly grid: Grid;
}

class PaneEntry implements PaneView {
  readonly mirror: PaneMirror;
  readonly pages = new Map<number, Page>();
  readonly loading = new Set<number>();
  channel: PaneChannel | null = null;
  wanted: WantedPane;
  undrawn: number | null = null;

  constructor(wanted: WantedPane, table: CellTable) {
    this.wanted = wanted;
    this.mirror = new PaneMirror(table);
  }

  get grid(): Grid {
    return this.mirror.grid;
  }
  get cols(): number {
    return this.mirror.cols;
  }
  get rows(): number {
    return this.mirror.rows;
  }
  get cursorX(): number {
    return this.mirror.cursorX;
  }
  get cursorY(): number {
    return this.mirror.cursorY;
  }
  get modes(): number {
    return this.mirror.modes;
  }
  get oldest(): number {
    return this.mirror.oldest;
  }
  get screenTop(): number {
    return this.mirror.oldest + this.mirror.history;
  }

  line(line: number): Uint32Array | null {
    if (line >= this.screenTop) return rowOf(this.grid, line - this.screenTop);
    if (line < this.oldest) return null;
    const page = this.pages.get(Math.floor(line / historyPage));
    return page === undefined ? null : rowOf(page.grid, line - page.first);
  }
}

export class PaneStore implements PaneSource {
  readonly #table: CellTable;
  readonly #events: PaneStoreEvents;
  readonly #entries = new Map<SessionId, PaneEntry>();
  #backend: Backend | null = null;
  #arrives = false;

  constructor(table: CellTable, events: PaneStoreEvents) {
    this.#table = table;
    this.#events = events;
  }

  /** From now on panes can be opened. */
  connect(backend: Backend): void {
    this.#backend = backend;
  }

  pane(session: SessionId): PaneView | null {
    const entry = this.#entries.get(session);
    return entry === undefined || entry.mirror.seq === 0 ? null : entry;
  }

  /** Opens, resizes, shows and hides: afterwards exactly these panes get frames. */
  want(panes: readonly WantedPane[]): void {
    if (this.#backend === null) return;
    const seen = new Set<SessionId>();
    for (const pane of panes) {
      seen.add(pane.session);
      this.#apply(pane, this.#backend);
    }
    for (const [session, entry] of this.#entries) {
      if (!seen.has(session) && entry.wanted.visibility !== PaneVisibility.hidden) {
        entry.wanted = { ...entry.wanted, visibility: PaneVisibility.hidden };
        entry.channel?.setVisibility(PaneVisibility.hidden);
      }
    }
  }

  /** Closes panes of sessions that are gone. */
  keep(sessions: ReadonlyMap<SessionId, unknown>): void {
    for (const [session, entry] of this.#entries) {
      if (sessions.has(session)) continue;
      entry.channel?.close();
      this.#entries.delete(session);
    }
  }

  /** Writes in this turn, all or nothing: null when it was taken, else why not. */
  type(session: SessionId, bytes: Uint8Array): string | null {
    const { channel } = this.#entries.get(session) ?? {};
    if (this.#backend?.mirror.state.kind === 'silent') return 'the server does not answer';
    return channel === undefined || channel === null ? 'the pane is not connected yet' : channel.input(bytes);
  }

  /** Everything that came is on the screen. */
  drawn(): void {
    for (const entry of this.#entries.values()) {
      if (entry.undrawn === null) continue;
      entry.channel?.ack(entry.undrawn);
      entry.undrawn = null;
    }
  }

  async load(session: SessionId, from: number, to: number): Promise<void> {
    const entry = this.#entries.get(session);
    if (entry === undefined) return;
    const pages: Array<Promise<void>> = [];
    const first = Math.max(from, entry.oldest);
    const end = Math.min(to, entry.screenTop);
    for (let page = Math.floor(first / historyPage); page * historyPage < end; page++) {
      const known = entry.pages.get(page);
      const has =
        known !== undefined &&
        known.first <= Math.max(first, page * historyPage) &&
        known.first + known.grid.rows >= Math.min(end, (page + 1) * historyPage);
      if (!has && !entry.loading.has(page)) pages.push(this.#loadPage(entry, page));
    }
    await Promise.all(pages);
  }

  /** Gives back the memory of lines nobody looks at any more. */
  forgetHistory(session: SessionId): void {
    this.#entries.get(session)?.pages.clear();
  }

  /** Every array of cells that uses the table. */
  *cells(): Iterable<Uint32Array> {
    for (const entry of this.#entries.values()) {
      yield entry.grid.words;
      for (const page of entry.pages.values()) yield page.grid.words;
    }
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.channel?.close();
    this.#entries.clear();
  }

  #apply(wanted: WantedPane, backend: Backend): void {
    const known = this.#entries.get(wanted.session);
    if (known === undefined) {
      const entry = new PaneEntry(wanted, this.#table);
      this.#entries.set(wanted.session, entry);
      this.#open(entry, backend);
      return;
    }
    const before = known.wanted;
    known.wanted = wanted;
    if (known.channel === null) {
      this.#open(known, backend);
      return;
    }
    // The size first: becoming visible makes this client's size the program's.
    if (before.cols !== wanted.cols || before.rows !== wanted.rows) known.channel.resize(wanted.cols, wanted.rows);
    if (before.visibility !== wanted.visibility) known.channel.setVisibility(wanted.visibility);
  }

  #open(entry: PaneEntry, backend: Backend): void {
    const { session, cols, rows, visibility } = entry.wanted;
    entry.channel = backend.stream.open(session, { cols, rows }, visibility, {
      frame: (frame) => this.#frame(entry, frame),
      ended: () => this.#events.changed(session),
      refused: (message) => this.#events.refused(session, message),
      failed: (failure) => {
        entry.channel = null;
        this.#events.failed(session, failure);
      },
    });
  }

  #frame(entry: PaneEntry, frame: Frame): void {
    // Another program, or another width: the same numbers may mean other lines.
    if (frame.reset) entry.pages.clear();
    entry.mirror.apply(frame);
    entry.undrawn = frame.seq;
    this.#events.changed(entry.wanted.session);
    if (this.#arrives) return;
    this.#arrives = true;
    queueMicrotask(() => {
      this.#arrives = false;
      this.#events.arrived();
    });
  }

  async #loadPage(entry: PaneEntry, page: number): Promise<void> {
    if (entry.channel === null) return;
    entry.loading.add(page);
    try {
      const frame = await entry.channel.history(page * historyPage, historyPage);
      entry.pages.delete(page);
      entry.pages.set(page, { first: frame.oldest, grid: gridOfPage(frame, this.#table) });
      for (const oldest of entry.pages.keys()) {
        if (entry.pages.size <= historyLines / historyPage) break;
        entry.pages.delete(oldest);
      }
    } catch (error) {
      this.#events.unread(entry.wanted.session, `the history could not be read: ${toFailureBody(error).message}`);
    } finally {
      entry.loading.delete(page);
      this.#events.changed(entry.wanted.session);
    }
  }
}

function rowOf(grid: Grid, row: number): Uint32Array | null {
  if (row < 0 || row >= grid.rows) return null;
  const from = row * grid.cols * CellWords;
  return grid.words.subarray(from, from + grid.cols * CellWords);
}
