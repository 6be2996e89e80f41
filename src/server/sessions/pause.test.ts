// A paused program stands still, whoever restarts around it, and goes on where it was.
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/runs.ts';
import { ask, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';

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

/** The state letter of a process: `T` is stopped. */
function stateOf(pid: number): string {
  return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
}

const isStopped = (pid: number): Promise<void> => until('it is stopped', () => stateOf(pid) === 'T');

test.runIf(process.platform === 'linux')(
  'it stands still, takes no input, and goes on, also after another server',
  async () => {
    const [row] = await server.sessions.create(ask(repo, 'explain the project'));
    const { run } = await reaches(server, row!.id, 'done');
    const pid = run!.pid!;
    expect(server.sessions.pause(row!.id, true).run).toMatchObject({ pid, paused: true });
    await isStopped(pid);
    await expect(server.sessions.input(row!.id, { text: 'more', submit: true })).rejects.toMatchObject({
      code: 'paused',
    });

    const { paths } = server;
    await server.leave();
    server = await startTestServer({ paths });
    expect(server.sessions.find(row!.id).run).toMatchObject({ pid, paused: true });
    expect(stateOf(pid)).toBe('T');

    expect(server.sessions.pause(row!.id, false).run).not.toHaveProperty('paused');
    await until('it goes on', () => stateOf(pid) !== 'T');
    await server.sessions.input(row!.id, { text: 'write some notes', submit: true });
    await reaches(server, row!.id, 'done');
  },
);

test.runIf(process.platform === 'linux')(
  'a paused program can be stopped, and what starts after it is not paused',
  async () => {
    const [row] = await server.sessions.create(ask(repo, 'explain the project'));
    const { run } = await reaches(server, row!.id, 'done');
    server.sessions.pause(row!.id, true);
    await isStopped(run!.pid!);
    expect((await server.sessions.stop(row!.id)).run).not.toHaveProperty('paused');
    await server.sessions.resume(row!.id, null);
    expect((await reaches(server, row!.id, 'idle')).run).not.toHaveProperty('paused');
  },
);

test('what does not run cannot be paused', async () => {
  const [row] = await server.sessions.create(ask(repo, 'explain the project'));
  await reaches(server, row!.id, 'done');
  await server.sessions.stop(row!.id);
  expect(() => server.sessions.pause(row!.id, true)).toThrow(expect.objectContaining({ code: 'not-running' }));
});
