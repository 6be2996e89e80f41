// A run's screen from its log: the newest snapshot that is whole, then the bytes after it, resized where the screen
// was. A short log is parsed from its beginning instead: exact, with all its history.
import { setImmediate as turn } from 'node:timers/promises';
import type { VtEngine } from '../../terminal/engine.ts';
import { type KeptOutput, readSnapshot, type SizeChange, type Snapshot } from './log-files.ts';
import type { OutputLog } from './output-log.ts';

/** Costs about 20 ms of parsing. */
const wholeReplayBytes = 1 << 20;
const sliceBytes = 16 << 10;

export interface Rebuild {
  directory: string;
  kept: KeptOutput;
  log: OutputLog;
  /** The size when nothing better is known. */
  size: { cols: number; rows: number };
  create(cols: number, rows: number): VtEngine;
  /** Before a piece is parsed: the offset at its end, null for the snapshot. */
  before(end: number | null): void;
  /** Of a task: what is drawn for a piece of output that ends at `end`. It needs the whole output, as far as it is kept. */
  draw?: ((bytes: Uint8Array, end: number) => Uint8Array) | undefined;
  /** No piece goes across these offsets: what the program says after them counts in another way. */
  cuts: readonly number[];
}

export async function rebuildEngine(rebuild: Rebuild): Promise<VtEngine> {
  const { directory, kept, log } = rebuild;
  const base = await chooseBase(directory, kept, rebuild.draw === undefined ? wholeReplayBytes : kept.end);
  const from = base?.offset ?? log.start;
  const sizes = kept.sizes.filter(({ offset }) => offset > from);
  const size = base ?? kept.sizes.findLast(({ offset }) => offset <= from) ?? rebuild.size;
  const engine = rebuild.create(size.cols, size.rows);
  rebuild.before(null);
  if (base !== null) {
    engine.feed(base.bytes);
    engine.countFrom(base.scrolled);
  }
  await replay(engine, rebuild, from, sizes);
  return engine;
}

async function chooseBase(directory: string, kept: KeptOutput, wholeBytes: number): Promise<Snapshot | null> {
  const start = kept.segments[0]?.start ?? 0;
  if (start === 0 && kept.end <= wholeBytes) return null;
  for (const offset of kept.screens) {
    if (offset < start) break;
    const snapshot = await readSnapshot(directory, offset);
    if (snapshot !== null) return snapshot;
  }
  return null;
}

async function replay(engine: VtEngine, rebuild: Rebuild, from: number, sizes: SizeChange[]): Promise<void> {
  const { kept, log, cuts } = rebuild;
  const stops = [...sizes.map(({ offset }) => offset), ...cuts, kept.end].filter((offset) => offset > from);
  let at = from;
  const resizeHere = (): void => {
    for (let next = sizes[0]; next !== undefined && next.offset <= at; next = sizes[0]) {
      engine.resize(next.cols, next.rows);
      sizes.shift();
    }
  };
  const done = new AbortController();
  if (at >= kept.end) return resizeHere();
  for await (const { offset, bytes } of log.read(from, done.signal)) {
    at = offset;
    let rest = bytes;
    while (rest.length > 0) {
      resizeHere();
      const stop = Math.min(...stops.filter((other) => other > at));
      const slice = rest.subarray(0, Math.min(sliceBytes, stop - at));
      rebuild.before(at + slice.length);
      engine.feed(rebuild.draw?.(slice, at + slice.length) ?? slice);
      at += slice.length;
      rest = rest.subarray(slice.length);
      await turn();
    }
    if (at >= kept.end) done.abort();
  }
  resizeHere();
}
