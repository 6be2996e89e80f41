import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  addBareRemote,
  digestOf,
  git,
  makeRepository,
  noIdentity,
  refusePushes,
  serveHttp,
  type TestRepository,
  temporaryDirectory,
  writeFiles,
  writeScript,
} from '../../../test/support/git.ts';
import { Failure } from '../../domain/failure.ts';
import { systemClock } from '../../platform/clock.ts';
import { createGit } from '../git/host-git.ts';
import { createShip } from './git-ship.ts';
import type { Ship, ShipRequest } from './ship.ts';

interface Setup {
  repository: TestRepository;
  worktree: string;
  ship: Ship;
  request: ShipRequest;
  /** `step: output`, as told. */
  told: string[];
  run(change?: Partial<ShipRequest>, signal?: AbortSignal): ReturnType<Ship['ship']>;
  /** Ships, expects a Failure and returns it. */
  fail(change?: Partial<ShipRequest>, signal?: AbortSignal): Promise<Failure>;
}

/** A session with one changed and one new file. */
async function session(env: Record<string, string | undefined> = {}): Promise<Setup> {
  const repository = await makeRepository();
  const host = createGit({ env: { ...process.env, ...env }, clock: systemClock });
  const worktree = join(repository.home, 'wt');
  const { sha } = await host.resolveBase(repository.path, undefined);
  await host.addWorktree({ repository: repository.path, path: worktree, branch: 'sesame/login', sha });
  await writeFiles(worktree, { 'src/a.txt': 'one\n2\nthree\n', 'ü new.txt': 'n\n' });
  const ship = createShip({ git: host.door, clock: systemClock });
  const request: ShipRequest = {
    worktree,
    repository: repository.path,
    branch: 'sesame/login',
    base: sha,
    title: 'please add a login form.',
    prompt: 'please add a login form.',
    message: undefined,
    push: true,
  };
  const told: string[] = [];
  const run: Setup['run'] = (change = {}, signal = new AbortController().signal) =>
    ship.ship({ ...request, ...change }, { step: (step, output) => told.push(`${step}: ${output}`) }, signal);
  const fail: Setup['fail'] = async (change, signal) => {
    const error: unknown = await run(change, signal).catch((thrown: unknown) => thrown);
    if (!(error instanceof Failure)) throw new Error('expected a Failure', { cause: error });
    return error;
  };
  return { repository, worktree, ship, request, told, run, fail };
}

const hooksOf = (at: Setup): string => join(at.repository.path, '.git/hooks');

test('one call commits everything and pushes it; a second one finds nothing to do', async () => {
  const at = await session();
  const remote = await addBareRemote(at.repository);
  const result = await at.run();
  expect(result).toEqual({
    commit: await git(at.worktree, 'rev-parse', 'HEAD'),
    branch: 'sesame/login',
    pushed: true,
    remote,
    pullRequest: null,
  });
  expect(await git(remote, 'rev-parse', 'sesame/login')).toBe(result.commit);
  expect(await git(remote, 'log', '-1', '--format=%an <%ae>%n%B', 'sesame/login')).toBe(
    'Test <test@example.invalid>\nAdd a login form\n\nFiles:\n- src/a.txt\n- ü new.txt\n',
  );
  expect(await git(at.worktree, 'status', '--porcelain')).toBe('');
  expect([...new Set(at.told.map((line) => line.split(':')[0]))]).toEqual(['check', 'message', 'commit', 'push']);
  expect(await at.run()).toEqual(result);
  expect(await git(remote, 'rev-list', '--count', 'main..sesame/login')).toBe('1');
});

test("the user's checkout, config, hooks, tracking refs and everything else stay as they are", async () => {
  const at = await session();
  await addBareRemote(at.repository);
  await at.repository.git('config', 'push.followTags', 'true');
  await at.repository.git('config', 'push.autoSetupRemote', 'true');
  await at.repository.git('config', 'push.default', 'matching');
  await at.repository.git('tag', '-a', '-m', 'mine', 'mine');
  await writeFiles(at.repository.path, { 'src/a.txt': 'the user works too\n' });
  const before = digestOf(at.repository.path);
  await at.run();
  expect(digestOf(at.repository.path)).toEqual(before);
  expect(await git(join(at.repository.home, 'origin.git'), 'for-each-ref', '--format=%(refname)')).toBe(
    'refs/heads/main\nrefs/heads/sesame/login',
  );
});

test('the message given is used as it is, also its lines that begin with #', async () => {
  const at = await session();
  const { commit } = await at.run({ message: '-x: mine\n\n# heading\nbody \u001b[31m', push: false });
  expect(await git(at.worktree, 'log', '-1', '--format=%B', commit ?? '')).toBe('-x: mine\n\n# heading\nbody\n');
});

