// Where a branch goes: one URL, found as git would find it, said without user name and password.
import type { GitDoor } from '../git/door.ts';
import { withoutUserinfo } from '../git/git-failure.ts';
import { inWorktree } from '../git/repository.ts';

export interface Destination {
  /** As git is given it: after insteadOf and pushInsteadOf. May hold a password. */
  url: string;
  /** As it may be shown. */
  shown: string;
}

/** The branch's own push remote, the repository's, the branch's remote, `origin`, or the only one. Null: there is none. */
export async function findDestination(git: GitDoor, worktree: string, branch: string): Promise<Destination | null> {
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
  const [only] = remotes;
  const name =
    wanted !== null && wanted !== '.' && wanted !== ''
      ? wanted
      : remotes.includes('origin')
        ? 'origin'
        : remotes.length === 1
          ? (only ?? null)
          : null;
  if (name === null) return null;
  // git allows a URL in place of a remote's name.
  const url = remotes.includes(name) ? await git.text(['remote', 'get-url', '--push', '--', name], here) : name;
  return { url, shown: withoutUserinfo(url) };
}
