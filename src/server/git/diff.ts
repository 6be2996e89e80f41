// What a session changed: from the stored base commit to the files as they are now, committed or not, known to git or
// not. Untracked files are entered into a private copy of the index, so the agent's own index is never touched.
import { lstat } from 'node:fs/promises';
import type { DiffStat, DiffSummary, FileChange, FileDiff } from '../../domain/diff.ts';
import { Failure } from '../../domain/failure.ts';
import type { Sha } from '../../domain/ids.ts';
import { plainLine } from '../../domain/plain-text.ts';
import { noLimits, parseUnifiedDiff, usualLimits } from '../../domain/unified-diff.ts';
import { type GitCall, type GitDoor, readable, splitNul } from './door.ts';
import { largeFileBytes } from './environment.ts';
import { filterNames, gitDirectoryOf, inWorktree, withPrivateIndex } from './repository.ts';

/** Untracked files that are compared line by line. An agent that forgets to ignore its dependencies makes 100,000. */
const untrackedLimit = 5000;
const diffMs = 60_000;
/** Bytes of one file's diff that are read; with `all`, of what the user asked for. */
const fileBytes = 8 << 20;
const wholeBytes = 64 << 20;

/** Nothing here may depend on the user's own taste in diffs, and nothing may run a program of the repository. */
const flags = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-relative',
  '--ignore-submodules=dirty',
  '--find-renames',
  '-l2000',
  '-O/dev/null',
];
const patchFlags = [...flags, '--unified=3', '--inter-hunk-context=0', '--src-prefix=a/', '--dst-prefix=b/'];

interface Target {
  worktree: string;
  base: Sha;
}

/** A file of the summary with its path as git has it, one character a byte. */
interface RawChange {
  bytes: string;
  fromBytes: string | null;
  file: FileChange;
}

export async function diffStat(git: GitDoor, target: Target): Promise<DiffStat> {
  return (await diff(git, target)).stat;
}

export async function diff(git: GitDoor, target: Target): Promise<DiffSummary> {
  return withChanges(git, target, async (call, untracked) => {
    const changes = await readChanges(git, target, call, untracked.names, '--numstat');
    const files = await Promise.all(changes.map((change) => withSize(target, change)));
    return {
      base: target.base,
      stat: {
        files: files.length + untracked.left,
        insertions: files.reduce((sum, file) => sum + (file.insertions ?? 0), 0),
        deletions: files.reduce((sum, file) => sum + (file.deletions ?? 0), 0),
      },
      files,
    };
  });
}

export async function fileDiff(git: GitDoor, target: Target & { path: string; all: boolean }): Promise<FileDiff> {
  return withChanges(git, target, async (call, untracked) => {
    const changes = await readChanges(git, target, call, untracked.names, null);
    const found = changes.find(({ file }) => file.path === target.path);
    if (found === undefined) {
      throw new Failure({
        code: 'no-such-file',
        message: `${JSON.stringify(target.path)} is not among the changed files`,
        remedy: 'read the list of files again',
      });
    }
    const paths = [found.bytes, ...(found.fromBytes === null ? [] : [found.fromBytes])].map(asPathspec);
    const asked = {
      ...call,
      env: { ...call.env, GIT_LITERAL_PATHSPECS: '0' },
      maxBytes: target.all ? wholeBytes : fileBytes,
      truncate: true,
    };
    const [patch, counted] = await Promise.all([
      git.run(['diff', ...patchFlags, target.base, '--', ...paths], asked),
      git.run(['diff', '--numstat', '-z', ...flags, target.base, '--', ...paths], asked),
    ]);
    const counts = readCounts(splitNul(counted.stdout)).get(found.bytes) ?? { insertions: null, deletions: null };
    const file = await withSize(target, { ...found, file: withCounts(found.file, counts) });
    const { hunks, omittedLines } = parseUnifiedDiff(
      patch.stdout.toString('utf8'),
      target.all ? noLimits : usualLimits,
    );
    if (!patch.truncated) return { file, hunks, omittedLines };
    const changed = (file.insertions ?? 0) + (file.deletions ?? 0);
    const shown = hunks.flatMap(({ lines }) => lines).filter(({ kind }) => kind === 'add' || kind === 'delete').length;
    return { file, hunks, omittedLines: Math.max(omittedLines, changed - shown, 1) };
  });
}

export async function patch(git: GitDoor, target: Target): Promise<string> {
  return withChanges(git, target, async (call) => {
    const { stdout } = await git.run(['diff', '--binary', '--full-index', ...patchFlags, target.base, '--'], {
      ...call,
      maxBytes: wholeBytes,
    });
    return stdout.toString('utf8');
  });
}

async function withChanges<T>(
  git: GitDoor,
  target: Target,
  use: (call: GitCall & { env: Record<string, string> }, untracked: Untracked) => Promise<T>,
): Promise<T> {
  const here = inWorktree(target.worktree);
  const [gitDirectory, withoutFilters] = await Promise.all([gitDirectoryOf(git, here), filterNames(git, here)]);
  return withPrivateIndex(gitDirectory, async (index) => {
    const call = { cwd: here.cwd, env: { ...here.env, ...index }, withoutFilters, timeoutMs: diffMs };
    const untracked = await listUntracked(git, call);
    await enterUntracked(git, call, untracked.names, target.base);
    return use(call, untracked);
  });
}

interface Untracked {
  names: string[];
  /** How many more there are than are looked into. */
  left: number;
}

