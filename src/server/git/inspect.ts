// Looking at the user's repository before anything is made: what it is, which commit a base names, which branch is free.
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { Failure } from '../../domain/failure.ts';
import { ProjectId, Sha } from '../../domain/ids.ts';
import { branchPrefix, projectDirectoryName } from '../../domain/names.ts';
import type { ProjectView } from '../../domain/project.ts';
import { readSmallFile } from '../../platform/files.ts';
import type { GitCall, GitDoor } from './door.ts';
import {
  callFor,
  commitOf,
  commonDirectoryOf,
  filterNames,
  gitDirectoryOf,
  isGitDirectory,
  isOurs,
  truePath,
} from './repository.ts';
import { listWorktrees } from './worktree.ts';

/** The parts of sesame.json that are shown before anything is made. Other keys are allowed and not read here. */
const ProjectFile = z.object({ setup: z.string().optional(), check: z.string().optional() });

export async function inspect(git: GitDoor, path: string): Promise<ProjectView> {
  const call = await locate(git, path);
  const bare = call.env?.['GIT_DIR'] !== undefined;
  const top = bare ? await truePath(call.cwd) : await git.text(['rev-parse', '--show-toplevel'], call);
  const at = bare ? call : { cwd: top };
  const [state, remotes, file] = await Promise.all([
    bare ? bareState(git, at) : statusOf(git, at),
    git.text(['remote'], at),
    readProjectFile(git, at),
  ]);
  const name = basename(top).replace(/\.git$/, '') || 'project';
  const hash = createHash('sha256').update(top).digest('hex').slice(0, 8);
  return {
    project: { id: ProjectId.parse(`${projectDirectoryName(name)}-${hash}`), path: top, name },
    bare,
    ...state,
    remotes: remotes.split('\n').filter((remote) => remote !== ''),
    setup: file.setup ?? null,
    check: file.check ?? null,
  };
}

/** Where the repository of `path` is. A worktree of ours belongs to the repository it was made from. */
async function locate(git: GitDoor, path: string): Promise<Pick<GitCall, 'cwd' | 'env'>> {
  if (await isGitDirectory(path)) {
    return basename(path) === '.git' ? locate(git, dirname(path)) : callFor(await truePath(path));
  }
  const own = await gitDirectoryOf(git, { cwd: path });
  if (!(await isOurs(own))) return { cwd: path };
  const common = await commonDirectoryOf(git, { cwd: path });
  return basename(common) === '.git' ? { cwd: dirname(common) } : callFor(common);
}

async function headOf(git: GitDoor, call: Pick<GitCall, 'cwd' | 'env'>): Promise<Sha | null> {
  return commitOf(git, call, 'HEAD');
}

async function branchOf(git: GitDoor, call: Pick<GitCall, 'cwd' | 'env'>): Promise<string | null> {
  const { stdout, exitCode } = await git.run(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
    ...call,
    accept: [0, 1],
  });
  return exitCode === 0 ? stdout.toString('utf8').trimEnd() : null;
}

type State = Pick<ProjectView, 'branch' | 'head' | 'dirty' | 'ahead' | 'behind'>;

async function bareState(git: GitDoor, call: GitCall): Promise<State> {
  const [branch, head] = await Promise.all([branchOf(git, call), headOf(git, call)]);
  return { branch, head, dirty: false, ahead: null, behind: null };
}

async function statusOf(git: GitDoor, call: GitCall): Promise<State> {
  const { stdout, truncated } = await git.run(
    ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal', '--ignore-submodules=dirty'],
    { ...call, withoutFilters: await filterNames(git, call), maxBytes: 1 << 20, truncate: true },
  );
  const state: State = { branch: null, head: null, dirty: truncated, ahead: null, behind: null };
  for (const record of stdout.toString('utf8').split('\0')) {
    const [, key, value = ''] = /^# branch\.(\w+) (.*)$/s.exec(record) ?? [];
    if (key === 'oid') state.head = Sha.safeParse(value).data ?? null;
    else if (key === 'head') state.branch = value === '(detached)' ? null : value;
    else if (key === 'ab') [state.ahead = null, state.behind = null] = value.split(' ').map((n) => Math.abs(Number(n)));
    else if (record !== '' && !record.startsWith('# ')) state.dirty = true;
  }
  return state;
}

