// A new server on the old work directory: what ran goes on, what was begun is finished, what the user changed is said.
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/runs.ts';
import { ask, git, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';
import type { Session } from '../../domain/session.ts';

let server: TestServer;
let repo: string;
beforeEach(async () => {
  repo = await makeRepository();
  server = await startTestServer();
});
afterEach(async () => {
  await server.end();
  await rm(repo, { recursive: true, force: true });
});

async function restart(meanwhile: () => Promise<unknown> = async () => undefined): Promise<void> {
  await server.leave();
  await meanwhile();
  server = await startTestServer({ paths: server.paths });
}

async function doneSession(prompt = 'add a changelog'): Promise<Session & { branch: string }> {
  const [row] = await server.sessions.create(ask(repo, prompt));
  const session = await reaches(server, row!.id, 'done');
  return { ...session, branch: session.workplace.kind === 'worktree' ? session.workplace.branch : '' };
}

test('agents go on under the new server with the same process', async () => {
  const { id } = await doneSession();
  const before = server.sessions.find(id);
  await restart();
  const after = server.sessions.find(id);
  expect(after.run).toEqual(before.run);
  expect(after.status.state).toBe('done');
  expect((await server.sessions.screen(id, 0)).lines.join('\n')).toContain('CHANGELOG.md');
  expect((await server.sessions.input(id, { text: 'add notes', submit: true })).accepted).toBe(true);
  await until('it works again', () =>
    server.told.some((event) => event.kind === 'run.status' && event.status.state === 'working'),
  );
});

test('a ship that the old server did not finish is said to be interrupted, and can be repeated', async () => {
  const { id } = await doneSession();
  server.events.append({ kind: 'ship.step', session: id, step: 'commit', output: 'running the hooks' });
  await restart();
  expect(server.sessions.find(id).ship).toMatchObject({
    state: 'failed',
    step: 'commit',
    failure: { code: 'ship-interrupted' },
  });
  expect((await server.sessions.ship(id, { message: undefined, push: false })).commit).toMatch(/^[0-9a-f]{40}$/);
});

test('files changed by hand under the new server are noticed', async () => {
  const { id, workplace } = await doneSession();
  await restart();
  await until('it is measured', () => (server.sessions.find(id).diff?.files ?? 0) > 0);
  const before = server.sessions.find(id).diff?.files ?? 0;
  await writeFile(join(workplace.path, 'by-hand.txt'), 'x\n');
  await until('the new file is noticed', () => server.sessions.find(id).diff?.files === before + 1);
});

test('an agent that ended while there was no server is said to have ended, once', async () => {
  const { id, run } = await doneSession();
  await restart(async () => {
    process.kill(run!.pid!, 'SIGKILL');
    await until('it is gone', () => !isAlive(run!.pid!));
  });
  await reaches(server, id, 'failed', 'exited');
  expect(server.sessions.find(id).run?.pid).toBeNull();
  await restart();
  expect(server.told.filter(({ kind }) => kind === 'run.exited')).toEqual([]);
  await server.sessions.resume(id, null);
  await reaches(server, id, 'idle');
});

test('without the holder everything is listed as ended with its last screen, and resumes', async () => {
  const { id } = await doneSession();
  await restart(async () => {
    const holder = await startTestServer({ paths: server.paths });
    await holder.runs.shutdownHolder();
    await holder.leave();
  });
  const row = server.sessions.find(id);
  expect(row.run?.pid).toBeNull();
  expect(['exited', 'failed']).toContain(row.status.state);
  expect((await server.sessions.screen(id, 0)).lines.join('\n')).toContain('CHANGELOG.md');
  await server.sessions.resume(id, null);
  await reaches(server, id, 'idle');
});

test('a start that was interrupted is finished by the next server', async () => {
  await writeFile(
    join(repo, 'sesame.json'),
    JSON.stringify({ setup: 'until test -e "$SESAME_REPOSITORY/go"; do sleep 0.05; done' }),
  );
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  await until('setup runs', () => server.runs.get(row!.id)?.pid != null);
  const setup = server.runs.get(row!.id)!.pid;
  await restart();
  expect(server.sessions.find(row!.id).status.state).toBe('starting');
  expect(server.runs.get(row!.id)?.pid).toBe(setup);
  await writeFile(join(repo, 'go'), '');
  const done = await reaches(server, row!.id, 'done');
  expect(done.run?.id).toBe(`${done.id}-2`);
});

test('a setup that succeeded while there was no server is not run again', async () => {
  await writeFile(
    join(repo, 'sesame.json'),
    JSON.stringify({
      setup: 'echo x >> "$SESAME_REPOSITORY/ran"; until test -e "$SESAME_REPOSITORY/go"; do sleep 0.05; done',
    }),
  );
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  await until('setup runs', () => server.runs.get(row!.id)?.pid != null);
  const setup = server.runs.get(row!.id)!.pid!;
  await restart(async () => {
    await writeFile(join(repo, 'go'), '');
    await until('it ended', () => !isAlive(setup));
  });
  await reaches(server, row!.id, 'done');
  expect((await stat(join(repo, 'ran'))).size).toBe(2);
});

test('a directory removed by hand: the row says so, resume checks it out again', async () => {
  const { id, workplace } = await doneSession();
  await server.sessions.stop(id);
  await restart(() => rm(workplace.path, { recursive: true }));
  expect(server.sessions.find(id).problem).toMatchObject({ kind: 'worktree-missing' });
  await server.sessions.resume(id, null);
  await reaches(server, id, 'idle');
  expect(server.sessions.find(id).problem).toBeNull();
  expect(await stat(join(workplace.path, 'README.md'))).toBeTruthy();
});

test('a directory removed by hand can be discarded, its branch is kept', async () => {
  const { id, workplace, branch } = await doneSession();
  await git(workplace.path, 'add', '-A');
  await git(workplace.path, 'commit', '-q', '-m', 'work');
  const sha = await git(repo, 'rev-parse', branch);
  await server.sessions.stop(id);
  await restart(() => rm(workplace.path, { recursive: true }));
  const { trash } = await server.sessions.discard(id);
  expect(trash).not.toBeNull();
  expect(await git(repo, 'branch', '--list', branch)).toBe('');
  await server.sessions.undo(id);
  expect(await git(repo, 'rev-parse', branch)).toBe(sha);
  expect(await git(workplace.path, 'status', '--porcelain')).toBe('');
});

test('a branch deleted by hand: the row says so, discard keeps the files', async () => {
  const { id, workplace, branch } = await doneSession();
  await server.sessions.stop(id);
  await restart(() => git(repo, 'update-ref', '-d', `refs/heads/${branch}`));
  expect(server.sessions.find(id).problem).toMatchObject({ kind: 'branch-missing' });
  const { trash } = await server.sessions.discard(id);
  expect(trash).not.toBeNull();
  expect(await git(repo, 'ls-tree', '-r', '--name-only', trash!)).toContain('CHANGELOG.md');
  expect(await stat(workplace.path).catch(() => null)).toBeNull();
});

test('a directory and branch both removed: the row can go', async () => {
  const { id, workplace, branch } = await doneSession();
  await server.sessions.stop(id);
  await restart(async () => {
    await git(repo, 'worktree', 'remove', '--force', workplace.path);
    await git(repo, 'branch', '-D', branch);
  });
  expect(server.sessions.find(id).problem?.remedy).toContain('nothing of it is left');
  expect(await server.sessions.discard(id)).toEqual({ session: null, trash: null, ignored: null, warning: null });
  expect(server.sessions.list(true)).toEqual([]);
});

test('a worktree moved by the user: the row says where, discard keeps a copy and leaves it alone', async () => {
  const { id, workplace } = await doneSession();
  await server.sessions.stop(id);
  const moved = `${workplace.path}-moved`;
  await restart(() => git(repo, 'worktree', 'move', workplace.path, moved));
  expect(server.sessions.find(id).problem).toMatchObject({ kind: 'worktree-moved' });
  expect(server.sessions.find(id).problem?.message).toContain(moved);
  const { trash } = await server.sessions.discard(id);
  expect(await git(repo, 'ls-tree', '-r', '--name-only', trash!)).toContain('CHANGELOG.md');
  expect(await stat(join(moved, 'CHANGELOG.md'))).toBeTruthy();
});

test('a repository moved away: the row says so, comes back with it, and can be removed without it', async () => {
  const { id, workplace } = await doneSession();
  await server.sessions.stop(id);
  const elsewhere = `${repo} elsewhere`;
  await restart(() => rename(repo, elsewhere));
  expect(server.sessions.find(id).problem).toMatchObject({ kind: 'repository-missing' });
  await restart(() => rename(elsewhere, repo));
  expect(server.sessions.find(id).problem).toBeNull();
  await restart(() => rename(repo, elsewhere));
  expect(await server.sessions.discard(id)).toEqual({ session: null, trash: null, ignored: null, warning: null });
  expect(await stat(join(workplace.path, 'CHANGELOG.md'))).toBeTruthy();
  expect(server.told).toContainEqual(
    expect.objectContaining({ kind: 'error', failure: expect.objectContaining({ code: 'files-left' }) }),
  );
  await rename(elsewhere, repo);
});

test('undo works under the next server too', async () => {
  const { id } = await doneSession();
  await server.sessions.discard(id);
  await restart();
  expect(server.sessions.find(id).trash).not.toBeNull();
  await server.sessions.undo(null);
  expect(await stat(join(server.sessions.find(id).workplace.path, 'CHANGELOG.md'))).toBeTruthy();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
