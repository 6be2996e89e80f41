// A real repository with a bare remote.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Repository {
  /** The directory of both. */
  place: string;
  path: string;
  remote: string;
  git(...args: string[]): Promise<string>;
  end(): Promise<void>;
}

export async function openRepository(): Promise<Repository> {
  const place = await mkdtemp(join(tmpdir(), 'sesame repo ü '));
  const path = join(place, 'work tree');
  const remote = join(place, 'remote.git');
  const git = async (...args: string[]): Promise<string> => (await execute('git', args, { cwd: path })).stdout.trim();
  await execute('git', ['init', '-q', '--bare', '-b', 'main', remote]);
  await execute('git', ['init', '-q', '-b', 'main', path]);
  await writeFile(join(path, 'README.md'), '# shop\n');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'first');
  await git('remote', 'add', 'origin', remote);
  await git('push', '-q', '-u', 'origin', 'main');
  return { place, path, remote, git, end: () => rm(place, { recursive: true, force: true }) };
}