test('commits the agent made itself are pushed without another', async () => {
  const at = await session();
  const remote = await addBareRemote(at.repository);
  await git(at.worktree, 'add', '--all');
  await git(at.worktree, 'commit', '--quiet', '-m', 'the agent did it');
  const { commit } = await at.run();
  expect(commit).toBe(await git(at.worktree, 'rev-parse', 'HEAD'));
  expect(await git(remote, 'log', '-1', '--format=%s', 'sesame/login')).toBe('the agent did it');
});

test('nothing to ship, a switched branch, a merge and a conflict are refused before anything is done', async () => {
  const at = await session();
  await git(at.worktree, 'stash', '--include-untracked');
  expect(await at.fail()).toMatchObject({ code: 'nothing-to-ship' });
  await git(at.worktree, 'stash', 'pop', '--quiet');
  await git(at.worktree, 'switch', '--quiet', '--create', 'other');
  expect(await at.fail()).toMatchObject({
    code: 'branch-switched',
    remedy: `in ${at.worktree}: git switch sesame/login`,
  });
  await git(at.worktree, 'commit', '--quiet', '--all', '-m', 'theirs');
  await git(at.worktree, 'switch', '--quiet', 'sesame/login');
  await writeFiles(at.worktree, { 'src/a.txt': 'one\nzwei\nthree\n' });
  await git(at.worktree, 'commit', '--quiet', '--all', '-m', 'mine');
  await expect(git(at.worktree, 'rebase', '--quiet', 'other')).rejects.toThrow();
  expect(await at.fail()).toMatchObject({
    code: 'in-the-middle',
    message: `a rebase is not finished in ${at.worktree}`,
  });
  await git(at.worktree, 'rebase', '--abort');
  await expect(git(at.worktree, 'merge', '--quiet', 'other')).rejects.toThrow();
  const head = await git(at.worktree, 'rev-parse', 'HEAD');
  const failure = await at.fail();
  expect(failure).toMatchObject({ code: 'in-the-middle', message: `a merge is not finished in ${at.worktree}` });
  expect(at.ship.stepOf(failure)).toBe('check');
  expect(await git(at.worktree, 'rev-parse', 'HEAD')).toBe(head);
});

test('a repository inside, and a link to another repository, are not shipped', async () => {
  const at = await session();
  await git(at.worktree, 'init', '--quiet', 'inner');
  await git(join(at.worktree, 'inner'), 'commit', '--quiet', '--allow-empty', '-m', 'x');
  expect(await at.fail()).toMatchObject({ code: 'nested-repository' });
  await rm(join(at.worktree, 'inner'), { recursive: true });
  await rm(join(at.worktree, '.git'));
  await git(at.worktree, 'init', '--quiet');
  expect(await at.fail()).toMatchObject({ code: 'not-ours' });
  await rm(join(at.worktree, '.git'), { recursive: true });
  expect(await at.fail()).toMatchObject({ code: 'not-a-repository' });
});

test('hooks run, are heard while they run, and may change the message', async () => {
  const at = await session();
  await writeScript(join(hooksOf(at), 'pre-commit'), 'echo "checking \u001b[32mall\u001b[0m"; sleep 0.3; echo done');
  await writeScript(join(hooksOf(at), 'commit-msg'), 'echo "Ticket: 7" >> "$1"');
  const { commit } = await at.run({ push: false });
  expect(await git(at.worktree, 'log', '-1', '--format=%B', commit ?? '')).toContain('Ticket: 7');
  expect(at.told).toContain('commit: checking all\n');
  expect(at.told.at(-1)).toMatch(/^commit: checking all\ndone\n/);
});

test('a hook that refuses is quoted; when it is content the same call goes on', async () => {
  const at = await session();
  await addBareRemote(at.repository);
  await writeScript(
    join(hooksOf(at), 'pre-commit'),
    `test -e "${at.repository.home}/ok" && exit 0\necho "src/a.txt: Permission denied by lint" >&2\nexit 1`,
  );
  const failure = await at.fail();
  expect(failure).toMatchObject({
    code: 'hook-failed',
    message: 'the pre-commit hook refused the commit: src/a.txt: Permission denied by lint',
    detail: 'src/a.txt: Permission denied by lint',
  });
  expect(at.ship.stepOf(failure)).toBe('commit');
  await writeFile(join(at.repository.home, 'ok'), '');
  expect(await at.run()).toMatchObject({ pushed: true });
});

