// The repository of `sesame demo`: small, with something to change, and a bare remote to push to.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { exec } from '../platform/exec.ts';

/** Creates the repository, and its remote in `place`. Throws a Failure when git is missing. */
export async function createDemoRepository(place: string, repository: string, env: NodeJS.ProcessEnv): Promise<void> {
  const remote = join(place, 'remote.git');
  const identity = {
    GIT_AUTHOR_NAME: 'Demo',
    GIT_AUTHOR_EMAIL: 'demo@sesame.invalid',
    GIT_COMMITTER_NAME: 'Demo',
    GIT_COMMITTER_EMAIL: 'demo@sesame.invalid',
  };
  const git = async (...args: string[]): Promise<void> => {
    const result = await exec('git', args, { env: { ...env, ...identity }, timeoutMs: 30_000 });
    if (result.exitCode === 0) return;
    throw new Failure({
      code: result.trouble === 'not-found' ? 'no-git' : 'demo-repository',
      message: result.trouble === 'not-found' ? 'git is not installed' : `git ${args[2] ?? args[0]} failed in ${place}`,
      remedy: result.trouble === 'not-found' ? 'install git, then try again' : 'see what git said',
      detail: result.stderr.toString().slice(0, 2000),
    });
  };
  await git('init', '--quiet', '--bare', '--initial-branch=main', remote);
  await git('init', '--quiet', '--initial-branch=main', repository);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(repository, path, '..'), { recursive: true });
    await writeFile(join(repository, path), content);
  }
  // Whoever commits in the demo is the demo, also where the user has not told git a name.
  await git('-C', repository, 'config', 'user.name', 'Demo');
  await git('-C', repository, 'config', 'user.email', 'demo@sesame.invalid');
  await git('-C', repository, 'add', '--all');
  await git('-C', repository, 'commit', '--quiet', '--no-verify', '-m', 'Open the bookshop');
  await git('-C', repository, 'remote', 'add', 'origin', remote);
  await git('-C', repository, 'push', '--quiet', '--set-upstream', 'origin', 'main');
}

const files: Record<string, string> = {
  'README.md': '# Bookshop\n\nA small shop for large books.\n\n    node src/shop.js\n',
  'src/shop.js':
    "import { books } from './books.js';\nimport { total } from './price.js';\n\nfor (const book of books) console.log(`${book.title}: ${book.price}`);\nconsole.log(`all of them: ${total(books)}`);\n",
  'src/books.js':
    "export const books = [\n  { title: 'On Sesame', price: 12 },\n  { title: 'Forty Thieves', price: 40 },\n];\n",
  'src/price.js': 'export function total(books) {\n  return books.reduce((sum, book) => sum + book.price, 0);\n}\n',
  'package.json': '{\n  "name": "bookshop",\n  "private": true,\n  "type": "module"\n}\n',
};
