// The branches there are, for sessions that work on one of them. A name is looked up as it is written, never as an
// expression such as `main~1`.
import { Failure } from '../../domain/failure.ts';
import { Sha } from '../../domain/ids.ts';
import type { GitDoor } from './door.ts';
import type { BranchEntry, FoundBranch } from './git.ts';
import { callFor } from './repository.ts';
import { listWorktrees } from './worktree.ts';

/** Branches one list holds. */
export const mostBranches = 1000;

/** The last committed first. A remote branch is left out where there is a local one of its name. */
export async function listBranches(git: GitDoor, repository: string): Promise<BranchEntry[]> {
  const call = await callFor(repository);
  const format = ['%(refname)', '%(objectname)', '%(committerdate:unix)', '%(symref)', '%(contents:subject)'].join(
    '%00',
  );
  const [text, remotes, worktrees] = await Promise.all([
    git.text(
      [
        'for-each-ref',
        `--count=${mostBranches * 2}`,
        '--sort=-committerdate',
        `--format=${format}`,
        'refs/heads/',
        'refs/remotes/',
      ],
      call,
    ),
    remoteNames(git, repository),
    listWorktrees(git, repository),
  ]);
  const all = text.split('\n').flatMap((line): BranchEntry[] => {
    const [ref = '', sha, at, symref, subject = ''] = line.split('\0');
    const name = nameOf(ref, remotes);
    const commit = Sha.safeParse(sha);
    if (name === null || !commit.success || symref !== '') return [];
    const checkedOut = name.remote === null ? worktrees.find(({ branch }) => branch === name.branch) : undefined;
    return [{ ...name, sha: commit.data, at: Number(at) * 1000, subject, checkedOut: checkedOut?.path ?? null }];
  });
  const local = new Set(all.filter(({ remote }) => remote === null).map(({ branch }) => branch));
  return all.filter(({ remote, branch }) => remote === null || !local.has(branch)).slice(0, mostBranches);
}

/**
 * The branch of this name: a local one, else one of a remote (`origin/x`, or `x` where one remote alone has it). Throws
 * Failures: no-such-branch, branch-differs.
 */
export async function findBranch(git: GitDoor, repository: string, text: string): Promise<FoundBranch> {
  const name = text.replace(/^refs\/heads\//, '');
  const own = await shaOf(git, repository, `refs/heads/${name}`);
  if (own !== null) return { branch: name, ref: name, sha: own };
  const found: FoundBranch[] = [];
  for (const remote of await remoteNames(git, repository)) {
    const start = `${remote}/`;
    const branch = name.startsWith(start) ? name.slice(start.length) : name;
    const sha = await shaOf(git, repository, `refs/remotes/${remote}/${branch}`);
    if (sha !== null && (name.startsWith(start) || branch === name))
      found.push({ branch, ref: `${remote}/${branch}`, sha });
  }
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Failure({
      code: 'no-such-branch',
      message:
        found.length > 1
          ? `the branch ${name} is on several remotes: ${found.map(({ ref }) => ref).join(', ')}`
          : `there is no branch ${JSON.stringify(name.slice(0, 200))} in ${repository}`,
      remedy: found.length > 1 ? 'say which one' : 'choose one that `git branch --all` shows, or fetch it first',
    });
  }
  const local = await shaOf(git, repository, `refs/heads/${only.branch}`);
  if (local === null) return only;
  if (local === only.sha) return { branch: only.branch, ref: only.branch, sha: local };
  throw new Failure({
    code: 'branch-differs',
    message: `there is a local branch ${only.branch}, which stands elsewhere than ${only.ref}`,
    remedy: `work on ${only.branch} itself, or start a session of its own from the base ${only.ref}`,
  });
}

async function shaOf(git: GitDoor, repository: string, ref: string): Promise<Sha | null> {
  if (/[\0-\x20\x7f]/.test(ref)) return null;
  const { stdout, exitCode } = await git.run(['show-ref', '--verify', '--hash', '--', ref], {
    ...(await callFor(repository)),
    accept: [0, 1, 128],
  });
  const sha = Sha.safeParse(stdout.toString('latin1').trim());
  return exitCode === 0 && sha.success ? sha.data : null;
}

async function remoteNames(git: GitDoor, repository: string): Promise<string[]> {
  const text = await git.text(['remote'], await callFor(repository));
  return text.split('\n').filter((name) => name !== '');
}

function nameOf(ref: string, remotes: readonly string[]): { branch: string; remote: string | null } | null {
  if (ref.startsWith('refs/heads/')) return { branch: ref.slice('refs/heads/'.length), remote: null };
  const rest = ref.replace(/^refs\/remotes\//, '');
  // The names of remotes may hold slashes.
  const remote = remotes.filter((name) => rest.startsWith(`${name}/`)).sort((a, b) => b.length - a.length)[0];
  return remote === undefined ? null : { branch: rest.slice(remote.length + 1), remote };
}