test('hooks of core.hooksPath in the worktree count too', async () => {
  const at = await session();
  await at.repository.git('config', 'core.hooksPath', '.husky');
  await writeScript(join(at.worktree, '.husky/commit-msg'), 'echo "no ticket"; exit 1');
  expect(await at.fail()).toMatchObject({
    code: 'hook-failed',
    message: 'the commit-msg hook refused the commit: no ticket',
  });
});

test('a hook that takes too long can be stopped, and nothing of it keeps running', async () => {
  const at = await session();
  await writeScript(
    join(hooksOf(at), 'pre-commit'),
    `echo $$ > "${at.repository.home}/pid"; echo here; sleep 300; true`,
  );
  const stop = new AbortController();
  const failed = at.fail({}, stop.signal);
  const note = join(at.repository.home, 'pid');
  await expect
    .poll(() => (existsSync(note) ? readFileSync(note, 'utf8') : ''), { timeout: 10_000, interval: 20 })
    .toMatch(/\d\n/);
  stop.abort();
  expect(await failed).toMatchObject({ code: 'aborted' });
  const pid = Number(readFileSync(note, 'utf8'));
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 5000, interval: 20 }).toBe(false);
  await rm(join(hooksOf(at), 'pre-commit'));
  expect(await at.run({ push: false })).toMatchObject({ pushed: false });
});

test('pressing twice ships once', async () => {
  const at = await session();
  const remote = await addBareRemote(at.repository);
  const [first, second] = await Promise.all([at.run(), at.run()]);
  expect(second).toEqual(first);
  expect(await git(remote, 'rev-list', '--count', 'main..sesame/login')).toBe('1');
});

test('without an identity nothing is done and the two commands are named', async () => {
  const at = await session({ ...noIdentity });
  await at.repository.git('config', 'user.useConfigOnly', 'true');
  const failure = await at.fail();
  expect(failure.code).toBe('no-identity');
  expect(failure.remedy).toMatch(/user\.name .* user\.email/);
  await at.repository.git('config', 'user.name', 'Me');
  await at.repository.git('config', 'user.email', 'me@example.invalid');
  const { commit } = await at.run({ push: false });
  expect(await git(at.worktree, 'log', '-1', '--format=%an', commit ?? '')).toBe('Me');
});

test('a key that cannot sign is said', async () => {
  const at = await session();
  await at.repository.git('config', 'commit.gpgSign', 'true');
  await writeScript(join(at.repository.home, 'gpg'), 'echo "no pinentry" >&2; exit 2');
  await at.repository.git('config', 'gpg.program', join(at.repository.home, 'gpg'));
  expect(await at.fail()).toMatchObject({ code: 'cannot-sign' });
});

test('a locked index is named with its file', async () => {
  const at = await session();
  const directory = await git(at.worktree, 'rev-parse', '--absolute-git-dir');
  await writeFile(join(directory, 'index.lock'), '');
  const failure = await at.fail();
  expect(failure).toMatchObject({ code: 'locked', message: expect.stringContaining(join(directory, 'index.lock')) });
  expect(at.ship.stepOf(failure)).toBe('commit');
  await rm(join(directory, 'index.lock'));
  await at.run({ push: false });
});

test('without a remote the commit is made, stays, and a remote added later gets it', async () => {
  const at = await session();
  const failure = await at.fail();
  expect(failure).toMatchObject({ code: 'no-remote', message: expect.stringContaining('the commit is made') });
  expect(at.ship.stepOf(failure)).toBe('push');
  const head = await git(at.worktree, 'rev-parse', 'HEAD');
  await addBareRemote(at.repository);
  expect(await at.run()).toMatchObject({ commit: head, pushed: true });
});

test('the remote is chosen as git would choose it, and rewritten addresses are followed', async () => {
  const at = await session();
  const fork = await addBareRemote(at.repository, 'fork');
  await addBareRemote(at.repository, 'origin');
  await addBareRemote(at.repository, 'other');
  expect(await at.run()).toMatchObject({ remote: join(at.repository.home, 'origin.git') });
  await at.repository.git('config', 'remote.pushDefault', 'fork');
  expect(await at.run()).toMatchObject({ remote: fork });
  await at.repository.git('config', 'branch.sesame/login.pushRemote', 'other');
  expect(await at.run()).toMatchObject({ remote: join(at.repository.home, 'other.git') });
  await at.repository.git('remote', 'set-url', 'other', 'short:fork.git');
  await at.repository.git('config', `url.${at.repository.home}/.insteadOf`, 'short:');
  expect(await at.run()).toMatchObject({ remote: fork });
  await at.repository.git('remote', 'set-url', '--push', 'other', join(at.repository.home, 'origin.git'));
  expect(await at.run()).toMatchObject({ remote: join(at.repository.home, 'origin.git') });
});

