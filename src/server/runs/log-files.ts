// The files of one run's output, in a directory of its own:
//
//   000000000000.out       raw bytes; the name is the absolute offset of the first one. At most two segments are kept
//   000008388608.screen    a snapshot of the emulator after exactly that many bytes: a line of JSON, then its bytes
//   sizes                  a line "offset cols rows" for each size the screen had, from that offset on
//
// All 0600. A snapshot carries offset, length and checksum; one that is torn or does not fit is as good as absent.
import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

export const keptSegments = 2;
export const keptScreens = 2;

export interface Segment {
  start: number;
  path: string;
}

export interface SizeChange {
  offset: number;
  cols: number;
  rows: number;
}

export interface Snapshot extends SizeChange {
  /** Lines that had gone into history: line numbers count on from here. */
  scrolled: number;
  bytes: Uint8Array;
}

/** What a directory holds. `end` is the absolute offset after the last byte. */
export interface KeptOutput {
  segments: Segment[];
  end: number;
  sizes: SizeChange[];
  /** Offsets of snapshots, newest first; not yet checked. */
  screens: number[];
}

const SnapshotHead = z.object({
  version: z.literal(1),
  offset: z.number(),
  /** Absent in those of an earlier version. */
  scrolled: z.number().int().min(0).default(0),
  cols: z.number().int().min(1).max(10_000),
  rows: z.number().int().min(1).max(10_000),
  length: z.number(),
  sha256: z.string(),
});

export function segmentPath(directory: string, start: number): string {
  return join(directory, `${padded(start)}.out`);
}

export function screenPath(directory: string, offset: number): string {
  return join(directory, `${padded(offset)}.screen`);
}

/** Null when there is no such directory or nothing usable in it. Segments that do not join are left out. */
export async function listOutput(directory: string): Promise<KeptOutput | null> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch {
    return null;
  }
  const starts = offsetsOf(names, '.out');
  const segments: Segment[] = [];
  let end = 0;
  for (const start of starts.toReversed()) {
    const path = segmentPath(directory, start);
    const size = await sizeOf(path);
    if (segments.length === 0) end = start + size;
    else if (start + size !== segments[0]?.start) break;
    segments.unshift({ start, path });
  }
  if (segments.length === 0) return null;
  const screens = offsetsOf(names, '.screen').filter((offset) => offset <= end);
  return { segments, end, sizes: await readSizes(directory), screens: screens.toReversed() };
}

/**
 * As `listOutput`, for the one who goes on writing there: what a killed server was about to delete, or left half written,
 * is deleted. A file that cannot be deleted costs space and nothing else.
 */
export async function adoptOutput(directory: string): Promise<KeptOutput | null> {
  const found = await listOutput(directory);
  if (found === null) return null;
  const segments = found.segments.slice(-keptSegments);
  const start = segments[0]?.start ?? 0;
  const kept = { ...found, segments, screens: found.screens.slice(0, keptScreens).filter((offset) => offset >= start) };
  const paths = new Set([
    sizesPath(directory),
    ...kept.segments.map(({ path }) => path),
    ...kept.screens.map((offset) => screenPath(directory, offset)),
  ]);
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (/\.(out|screen|partial)$/.test(name) && !paths.has(path))
      await rm(path, { force: true }).catch(() => undefined);
  }
  return kept;
}

/** Null when it is torn, of another version, or not the snapshot of this offset. */
export async function readSnapshot(directory: string, offset: number): Promise<Snapshot | null> {
  let file: Buffer;
  try {
    file = await readFile(screenPath(directory, offset));
  } catch {
    return null;
  }
  const line = file.indexOf(0x0a);
  if (line < 0) return null;
  const head = SnapshotHead.safeParse(parseJson(file.toString('utf8', 0, line)));
  if (!head.success) return null;
  const bytes = file.subarray(line + 1);
  const { cols, rows, scrolled } = head.data;
  const whole = head.data.offset === offset && head.data.length === bytes.length && head.data.sha256 === sha256(bytes);
  return whole ? { offset, cols, rows, scrolled, bytes } : null;
}

/** Complete under its name or not there at all, as far as a killed process goes; the checksum covers a power cut. */
export async function writeSnapshot(directory: string, snapshot: Snapshot): Promise<void> {
  const { offset, cols, rows, scrolled, bytes } = snapshot;
  const head = { version: 1, offset, cols, rows, scrolled, length: bytes.length, sha256: sha256(bytes) };
  await replaceFile(screenPath(directory, offset), Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]));
}

export function sizeLine({ offset, cols, rows }: SizeChange): string {
  return `${offset} ${cols} ${rows}\n`;
}

export function sizesPath(directory: string): string {
  return join(directory, 'sizes');
}

/**
 * Writes beside the file, checks the size and renames over it. Not flushed to the disk: these files outlive a killed
 * server, and after a power cut there is no program left whose output could be continued.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.partial`;
  try {
    const file = await open(partial, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      const { size } = await file.stat();
      if (size !== bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function readSizes(directory: string): Promise<SizeChange[]> {
  let text: string;
  try {
    text = await readFile(sizesPath(directory), 'utf8');
  } catch {
    return [];
  }
  const sizes: SizeChange[] = [];
  // The last piece is empty, or a line that was cut off.
  for (const line of text.split('\n').slice(0, -1)) {
    const [offset, cols, rows] = line.split(' ').map(Number);
    if (isCount(offset) && isCount(cols) && isCount(rows) && cols > 0 && rows > 0) sizes.push({ offset, cols, rows });
  }
  return sizes;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function offsetsOf(names: readonly string[], ending: string): number[] {
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => Number(name.slice(0, -ending.length)))
    .filter(isCount)
    .toSorted((a, b) => a - b);
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

function padded(offset: number): string {
  return String(offset).padStart(12, '0');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
