// The full screen over a real SSH connection that breaks, in every order with what else may go away.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Desk, launcher, leader } from '../support/desk.ts';
import { isAlive } from '../support/leftovers.ts';
import type { OuterPty } from '../support/outer-pty.ts';
import { noSshd, openSshServer, type SshServer } from '../support/ssh-server.ts';
import { until } from '../support/until.ts';

describe.skipIf(noSshd !== null)(`over ssh${noSshd === null ? '' : ` (skipped: ${noSshd})`}`, () => {
  let desk: Desk;
  let ssh: SshServer;
  beforeEach(async () => {
    desk = new Desk();
    ssh = await openSshServer(desk.place);
  });
  afterEach(async () => {
    await ssh.close();
    await desk.clear();
  });

  /** A terminal on this side, the program on the other one. */
  function connect(): Promise<OuterPty> {
    const names = [
      'PATH',
      'HOME',
      'SESAME_WORK_DIR',
      'LANG',
      'GIT_CONFIG_NOSYSTEM',
      'GIT_AUTHOR_NAME',
      'GIT_AUTHOR_EMAIL',
      'GIT_COMMITTER_NAME',
      'GIT_COMMITTER_EMAIL',
    ];
    const variables = names.map((name) => `${name}=${quote(desk.env[name] ?? '')}`).join(' ');
    const remote = `cd ${quote(desk.repository)} && exec env ${variables} ${quote(process.execPath)} ${quote(launcher)}`;
    return desk.sitDown({ argv: ssh.command(remote), cols: 120, rows: 36 });
  }

  interface Row {
    id: string;
    pid: number;
    status: string;
    branch: string;
  }
  const rows = (): Row[] => desk.json<Row[]>('ls').map(({ id, pid, branch, status }) => ({ id, pid, branch, status }));
  const places = (): Array<Omit<Row, 'status'>> => rows().map(({ id, pid, branch }) => ({ id, pid, branch }));

  test('the client, then the connection’s server, then sesame’s own server are killed: the agents never notice', async () => {
    const first = await connect();
    await first.sees(/\[x\]\d+ Demo/, 30_000);
    first.write('ask before you add a changelog\t++\r');
    await first.sees('3 wait', 60_000);
    const before = places();
    expect(before).toHaveLength(3);
    const { holder } = desk.pids();

    // The client dies: nothing is said to the other side but the end of the connection.
    first.kill('SIGKILL');
    await first.exited();
    await until('the connection is gone', () => ssh.connectionPids().length === 0);
    const second = await connect();
    await second.sees('3 wait', 30_000);
    expect(places()).toEqual(before);

    // The other side's sshd dies.
    for (const pid of ssh.connectionPids()) process.kill(pid, 'SIGKILL');
    await second.exited();
    const third = await connect();
    await third.sees('3 wait', 30_000);
    expect(places()).toEqual(before);

    // Server and connection at once.
    process.kill(desk.pids().server, 'SIGKILL');
    third.kill('SIGKILL');
    await third.exited();
    const fourth = await connect();
    await fourth.sees('3 wait', 30_000);
    expect(places()).toEqual(before);
    expect(desk.pids().holder).toBe(holder);
    expect(before.every(({ pid }) => isAlive(pid))).toBe(true);

    // And the work goes on from here: one is answered and gets done.
    fourth.write('i1');
    await fourth.sees('2 wait', 30_000);
    await until('it is done', () => rows().some(({ status }) => status === 'done' || status === 'idle'), 60_000);
  }, 180_000);

  test('without its holder the rows and the last screens are still there, and can be resumed', async () => {
    const first = await connect();
    await first.sees(/\[x\]\d+ Demo/, 30_000);
    first.write('ask before you add a changelog\r');
    await first.sees('1 wait', 60_000);
    const { holder, server } = desk.pids();
    first.kill('SIGKILL');
    await first.exited();
    process.kill(server, 'SIGKILL');
    process.kill(Number(holder), 'SIGKILL');
    const second = await connect();
    await second.sees('r starts it again', 30_000);
    await second.sees('add a changelog');
    second.write('r');
    await second.sees('The conversation goes on', 60_000);
    second.write('\r');
    await second.sees(' TERM ');
    second.write(leader);
    await second.sees(' CMD ');
    second.write('q');
    expect(await second.exited()).toBe(0);
  }, 120_000);
});

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