async function listUntracked(git: GitDoor, call: GitCall): Promise<Untracked> {
  const { stdout } = await git.run(['ls-files', '-z', '--others', '--exclude-standard'], {
    ...call,
    maxBytes: 16 << 20,
    truncate: true,
  });
  // A nested repository is listed with a slash at its end; it is not ours to look into.
  const all = splitNul(stdout).filter((name) => !name.endsWith('/'));
  return { names: all.slice(0, untrackedLimit), left: Math.max(0, all.length - untrackedLimit) };
}

/**
 * Enters the files as empty ones that look changed, so that a diff compares what is on disk. `add --intent-to-add`
 * would do the same but also rewrites the entries of files that are known and modified.
 */
async function enterUntracked(git: GitDoor, call: GitCall, names: string[], base: Sha): Promise<void> {
  if (names.length === 0) return;
  const empty = base.length === 64 ? emptyBlob.sha256 : emptyBlob.sha1;
  const lines = names.map((name) => `100644 ${empty}\t${name}\0`).join('');
  await git.run(['update-index', '-z', '--index-info'], {
    ...call,
    readOnly: false,
    input: Buffer.from(lines, 'latin1'),
  });
}

const emptyBlob = {
  sha1: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  sha256: '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
};

async function readChanges(
  git: GitDoor,
  target: Target,
  call: GitCall,
  untracked: string[],
  counted: '--numstat' | null,
): Promise<RawChange[]> {
  const { stdout, exitCode, stderr } = await git.run(
    ['diff', '--raw', ...(counted === null ? [] : [counted]), '-z', ...flags, target.base, '--'],
    { ...call, accept: [0, 128] },
  );
  if (exitCode !== 0) throw notCompared(target, stderr.toString('utf8'));
  const fields = splitNul(stdout);
  const changes: RawChange[] = [];
  const unknown = new Set(untracked);
  let at = 0;
  for (; fields[at]?.startsWith(':') === true; at++) {
    const letter = /([A-Z])\d*$/.exec(fields[at] ?? '')?.[1] ?? 'M';
    const fromBytes = letter === 'R' || letter === 'C' ? (fields[++at] ?? null) : null;
    const bytes = fields[++at] ?? '';
    // A path in conflict has a record of its own before the one for its content, if it has any.
    const last = changes.at(-1);
    if (letter !== 'U' && last?.bytes === bytes) changes.pop();
    if (letter === 'U' && last?.bytes === bytes) continue;
    changes.push({
      bytes,
      fromBytes,
      file: {
        path: readable(bytes),
        from: fromBytes === null ? null : readable(fromBytes),
        change: changeOf[letter] ?? 'modified',
        insertions: null,
        deletions: null,
        binary: false,
        untracked: unknown.has(bytes),
      },
    });
  }
  if (counted === null) return changes;
  const counts = readCounts(fields.slice(at));
  return changes.map((change) => {
    const count = counts.get(change.bytes);
    return count === undefined ? change : { ...change, file: withCounts(change.file, count) };
  });
}

const changeOf: Record<string, FileChange['change']> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type',
};

interface Counts {
  insertions: number | null;
  deletions: number | null;
}

/** `12\t3\tpath`, or `12\t3\t` followed by both names of a rename; `-` for binary files. */
function readCounts(fields: string[]): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  for (let at = 0; at < fields.length; at++) {
    const match = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(fields[at] ?? '');
    if (match === null) continue;
    if (match[3] === '') at += 2;
    const path = match[3] === '' ? (fields[at] ?? '') : (match[3] ?? '');
    counts.set(path, {
      insertions: match[1] === '-' ? null : Number(match[1]),
      deletions: match[2] === '-' ? null : Number(match[2]),
    });
  }
  return counts;
}

function withCounts(file: FileChange, counts: Counts): FileChange {
  return { ...file, ...counts, binary: counts.insertions === null };
}

/** Says of what git calls binary whether it may be text that is only too large. */
async function withSize({ worktree }: Target, { bytes, file }: RawChange): Promise<FileChange> {
  if (!file.binary) return file;
  const path = Buffer.concat([Buffer.from(`${worktree}/`), Buffer.from(bytes, 'latin1')]);
  // A deleted one has no size any more.
  const size = await lstat(path).then(
    (stats) => (stats.isFile() ? stats.size : 0),
    () => 0,
  );
  return size <= largeFileBytes ? file : { ...file, large: true };
}

/** A path as a pattern that matches it only; bytes that cannot be in an argument become `?`. */
function asPathspec(bytes: string): string {
  const text = readable(bytes);
  if (Buffer.from(text, 'utf8').toString('latin1') === bytes) return `:(top,literal)${text}`;
  const pattern = bytes.replace(/[*?[\\]/g, '\\$&').replace(/[\u0080-\u00ff]/g, '?');
  return `:(top,glob)${pattern}`;
}

function notCompared(target: Target, words: string): Failure {
  // A named pipe or a socket in place of a file.
  const odd = /^error: (.+): unsupported file type$/m.exec(words)?.[1];
  if (odd === undefined) return baseGone(target, words);
  return new Failure({
    code: 'odd-file',
    message: `${plainLine(odd)} in ${target.worktree} is neither a file nor a link, so git cannot compare it`,
    remedy: 'delete it there, then look again',
  });
}

function baseGone(target: Target, words: string): Failure {
  return new Failure({
    code: 'no-such-base',
    message: `the base commit ${target.base.slice(0, 12)} cannot be compared with ${target.worktree}`,
    remedy: 'the repository lost it or the worktree belongs to another one; discard the session or fetch the commit',
    detail: words.slice(0, 2000),
  });
}