async function readProjectFile(git: GitDoor, call: GitCall): Promise<z.infer<typeof ProjectFile>> {
  const text = await projectFileText(git, call);
  if (text === null) return {};
  try {
    return ProjectFile.parse(JSON.parse(text));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)[0]
        : error instanceof Error
          ? error.message
          : '';
    throw new Failure(
      {
        code: 'bad-project-file',
        message: `sesame.json of ${call.cwd} cannot be used: ${why ?? 'it is damaged'}`,
        remedy: 'correct the file or delete it',
      },
      { cause: error },
    );
  }
}

/** The file of the checkout; of the last commit in a bare repository. */
async function projectFileText(git: GitDoor, call: GitCall): Promise<string | null> {
  if (call.env?.['GIT_DIR'] === undefined) return readSmallFile(join(call.cwd, 'sesame.json'));
  const { stdout, exitCode } = await git.run(['cat-file', 'blob', 'HEAD:sesame.json'], { ...call, accept: [0, 128] });
  return exitCode === 0 ? stdout.toString('utf8') : null;
}

export async function resolveBase(
  git: GitDoor,
  repository: string,
  base: string | undefined,
): Promise<{ ref: string; sha: Sha }> {
  const call = await callFor(repository);
  if (base === undefined) {
    const sha = await headOf(git, call);
    if (sha === null) throw await noCommit(git, call);
    return { ref: (await branchOf(git, call)) ?? 'HEAD', sha };
  }
  const direct = await commitOf(git, call, base);
  if (direct !== null) return { ref: base, sha: direct };
  // A branch that exists on a remote only, as `git switch` would find it.
  const remotes = (await git.text(['remote'], call)).split('\n').filter((remote) => remote !== '');
  const found: Array<{ ref: string; sha: Sha }> = [];
  for (const remote of remotes) {
    const sha = await commitOf(git, call, `refs/remotes/${remote}/${base}`);
    if (sha !== null) found.push({ ref: `${remote}/${base}`, sha });
  }
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if ((await headOf(git, call)) === null && remotes.length === 0) throw await noCommit(git, call);
  throw new Failure({
    code: 'no-such-base',
    message:
      found.length > 1
        ? `the base ${base} is on several remotes: ${found.map(({ ref }) => ref).join(', ')}`
        : `there is no branch, tag or commit ${JSON.stringify(base.slice(0, 200))} in ${repository}`,
    remedy: 'choose one that `git branch --all` or `git log` shows, or fetch it first',
  });
}

async function noCommit(git: GitDoor, call: GitCall): Promise<Failure> {
  const count = await git.text(
    ['for-each-ref', '--count=1', '--format=%(refname:short)', 'refs/heads', 'refs/remotes'],
    call,
  );
  if (count !== '') {
    return new Failure({
      code: 'no-such-base',
      message: `the branch checked out in ${call.cwd} has no commit yet`,
      remedy: `choose a base: --base ${count}`,
    });
  }
  return new Failure({
    code: 'empty-repository',
    message: `${call.cwd} has no commit yet, so there is nothing to start from`,
    remedy: 'make a first commit: git commit --allow-empty -m start',
  });
}

export async function freeBranch(git: GitDoor, repository: string, wanted: string): Promise<string> {
  const call = await callFor(repository);
  const [refs, worktrees] = await Promise.all([
    git.text(['for-each-ref', '--format=%(refname)', 'refs/heads/'], call),
    listWorktrees(git, repository),
  ]);
  // Compared without case: on some file systems two names that differ in case only are one file.
  const taken = new Set(
    [
      ...refs.split('\n').map((ref) => ref.slice('refs/heads/'.length)),
      ...worktrees.map(({ branch }) => branch ?? ''),
    ].map((name) => name.toLowerCase()),
  );
  const folder = branchPrefix.slice(0, -1);
  if (wanted.startsWith(branchPrefix) && taken.has(folder)) {
    throw new Failure({
      code: 'branch-taken',
      message: `a branch named ${folder} is in the way: git cannot have it and ${wanted} at once`,
      remedy: `rename it: git branch -m ${folder} ${folder}-old`,
    });
  }
  const isTaken = (name: string): boolean =>
    taken.has(name.toLowerCase()) || [...taken].some((other) => other.startsWith(`${name.toLowerCase()}/`));
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!isTaken(name)) return name;
  }
}

export async function branchSha(git: GitDoor, repository: string, branch: string): Promise<Sha | null> {
  return commitOf(git, await callFor(repository), `refs/heads/${branch}`);
}
