// A server that is there and says nothing, here because it was stopped by a signal: it is told from one that is well, and
// can be put away without harm to what runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processStart } from '../../src/platform/lock.ts';
import { Desk, launcher, leader } from '../support/desk.ts';

let desk: Desk;
let stopped: number | null;
beforeEach(() => {
  desk = new Desk();
  stopped = null;
});
afterEach(async () => {
  if (stopped !== null) signal(stopped, 'SIGCONT');
  await desk.clear();
});

/** Nothing when it is gone. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function stopServer(): number {
  const { server } = desk.pids();
  stopped = server;
  process.kill(server, 'SIGSTOP');
  return server;
}

/** Runs beside others, since each waits for seconds. */
async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: desk.repository, env: desk.env, stdio: 'pipe' });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, stdout, stderr };
}

test('commands say so, wait for it, and go on when it answers; `server stop` ends it and nothing else', async () => {
  const program = desk.startProgram('echo ready; exec cat');
  const server = stopServer();
  const waiting = run('ls', '--json');
  const left = spawn(process.execPath, [launcher, 'server', 'status'], { env: desk.env, stdio: 'ignore' });
  setTimeout(() => left.kill('SIGINT'), 1500);
  const [status, doctor] = await Promise.all([run('server', 'status'), run('doctor')]);
  expect(status).toMatchObject({ code: 5, stdout: '' });
  expect(status.stderr).toMatch(
    new RegExp(`^sesame: the server \\(pid ${server}\\) has not answered for 5 s\n {2}.*server stop`),
  );
  expect(left.exitCode).toBe(130);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(new RegExp(`^fail +server +the server \\(pid ${server}\\) has not answered`, 'm'));
  process.kill(server, 'SIGCONT');
  const listed = await waiting;
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id: program.id }]);
  expect(JSON.parse(listed.stderr)).toMatchObject({ notice: { code: 'server-hangs' } });

  stopServer();
  expect(await run('server', 'stop', '--json')).toMatchObject({ code: 0, stderr: '' });
  expect(await processStart(server)).toBeNull();
  const next = desk.json<{ pid: number }>('server', 'start');
  expect(next.pid).not.toBe(server);
  expect(desk.pids().programs).toEqual([program.pid]);

  stopServer();
  expect(await run('server', 'stop', '--all')).toMatchObject({
    code: 0,
    stdout: `pid ${next.pid} did not answer and was killed; 1 programs ended\n`,
  });
  expect(await processStart(program.pid)).toBeNull();
});

test('the screen says so, takes no more keys for it, and puts another in its place', async () => {
  const program = desk.startProgram('stty -echo; echo ready; exec cat');
  const user = await desk.sitDown();
  await user.sees('ready');
  user.write('\r');
  await user.sees('TERM');
  const server = stopServer();
  // Not heard for long enough that somebody who types wants to know.
  await new Promise((resolve) => setTimeout(resolve, 3100));
  user.write('lost?');
  await user.sees('the server does not answer');
  await user.sees('ctrl+q ctrl+r restarts it');
  user.write('never');
  await user.sees('not sent: the server does not answer');
  user.write(`${leader}\x12`);
  await user.until((screen) => !screen.includes('agents keep running'), 'the banner gone');
  expect(await processStart(server)).toBeNull();
  expect(desk.pids().programs).toEqual([program.pid]);
  user.write('\rnow\r');
  await expect.poll(() => desk.sesame('read', program.id)).toContain('now');
  expect(desk.sesame('read', program.id)).not.toContain('never');
});
