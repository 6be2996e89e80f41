// When did a session's files change? File-system events of its worktree while something runs in it, commits and staging
// at any time, and the end of a turn. A change is measured once things are quiet, one session at a time. Never by polling.
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { SessionId } from '../../domain/ids.ts';
import { readSmallFile } from '../../platform/files.ts';
import { type Context, isRunning } from './context.ts';

const quietMs = 500;
/** While files change without a pause, the figures follow at least this often. */
const longestMs = 3000;
/**
 * Starting git stops the server for some milliseconds, each of the four processes of a measurement: so not between two
 * keys of somebody who types, unless they do not stop for so long.
 */
const typingPauseMs = 400;
const longestTypingMs = 5000;
/** Directories watched per session, nearest to the top first. What is below is noticed at the end of a turn. */
const directoryLimit = 200;
const ignored = new Set([
  '.git',
  'node_modules',
  '.venv',
  'venv',
  'target',
  'dist',
  'build',
  '.next',
  '.cache',
  '__pycache__',
]);

export interface FileWatch {
  /**
   * Something happened that may have changed files. Also starts or ends watching, as the session now needs it. `atOnce`:
   * a turn is over, and its figures are looked at now; later changes are measured as usual.
   */
  touch(id: SessionId, atOnce?: boolean): void;
  close(): Promise<void>;
}

export function createFileWatch(context: Context): FileWatch {
  const watched = new Map<SessionId, Watched>();
  const due = new Map<SessionId, { first: number; callOff: () => void }>();
  const queue = new Set<SessionId>();
  let measuring: Promise<void> | null = null;
  let endWait: (() => void) | null = null;
  let closed = false;

  const settle = (id: SessionId, quiet = quietMs): void => {
    if (closed) return;
    const now = context.clock.elapsed();
    const first = due.get(id)?.first ?? now;
    due.get(id)?.callOff();
    const wait = Math.max(0, Math.min(quiet, first + longestMs - now));
    due.set(id, {
      first,
      callOff: context.schedule(wait, () => {
        due.delete(id);
        queue.add(id);
        measuring ??= measureAll().finally(() => {
          measuring = null;
        });
      }),
    });
  };

  const untilNobodyTypes = async (): Promise<void> => {
    const latest = context.clock.elapsed() + longestTypingMs;
    while (!closed) {
      const wait = Math.min(typingPauseMs - context.runs.sinceTypedMs, latest - context.clock.elapsed());
      if (wait <= 0) return;
      await new Promise<void>((resolve) => {
        const callOff = context.schedule(wait, resolve);
        endWait = () => {
          callOff();
          resolve();
        };
      });
    }
  };

  const measureAll = async (): Promise<void> => {
    for (const id of queue) {
      await untilNobodyTypes();
      queue.delete(id);
      if (!closed) await measure(context, id);
    }
  };

  return {
    touch(id, atOnce = false) {
      if (closed) return;
      const session = context.events.session(id);
      const place = session?.workplace;
      const needs =
        session !== null && session.trash === null && session.archivedAt === null && place?.kind === 'worktree';
      if (!needs) {
        watched.get(id)?.close();
        watched.delete(id);
        return;
      }
      const found = watched.get(id) ?? openWatched(context, place.path, () => settle(id));
      watched.set(id, found);
      found.watchTree(isRunning(context, session));
      settle(id, atOnce ? 0 : quietMs);
    },
    async close() {
      closed = true;
      for (const entry of watched.values()) entry.close();
      watched.clear();
      for (const { callOff } of due.values()) callOff();
      due.clear();
      endWait?.();
      await measuring;
    },
  };
}

async function measure(context: Context, id: SessionId): Promise<void> {
  const session = context.events.session(id);
  if (session === null || session.workplace.kind !== 'worktree' || session.trash !== null) return;
  try {
    const { path, base } = session.workplace;
    const diff = await context.git.diffStat({ worktree: path, base: base.sha });
    const before = context.events.session(id)?.diff ?? null;
    if (context.events.session(id) === null || JSON.stringify(before) === JSON.stringify(diff)) return;
    context.record({ kind: 'files.changed', session: id, diff });
  } catch (error) {
    // The worktree may be on its way out; reconcile and discard have words for that.
    context.log.info('the changes of a session could not be measured', { session: id, error: String(error) });
  }
}

interface Watched {
  watchTree(on: boolean): void;
  close(): void;
}

/** Watches HEAD and index for commits and staging; with `watchTree` also the files themselves. */
function openWatched(context: Context, worktree: string, changed: () => void): Watched {
  let git: FSWatcher | null = null;
  const tree = new Map<string, FSWatcher>();
  let treeIsOn = false;
  let closed = false;

  const open = (path: string, on: (name: string | null) => void): FSWatcher | null => {
    try {
      const watcher = watch(path, { persistent: false }, (_, name) => on(name));
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch (error) {
      // No watches left, or the directory is gone: the end of the turn still measures.
      context.log.info('a directory is not watched', { path, error: String(error) });
      return null;
    }
  };

  const add = async (top: string): Promise<void> => {
    const directories = [top];
    for (let path = directories.shift(); path !== undefined; path = directories.shift()) {
      if (closed || !treeIsOn || tree.has(path) || tree.size >= directoryLimit) continue;
      const directory = path;
      const entries = await readdir(directory, { withFileTypes: true }).catch(() => null);
      // Not a directory, or gone again.
      if (entries === null || closed || !treeIsOn || tree.has(directory)) continue;
      const watcher = open(directory, (name) => {
        changed();
        // A new directory brings files of its own.
        if (name !== null && !ignored.has(name)) void add(join(directory, name));
      });
      if (watcher === null) return;
      watcher.on('close', () => tree.delete(directory));
      tree.set(directory, watcher);
      for (const entry of entries) {
        if (entry.isDirectory() && !ignored.has(entry.name)) directories.push(join(directory, entry.name));
      }
    }
  };

  void gitDirectoryOf(worktree).then((directory) => {
    if (closed || directory === null) return;
    git = open(directory, (name) => {
      if (name === 'HEAD' || name === 'index') changed();
    });
  });

  return {
    watchTree(on) {
      if (on === treeIsOn) return;
      treeIsOn = on;
      if (on) void add(worktree);
      else for (const watcher of [...tree.values()]) watcher.close();
    },
    close() {
      closed = true;
      git?.close();
      for (const watcher of [...tree.values()]) watcher.close();
    },
  };
}

/** From the link file of a linked worktree. */
async function gitDirectoryOf(worktree: string): Promise<string | null> {
  const link = await readSmallFile(join(worktree, '.git')).catch(() => null);
  const path = /^gitdir: (.+)$/m.exec(link ?? '')?.[1];
  return path === undefined || basename(path) === '' ? null : resolve(worktree, path);
}