test("a relative address is meant from the user's checkout, wherever the worktree lies", async () => {
  const at = await session();
  const remote = await addBareRemote(at.repository);
  await at.repository.git('worktree', 'move', at.worktree, join(at.repository.home, 'elsewhere'));
  const moved = { worktree: join(at.repository.home, 'elsewhere') };
  for (const [url, title] of [
    ['../origin.git', 'one'],
    ['./../origin.git/', 'two'],
  ] as const) {
    await at.repository.git('remote', 'set-url', 'origin', url);
    await writeFiles(moved.worktree, { 'more.txt': title });
    const result = await at.run({ ...moved, message: title });
    expect(result).toMatchObject({ remote });
    expect(await git(remote, 'log', '-1', '--format=%s', 'sesame/login')).toBe(title);
  }
  await at.repository.git('remote', 'remove', 'origin');
  await at.repository.git('config', 'remote.pushDefault', '../origin.git');
  expect(await at.run(moved)).toMatchObject({ remote });
});

test('spaces in a path, file:// and names with odd characters are addresses like any other', async () => {
  const at = await session();
  const bare = join(at.repository.home, 'my ö; touch x.git');
  await rename(await addBareRemote(at.repository), bare);
  for (const [name, url, shown] of [
    ['plain', '../my ö; touch x.git', bare],
    ['a/b', bare, bare],
    ["ü'$(x)", `file://${bare}`, `file://${bare}`],
    ['--mirror', '../project/../my ö; touch x.git', bare],
  ] as const) {
    await at.repository.git('config', `remote.${name}.url`, url);
    await at.repository.git('config', 'remote.pushDefault', name);
    expect(await at.run(), name).toMatchObject({ pushed: true, remote: shown });
  }
});

test('an address is rewritten once: what is shown is where it goes', async () => {
  const at = await session();
  const remote = await addBareRemote(at.repository);
  const trap = await addBareRemote(at.repository, 'trap');
  const { home } = at.repository;
  await at.repository.git('remote', 'set-url', 'origin', 'gh:origin.git');
  await at.repository.git('config', `url.${home}/.insteadOf`, 'gh:');
  await at.repository.git('config', `url.${trap}.insteadOf`, `${home}/origin`);
  expect(await at.run()).toMatchObject({ remote });
  await at.repository.git('config', `url.${trap}.pushInsteadOf`, `${home}/`);
  expect(await at.run()).toMatchObject({ remote });
  await expect(git(trap, 'rev-parse', '--verify', 'sesame/login')).rejects.toThrow();
  // An address in place of a name is rewritten too, and pushInsteadOf comes before insteadOf.
  await at.repository.git('config', 'branch.sesame/login.pushRemote', 'gh:x');
  await at.repository.git('config', `url.${trap}.pushInsteadOf`, 'gh:x');
  expect(await at.run()).toMatchObject({ remote: trap });
});

test('a remote with several push addresses gets the branch at each, also when one refuses', async () => {
  const at = await session();
  const first = await addBareRemote(at.repository, 'first');
  const second = await addBareRemote(at.repository, 'second');
  await at.repository.git('remote', 'add', 'origin', join(at.repository.home, 'read-only.git'));
  await at.repository.git('remote', 'set-url', '--push', 'origin', '../first.git');
  await at.repository.git('remote', 'set-url', '--push', '--add', 'origin', second);
  await refusePushes(first, 'no');
  expect(await at.fail()).toMatchObject({ code: 'push-refused', message: expect.stringContaining(first) });
  const head = await git(at.worktree, 'rev-parse', 'HEAD');
  expect(await git(second, 'rev-parse', 'sesame/login')).toBe(head);
  await rm(join(first, 'hooks/pre-receive'));
  expect(await at.run()).toMatchObject({ commit: head, remote: `${first}, ${second}` });
  expect(await git(first, 'rev-parse', 'sesame/login')).toBe(head);
});

test("a remote of the user's global settings counts", async () => {
  const home = temporaryDirectory('global');
  await writeFile(join(home, 'gitconfig'), '[remote "mine"]\n\turl = ../fork.git\n[remote]\n\tpushDefault = mine\n');
  const at = await session({
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    GIT_AUTHOR_NAME: 'T',
    GIT_AUTHOR_EMAIL: 't@x.invalid',
    GIT_COMMITTER_NAME: 'T',
    GIT_COMMITTER_EMAIL: 't@x.invalid',
  });
  const fork = await addBareRemote(at.repository, 'fork');
  await at.repository.git('remote', 'remove', 'fork');
  expect(await at.run()).toMatchObject({ remote: fork });
});

