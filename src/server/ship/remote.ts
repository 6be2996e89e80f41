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
  const [remotes, settings] = await Promise.all([listRemotes(git, here), remoteSettings(git, here)]);
  const wanted =
    settings.get(`branch.${branch}.pushremote`) ??
    settings.get('remote.pushdefault') ??
    settings.get(`branch.${branch}.remote`) ??
    '';
  const name = wanted !== '.' && wanted !== '' ? wanted : usualOf([...remotes.keys()]);
  if (name === null) return [];
  const urls =
    remotes.get(name) ??
    // git allows an address in place of a remote's name, and rewrites it all the same.
    (await listRemotes(git, { ...here, settings: [[`remote.${unnamed}.url`, name]] })).get(unnamed) ??
    [];
  return urls
    .map((url) => (isRelativePath(url) ? resolve(repository, url) : url))
    .map((url) => ({ url, shown: withoutUserinfo(url) }));
}

function usualOf(remotes: readonly string[]): string | null {
  if (remotes.includes('origin')) return 'origin';
  return remotes.length === 1 ? (remotes[0] ?? null) : null;
}

/**
 * The remotes by name with their push addresses. Read from the list, because `git remote get-url` does not know a remote
 * of the user's global settings.
 */
async function listRemotes(git: GitDoor, call: GitCall): Promise<Map<string, string[]>> {
  const end = ' (push)';
  const remotes = new Map<string, string[]>();
  for (const line of (await git.text(['remote', '--verbose'], call)).split('\n')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const urls = remotes.get(line.slice(0, tab)) ?? [];
    if (line.endsWith(end)) urls.push(line.slice(tab + 1, -end.length));
    remotes.set(line.slice(0, tab), urls);
  }
  return remotes;
}

/** Where branches are pushed to. Keys as git prints them: lower case but for the branch; the last value counts. */
async function remoteSettings(git: GitDoor, call: GitCall): Promise<Map<string, string>> {
  const pattern = '^(branch\\..*\\.(pushremote|remote)|remote\\.pushdefault)$';
  const { stdout } = await git.run(['config', '--null', '--get-regexp', pattern], { ...call, accept: [0, 1] });
  const pairs = stdout.toString('utf8').split('\0');
  return new Map(
    pairs
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [key = '', ...value] = pair.split('\n');
        return [key, value.join('\n')] as const;
      }),
  );
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
