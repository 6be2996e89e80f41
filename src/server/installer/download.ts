// A file from the web to the disk, resumable: what was fetched stays in `<path>`, and `<path>.json` says of what it is the
// beginning. The file is 0600 and nothing of it counts until its digest was compared.
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import * as z from 'zod';
import { writeFileAtomic } from '../../platform/files.ts';
import { isTransient, Trouble } from './trouble.ts';
import { type Reply, statusTrouble, type Web } from './web.ts';

export interface DownloadOptions {
  web: Web;
  url: URL;
  path: string;
  /** Larger answers are refused. */
  limitBytes: number;
  signal: AbortSignal;
  onBytes(done: number, total: number | null): void;
}

/** Of which answer the partial file is the beginning. Without a validator there is no going on. */
const Note = z.object({ url: z.string(), validator: z.string().nullable() });
type Note = z.infer<typeof Note>;

/** Connections that break after some bytes are made again this often. */
const attempts = 4;

/** Resolves when the whole answer is on disk. Throws a Trouble, or what the disk said; what was fetched stays. */
export async function download(options: DownloadOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const before = await sizeOf(options.path);
    try {
      await fetchRest(options, before);
      return;
    } catch (error) {
      const grew = (await sizeOf(options.path)) > before;
      if (!grew || attempt >= attempts || !isTransient(error) || options.signal.aborted) throw error;
    }
  }
}

export async function forgetDownload(path: string): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(`${path}.json`, { force: true })]);
}

async function fetchRest(
  { web, url, path, limitBytes, signal, onBytes }: DownloadOptions,
  size: number,
): Promise<void> {
  const note = await readNote(path);
  const goesOn = size > 0 && note !== null && note.url === url.href && note.validator !== null;
  const reply = await web.open(url, {
    headers: {
      accept: '*/*',
      'accept-encoding': 'identity',
      ...(goesOn ? { range: `bytes=${size}-`, 'if-range': note.validator ?? '' } : {}),
    },
    signal,
  });
  try {
    const place = placeOf(reply, goesOn ? size : 0);
    if (place === 'complete') return;
    if (place === 'again') {
      reply.dispose();
      await forgetDownload(path);
      return await fetchRest({ web, url, path, limitBytes, signal, onBytes }, 0);
    }
    const { from, total } = place;
    if (total !== null && total > limitBytes) throw tooLarge(reply, limitBytes);
    const file = await open(path, from === 0 ? 'w' : 'r+', 0o600);
    try {
      if (from === 0) {
        await writeFileAtomic(
          `${path}.json`,
          JSON.stringify({ url: url.href, validator: validatorOf(reply) } satisfies Note),
        );
      }
      let done = from;
      onBytes(done, total);
      for await (const bytes of reply.body) {
        if (done + bytes.length > limitBytes) throw tooLarge(reply, limitBytes);
        await writeAll(file, bytes, done);
        done += bytes.length;
        onBytes(done, total);
      }
      if (total !== null && done !== total) {
        throw new Trouble('network', `it ended after ${done} of ${total} bytes`, { host: reply.url.host });
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    reply.dispose();
  }
}

/** Where the answer's bytes belong. `again`: what we have is not its beginning. */
function placeOf(reply: Reply, asked: number): { from: number; total: number | null } | 'complete' | 'again' {
  const { status, headers } = reply;
  const length = headers['content-length'] === undefined ? null : Number(headers['content-length']);
  if (status === 200) return { from: 0, total: length };
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  if (status === 206 && asked > 0) {
    if (from === undefined || Number(from) !== asked) return 'again';
    return { from: asked, total: total === '*' ? null : Number(total) };
  }
  if (status === 416 && asked > 0) {
    return headers['content-range'] === `bytes */${asked}` ? 'complete' : 'again';
  }
  throw statusTrouble(reply);
}

/** A strong one only: a weak one does not promise equal bytes. */
function validatorOf({ headers }: Reply): string | null {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith('W/')) return etag;
  return headers['last-modified'] ?? null;
}

/** The system may take less than it was given. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    if (bytesWritten === 0) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    written += bytesWritten;
  }
}

function tooLarge(reply: Reply, limitBytes: number): Trouble {
  return new Trouble('too-large', `it is larger than ${limitBytes} bytes`, { host: reply.url.host });
}

async function readNote(path: string): Promise<Note | null> {
  try {
    const parsed = Note.safeParse(JSON.parse(await readFile(`${path}.json`, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const file = await open(path, 'r');
    try {
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  } catch {
    return 0;
  }
}
