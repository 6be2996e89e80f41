// Writing files so that a save is complete or did not happen.
import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../domain/failure.ts';

/** Creates the directory (0700) and its parents. Throws a Failure naming the path when the disk refuses. */
export async function ensureDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileFailure(await reasonFor(error, path), 'create the directory', path);
  }
}

/** Node answers ENOENT for a parent it could not create, whatever the disk said: the first missing one tells why. */
async function reasonFor(error: unknown, path: string): Promise<unknown> {
  if (errorCode(error) !== 'ENOENT') return error;
  let missing = path;
  while (dirname(missing) !== missing && !(await exists(dirname(missing)))) missing = dirname(missing);
  return await mkdir(missing, { mode: 0o700 }).then(
    () => error,
    (reason: unknown) => reason,
  );
}

/**
 * Writes `content` beside `path`, checks the size, flushes, and renames over it. On any error the old file stays as it
 * was and a Failure says what the disk said.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const partial = `${path}.${crypto.randomUUID().slice(0, 12)}.partial`;
  try {
    const file = await open(partial, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
      const { size } = await file.stat();
      if (size !== bytes.byteLength) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    } finally {
      await file.close();
    }
    await chmod(partial, mode);
    await rename(partial, path);
    const directory = await open(dirname(path), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw fileFailure(error, 'write', path);
  }
}

const smallBytes = 1 << 20;

/**
 * The text of a file that others may have put there; null when there is no regular file of that name. A pipe or a
 * device of that name neither holds up the reader nor fills its memory. Throws a Failure past 1 MiB.
 */
export async function readSmallFile(path: string): Promise<string | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENXIO' || code === 'ELOOP') return null;
    throw fileFailure(error, 'read', path);
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) return null;
    if (found.size <= smallBytes) return await file.readFile('utf8');
    throw new Failure({ code: 'file-too-large', message: `${path} is larger than 1 MiB`, remedy: 'make it smaller' });
  } finally {
    await file.close();
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** A Failure for a file operation that names the path and what to do. */
export function fileFailure(error: unknown, verb: string, path: string): Failure {
  const code = errorCode(error);
  const known = code === undefined ? undefined : remedies[code];
  return new Failure(
    {
      code: known?.code ?? 'file-error',
      message: `cannot ${verb} ${path}: ${known?.words ?? (error instanceof Error ? error.message : String(error))}`,
      remedy: known?.remedy ?? 'check the path and its permissions, then try again',
    },
    { cause: error },
  );
}

/** The system's error code (`ENOENT`), if the error has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const remedies: Record<string, { code: string; words: string; remedy: string }> = {
  ENOSPC: { code: 'disk-full', words: 'the disk is full', remedy: 'free some space, then try again' },
  EDQUOT: { code: 'disk-full', words: 'your disk quota is used up', remedy: 'free some space, then try again' },
  EROFS: {
    code: 'read-only',
    words: 'the file system is read-only',
    remedy: 'set SESAME_WORK_DIR to a writable directory',
  },
  EACCES: {
    code: 'no-permission',
    words: 'permission denied',
    remedy: 'make it writable or set SESAME_WORK_DIR to a directory of yours',
  },
  EPERM: {
    code: 'no-permission',
    words: 'operation not permitted',
    remedy: 'make it writable or set SESAME_WORK_DIR to a directory of yours',
  },
  ENOENT: { code: 'no-such-file', words: 'it does not exist', remedy: 'check the path' },
  ENOTDIR: {
    code: 'not-a-directory',
    words: 'a part of the path is a file',
    remedy: 'move that file away or choose another directory',
  },
  EEXIST: { code: 'exists', words: 'a file of that name is in the way', remedy: 'move it away, then try again' },
};