test('a protected branch refuses in its own words, and a later call only pushes', async () => {
  const at = await session();
  const remote = await addBareRemote(at.repository);
  await refusePushes(remote, 'error: GH006: Protected branch update failed. \u001b[31mred\u001b[0m');
  const failure = await at.fail();
  expect(failure).toMatchObject({
    code: 'push-refused',
    message: `${remote} refused the push: pre-receive hook declined`,
    detail: expect.stringContaining('remote: error: GH006: Protected branch update failed. red'),
  });
  expect(at.ship.stepOf(failure)).toBe('push');
  const head = await git(at.worktree, 'rev-parse', 'HEAD');
  await rm(join(remote, 'hooks/pre-receive'));
  expect(await at.run()).toMatchObject({ commit: head, pushed: true });
});

test('a branch that is ahead on the remote is never overwritten', async () => {
  const at = await session();
  const remote = await addBareRemote(at.repository);
  const theirs = await at.repository.git('commit-tree', '-p', 'main', '-m', 'theirs', 'main^{tree}');
  await at.repository.git('push', '--quiet', 'origin', `${theirs}:refs/heads/sesame/login`);
  expect(await at.fail()).toMatchObject({ code: 'push-behind', remedy: expect.stringContaining('git pull --rebase') });
  expect(await git(remote, 'rev-parse', 'sesame/login')).toBe(theirs);
});

test('a pre-push hook may refuse', async () => {
  const at = await session();
  await addBareRemote(at.repository);
  await writeScript(join(hooksOf(at), 'pre-push'), 'echo "tests fail" >&2; exit 1');
  expect(await at.fail()).toMatchObject({ code: 'hook-failed', detail: expect.stringContaining('tests fail') });
});

test('over HTTP: a push with credentials arrives, without them it is said, and they are never shown', async () => {
  const at = await session();
  await addBareRemote(at.repository);
  const remote = await serveHttp(at.repository.home, { name: 'me', password: 'canary-p%w' });
  const url = `${remote.url}/origin.git`;
  await at.repository.git('remote', 'set-url', 'origin', url);
  expect(await at.fail()).toMatchObject({ code: 'push-auth', message: expect.stringContaining(url) });
  await at.repository.git('remote', 'set-url', 'origin', url.replace('http://', 'http://me:wrong-canary@'));
  const failure = await at.fail();
  expect(failure.code).toBe('push-auth');
  await at.repository.git('remote', 'set-url', 'origin', url.replace('http://', 'http://me:canary-p%25w@'));
  const result = await at.run();
  expect(result).toMatchObject({ pushed: true, remote: url });
  expect(await git(join(at.repository.home, 'origin.git'), 'rev-parse', 'sesame/login')).toBe(result.commit);
  expect(remote.requests).toContain('POST /origin.git/git-receive-pack');
  expect(JSON.stringify([at.told, result, failure.toBody()])).not.toContain('canary');
});

test('a missing repository, an unknown host, a closed port and a program as address are told apart', async () => {
  const at = await session();
  const remote = await serveHttp(at.repository.home);
  for (const [url, code] of [
    [join(at.repository.home, 'none.git'), 'remote-gone'],
    [`${remote.url}/none.git`, 'remote-gone'],
    ['http://no-such-host.invalid/x.git', 'host-unknown'],
    ['http://127.0.0.1:1/x.git', 'push-network'],
    [`ext::sh -c "touch ${at.repository.home}/ran"`, 'remote-not-allowed'],
  ] as const) {
    await at.repository.git('config', 'remote.origin.url', url);
    expect(await at.fail(), url).toMatchObject({ code });
  }
  expect(existsSync(join(at.repository.home, 'ran'))).toBe(false);
});

test('settings planted for the remote by name run nothing', async () => {
  const at = await session();
  const remote = await addBareRemote(at.repository);
  const planted = join(at.repository.home, 'planted.sh');
  await writeScript(planted, `touch "${at.repository.home}/ran"; exit 1`);
  await at.repository.git('config', 'remote.origin.receivepack', planted);
  await at.repository.git('config', 'core.alternateRefsCommand', planted);
  await at.repository.git('config', 'core.fsmonitor', planted);
  expect(await at.run()).toMatchObject({ pushed: true, remote });
  expect(existsSync(join(at.repository.home, 'ran'))).toBe(false);
});
