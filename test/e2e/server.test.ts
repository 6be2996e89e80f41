// The server as a process: its start, its end, its neighbours, its socket.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMirror } from '../../src/client/mirror.ts';
import { openProgram, type Program, serverEntry, startProgram } from '../support/program.ts';
import { readEvents } from '../support/read-events.ts';
import { until } from '../support/until.ts';

let program: Program;
beforeEach(() => {
  program = openProgram();
});
afterEach(() => program.end());

const pids = async (): Promise<{ server: number; holder: number | null; programs: number[] }> =>
  program.json(['server', 'pids']);

describe('start', () => {
  test('many who start it at once all find the same server', async () => {
    const found = await Promise.all([1, 2, 3].map(() => program.json<{ pid: number }>(['server', 'start'])));
    expect(new Set(found.map(({ pid }) => pid)).size).toBe(1);
  });

  test('of two servers started by hand one serves and the other leaves quietly', async () => {
    const start = (): ChildProcess => spawn(process.execPath, [serverEntry], { env: program.env, stdio: 'pipe' });
    const both = [start(), start()];
    const [loser, code] = await Promise.race(
      both.map(async (child) => [child, (await once(child, 'exit'))[0]] as const),
    );
    expect(code).toBe(0);
    const winner = both.find((child) => child !== loser);
    await until('the winner answers', () => existsSync(program.paths.serverSocket));
    expect((await pids()).server).toBe(winner?.pid);
    winner?.kill('SIGTERM');
    await once(winner!, 'exit');
  });

  test('socket and directories belong to the user alone', async () => {
    await program.sesame(['server', 'start']);
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    const { root, run, serverSocket, database, serverLog } = program.paths;
    expect([root, run, serverSocket, database, serverLog].map(mode)).toEqual(['700', '700', '600', '600', '600']);
  });

  test('a socket and a lock left by a killed server are taken over', async () => {
    await program.sesame(['server', 'start']);
    const { server } = await pids();
    process.kill(server, 'SIGKILL');
    expect(existsSync(program.paths.serverSocket)).toBe(true);
    expect((await program.sesame(['ls'])).code).toBe(0);
    expect((await pids()).server).not.toBe(server);
  });

  test('a database of a newer version is refused in words, and not touched', async () => {
    mkdirSync(program.paths.root, { recursive: true });
    const database = new DatabaseSync(program.paths.database);
    database.exec('PRAGMA user_version = 9999');
    database.close();
    const before = readFileSync(program.paths.database);
    const { code, stderr } = await program.sesame(['ls']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sesame: .*newer.*\n {2}\S/);
    expect(readFileSync(program.paths.database)).toEqual(before);
  });

  test('damaged preferences are set aside, said, and do not stop it', async () => {
    mkdirSync(program.paths.root, { recursive: true });
    writeFileSync(program.paths.config, '{"theme": "dar');
    expect((await program.sesame(['ls'])).code).toBe(0);
    expect(readFileSync(`${program.paths.config}.damaged`, 'utf8')).toBe('{"theme": "dar');
    const { text } = await readEvents(program.paths.serverSocket, '/v1/events?after=0', 1);
    expect(text).toContain('is not valid JSON');
  });

  test('a work directory too deep for a socket is refused in words', async () => {
    const { code, stderr } = await program.sesame(['ls'], {
      env: { SESAME_WORK_DIR: join(program.paths.workDir, 'd'.repeat(120)) },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sesame: the socket path is \d+ bytes long.*\n {2}set SESAME_WORK_DIR/);
  });

  test('a work directory that cannot be made is named', async () => {
    writeFileSync(join(program.paths.workDir, 'file'), '');
    const { code, stderr } = await program.sesame(['ls'], {
      env: { SESAME_WORK_DIR: join(program.paths.workDir, 'file') },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sesame: cannot create the directory .*file/);
  });
});

describe('versions', () => {
  const pretend = async (api: number): Promise<() => void> => {
    mkdirSync(program.paths.run, { recursive: true });
    const fake = createServer((_request, reply) =>
      reply.end(
        JSON.stringify({
          name: 'sesame',
          version: '9.9.9',
          api,
          pid: 1,
          startedAt: 0,
          workDir: '',
          seq: 0,
          holder: null,
        }),
      ),
    );
    fake.listen(program.paths.serverSocket);
    await once(fake, 'listening');
    return () => fake.close();
  };

  test.each([
    [0, 'is older than this program', 'agents keep running'],
    [999, 'this program is older', 'update sesame'],
  ])('a server of API version %i is not spoken to', async (api, message, remedy) => {
    const close = await pretend(api);
    const { code, stderr } = await program.sesame(['ls']);
    expect(code).toBe(5);
    expect(stderr).toContain(message);
    expect(stderr).toContain(remedy);
    expect((await program.sesame(['server', 'status'])).stdout).toContain('version 9.9.9');
    close();
  });
});

describe('stop', () => {
  test('without --all the programs go on, and the next server has them', async () => {
    await program.sesame(['server', 'start']);
    const { id, pid } = await startProgram(program, 'exec cat');
    const before = await pids();
    expect((await program.sesame(['server', 'stop'])).code).toBe(0);
    expect(existsSync(program.paths.serverSocket)).toBe(false);
    expect((await program.sesame(['server', 'status'])).code).toBe(5);
    const rows = await program.json<Array<{ id: string; pid: number }>>(['ls']);
    expect(rows).toMatchObject([{ id, pid }]);
    const after = await pids();
    expect(after.holder).toBe(before.holder);
    expect(after.server).not.toBe(before.server);
  });

  test('with --all everything ends', async () => {
    await program.sesame(['server', 'start']);
    const { id, pid } = await startProgram(program, 'exec cat');
    const { holder } = await pids();
    expect(await program.json(['server', 'stop', '--all'])).toEqual({ ended: [id], killed: null });
    await until('holder and program are gone', () => [Number(holder), pid].every((each) => !isAlive(each)));
  });
});

describe('a killed server', () => {
  test('does not keep `stop --all` from ending what it left', async () => {
    await program.sesame(['server', 'start']);
    const { id, pid } = await startProgram(program, 'exec cat');
    const { server, holder } = await pids();
    process.kill(server, 'SIGKILL');
    expect(await program.json(['server', 'stop', '--all'])).toEqual({ ended: [id], killed: null });
    await until('holder and program are gone', () => [Number(holder), pid].every((each) => !isAlive(each)));
  });

  test('clients come back by themselves, with the same programs and every event once', async () => {
    const client = await program.connect();
    const { id, pid } = await startProgram(program, 'exec cat');
    const mirror = openMirror(client, Date.now);
    const seen: number[] = [];
    const states: string[] = [];
    mirror.onChange((event) => {
      if (event === null) states.push(mirror.state.kind);
      else seen.push(event.seq);
    });
    await until('the mirror is ready', () => mirror.state.kind === 'ready');
    for (let round = 0; round < 3; round += 1) {
      const { pid: server } = client.hello;
      await client.call('rename', { params: { id }, body: { title: `round ${round}` } });
      process.kill(server, 'SIGKILL');
      await until('another server is there', () => mirror.state.kind === 'ready' && client.hello.pid !== server);
    }
    await until('the last title arrived', () => [...mirror.sessions.values()][0]?.title === 'round 2');
    expect(states).toContain('lost');
    expect([...mirror.sessions.values()][0]?.run?.pid).toBe(pid);
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
    mirror.close();
    client.close();
  });

  test('a server stopped on purpose is not brought back by those who watched', async () => {
    const client = await program.connect();
    const mirror = openMirror(client, Date.now);
    await until('the mirror is ready', () => mirror.state.kind === 'ready');
    await program.sesame(['server', 'stop']);
    await until('the mirror knows', () => mirror.state.kind === 'stopped');
    expect(existsSync(program.paths.serverLock)).toBe(false);
    await program.sesame(['server', 'start']);
    await until('the mirror is back', () => mirror.state.kind === 'ready');
    mirror.close();
    client.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
