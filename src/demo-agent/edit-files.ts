// Makes an edit on disk, inside the current directory only.
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Edit } from './plan.ts';

export interface Edited {
  verb: 'added' | 'edited';
  path: string;
  added: number;
  removed: number;
}

/** Returns what was done, or a sentence that says why not. A symbolic link on the way is never followed. */
export async function makeEdit(root: string, edit: Edit): Promise<Edited | { refused: string }> {
  const parts = edit.path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = join(root, ...parts.slice(0, depth));
    const found = await lstat(path).catch(() => null);
    if (found === null) break;
    const right = depth === parts.length ? found.isFile() : found.isDirectory();
    if (!right) return { refused: `${edit.path}: something else is in the way, left as it is` };
  }
  const path = join(root, edit.path);
  const old = await readFile(path, 'utf8').catch(() => null);
  const content = edit.apply(old);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  const before = lines(old ?? '');
  return { verb: old === null ? 'added' : 'edited', path: edit.path, added: lines(content) - before, removed: 0 };
}

function lines(text: string): number {
  return text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
