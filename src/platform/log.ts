// A small log file, one JSON object per line, bounded. Values are written as given: callers never pass a secret.
import { appendFile, rename, stat } from 'node:fs/promises';

export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** Resolves when everything said so far is on disk, or could not be written. */
  flush(): Promise<void>;
}

const limitBytes = 4 << 20;

/** Appends to `path`; at 4 MiB the file becomes `<path>.1`. A disk that refuses loses log lines, nothing else. */
export function openLog(path: string, now: () => number): Log {
  let tail: Promise<void> = Promise.resolve();
  const write = (level: string, message: string, fields?: Record<string, unknown>): void => {
    const line = `${JSON.stringify({ at: new Date(now()).toISOString(), level, message, ...fields })}\n`;
    tail = tail.then(async () => {
      try {
        await appendFile(path, line, { mode: 0o600 });
        if ((await stat(path)).size > limitBytes) await rename(path, `${path}.1`);
      } catch {
        // The log is the last place an error can go; losing a line must not end the server.
      }
    });
  };
  return {
    info: (message, fields) => write('info', message, fields),
    error: (message, fields) => write('error', message, fields),
    flush: () => tail,
  };
}

export const silentLog: Log = { info: () => undefined, error: () => undefined, flush: () => Promise.resolve() };
