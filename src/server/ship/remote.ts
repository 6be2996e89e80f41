// Where a branch goes: the addresses, found as git would find them in the user's checkout, said without user name and
// password.
import { resolve } from 'node:path';
import type { GitCall, GitDoor } from '../git/door.ts';
import { withoutUserinfo } from '../git/git-failure.ts';
import { inWorktree } from '../git/repository.ts';

export interface Destination {
  /** Complete: after insteadOf and pushInsteadOf, a relative path made absolute. May hold a password. */
  url: string;
  /** As it may be shown. */
  shown: string;
}

/** The name under which git is shown an address that stands where a remote's name could. */
const unnamed = 'sesame.address';

/**
 * The branch's own push remote, the repository's, the branch's remote, `origin`, or the only one. A remote with several
 * push addresses has them all; none: there is no remote. `repository` is the user's checkout: a relative path is meant
 * from there, wherever the worktree lies.
 */
export async function findDestinations(
  git: GitDoor,
  { worktree, repository, branch }: { worktree: string; repository: string; branch: string },
): Promise<Destination[]> {
  const here = inWorktree(worktree);
  const remotes = (await git.text(['remote'], here)).split('\n').filter((name) => name !== '');
  const setting = async (key: string): Promise<string | null> => {
    const { stdout, exitCode } = await git.run(['config', '--null', '--get', key], { ...here, accept: [0, 1] });
    return exitCode === 0 ? (stdout.toString('utf8').split('\0')[0] ?? null) : null;
  };
  const wanted =
    (await setting(`branch.${branch}.pushRemote`)) ??
    (await setting('remote.pushDefault')) ??
    (await setting(`branch.${branch}.remote`));
  const name = wanted !== null && wanted !== '.' && wanted !== '' ? wanted : usualOf(remotes);
  if (name === null) return [];
  const urls = remotes.includes(name)
    ? await pushUrls(git, here, name)
    : // git allows an address in place of a remote's name, and rewrites it all the same.
      await pushUrls(git, { ...here, settings: [[`remote.${unnamed}.url`, name]] }, unnamed);
  return urls
    .map((url) => (isRelativePath(url) ? resolve(repository, url) : url))
    .map((url) => ({ url, shown: withoutUserinfo(url) }));
}

function usualOf(remotes: readonly string[]): string | null {
  if (remotes.includes('origin')) return 'origin';
  return remotes.length === 1 ? (remotes[0] ?? null) : null;
}

/** Read from the list, because `git remote get-url` does not know a remote of the user's global settings. */
async function pushUrls(git: GitDoor, call: GitCall, name: string): Promise<string[]> {
  const start = `${name}\t`;
  const end = ' (push)';
  const lines = (await git.text(['remote', '--verbose'], call)).split('\n');
  return lines
    .filter((line) => line.startsWith(start) && line.endsWith(end))
    .map((line) => line.slice(start.length, -end.length));
}

/** git's own rule: a colon before the first slash makes it a host, a URL or a helper; `~` is a home directory. */
function isRelativePath(url: string): boolean {
  const [colon, slash] = [url.indexOf(':'), url.indexOf('/')];
  const isPath = colon === -1 || (slash !== -1 && slash < colon);
  return isPath && !url.startsWith('/') && !url.startsWith('~');
}

/** Settings with which git takes this address as it is: it was rewritten once, and must not be a second time. */
export function asItIs({ url }: Destination): ReadonlyArray<readonly [string, string]> {
  // The longest match wins, and none is longer than the whole address.
  return [
    [`url.${url}.insteadOf`, url],
    [`url.${url}.pushInsteadOf`, url],
  ];
}
