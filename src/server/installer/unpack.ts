// From the verified file to a fresh folder. Anything an archive does that a plain one does not (links, devices, paths
// outside, setuid, a warning of the reader) ends it: agents are shipped as plain files.
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, lstat, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type ReadEntry, Unpack } from 'tar';
import type { Offer } from './offer.ts';
import { isDiskError, Trouble } from './trouble.ts';

export interface UnpackLimits {
  bytes: number;
  files: number;
}

export interface UnpackOptions {
  /** The verified file. */
  file: string;
  /** Exists and is empty. */
  directory: string;
  offer: Pick<Offer, 'pack' | 'strip' | 'program'>;
  limits: UnpackLimits;
  signal: AbortSignal;
}

/** Throws a Trouble for an archive that is refused, and what the disk said. The program is not yet executable. */
export async function unpack(options: UnpackOptions): Promise<void> {
  const { file, directory, offer, limits, signal } = options;
  const program = join(directory, offer.program);
  if (offer.pack === 'tar') await unpackTar(options);
  else {
    await mkdir(dirname(program), { recursive: true });
    if (offer.pack === 'none') await rename(file, program);
    else await gunzip(file, program, limits.bytes, signal);
  }
  const found = await lstat(program).catch(() => null);
  if (found?.isFile() !== true) throw new Trouble('archive', `it does not hold the program ${offer.program}`);
}

/** After everything was verified. */
export async function makeExecutable(directory: string, program: string): Promise<void> {
  await chmod(join(directory, program), 0o755);
}

async function unpackTar({ file, directory, offer, limits, signal }: UnpackOptions): Promise<void> {
  let bytes = 0;
  let files = 0;
  let refused: Trouble | null = null;
  const stop = new AbortController();
  const refuse = (why: string, path: string): false => {
    refused ??= new Trouble('archive', `its archive is refused: ${why}: ${JSON.stringify(path.slice(0, 200))}`);
    stop.abort(refused);
    return false;
  };
  const unpacker = new Unpack({
    cwd: directory,
    strip: offer.strip,
    strict: true,
    preservePaths: false,
    preserveOwner: false,
    noMtime: true,
    umask: 0o022,
    dmode: 0o755,
    filter: (path, entry) => {
      if (refused !== null) return false;
      // Without a file already on disk the second argument is the entry of the archive.
      const { type, size, mode = 0 } = entry as ReadEntry;
      if (!plainTypes.has(type)) return refuse(`it holds a ${type}`, path);
      if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..'))
        return refuse('a path leads outside', path);
      if ((mode & 0o7000) !== 0) return refuse('a file has special permissions', path);
      files++;
      bytes += size;
      if (files > limits.files) return refuse(`it holds more than ${limits.files} files`, path);
      if (bytes > limits.bytes) return refuse(`it is larger than ${limits.bytes} bytes`, path);
      (entry as ReadEntry).mode = type === 'Directory' ? 0o755 : (mode & 0o111) === 0 ? 0o644 : 0o755;
      return true;
    },
  });
  try {
    await pipeline(createReadStream(file), unpacker as unknown as NodeJS.WritableStream, {
      signal: AbortSignal.any([signal, stop.signal]),
    });
  } catch (error) {
    if (refused !== null) throw refused;
    signal.throwIfAborted();
    if (isDiskError(error)) throw error;
    throw new Trouble(
      'archive',
      `its archive cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  if (refused !== null) throw refused;
}

const plainTypes: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory']);

async function gunzip(file: string, program: string, limitBytes: number, signal: AbortSignal): Promise<void> {
  let size = 0;
  const limit = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      size += bytes.length;
      if (size > limitBytes) done(new Trouble('archive', `it is larger than ${limitBytes} bytes`));
      else done(null, bytes);
    },
  });
  const target = createWriteStream(program, { flags: 'wx', mode: 0o600 });
  try {
    await pipeline(createReadStream(file), createGunzip(), limit, target, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Trouble || isDiskError(error)) throw error;
    throw new Trouble('archive', 'it cannot be unpacked', { cause: error });
  }
}
