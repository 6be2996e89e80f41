// A real repository with a bare remote.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { oncePerHome } from './once-per-home.ts';

const execute = promisify(execFile);

export interface Repository {
  /** The directory of both. */
  place: string;
  path: string;
  remote: string;
  git(...args: string[]): Promise<string>;
  end(): Promise<void>;
}

/** A copy costs two processes instead of seven. */
const template = oncePerHome(async (home) => {
  const place = await mkdtemp(join(home, 'template-'));
  const cwd = join(place, 'work tree');
  const git = (...args: string[]) => execute('git', args, { cwd });
  await execute('git', ['init', '-q', '--bare', '-b', 'main', join(place, 'remote.git')]);
  await execute('git', ['init', '-q', '-b', 'main', cwd]);
  await writeFile(join(cwd, 'README.md'), '# shop\n');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'first');
  await git('remote', 'add', 'origin', join(place, 'remote.git'));
  await git('push', '-q', '-u', 'origin', 'main');
  return place;
});

export async function openRepository(): Promise<Repository> {
  const place = await mkdtemp(join(tmpdir(), 'sesame repo ü '));
  const path = join(place, 'work tree');
  const remote = join(place, 'remote.git');
  const git = async (...args: string[]): Promise<string> => (await execute('git', args, { cwd: path })).stdout.trim();
  await cp(await template(), place, { recursive: true, preserveTimestamps: true });
  await git('config', 'remote.origin.url', remote);
  // The copies have other inodes than the index knows.
  await git('update-index', '--refresh');
  return { place, path, remote, git, end: () => rm(place, { recursive: true, force: true }) };
}
