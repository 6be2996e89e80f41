// Both ways to start a program: Linux uses the first, macOS the second.
import { closeSync, existsSync, readSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Launched, launch } from './launch.ts';

function readAll(fd: number): string {
  const bytes = Buffer.alloc(1 << 16);
  let text = '';
  for (;;) {
    try {
      text += bytes.toString('utf8', 0, readSync(fd, bytes));
    } catch {
      return text.replaceAll('\r\n', '\n');
    }
  }
}

const ways = process.platform === 'darwin' ? (['fork'] as const) : (['open', 'fork'] as const);

test.each(ways)('by %s: own session, own terminal, given environment, exit told', async (how) => {
  const spec = {
    tag: '1',
    name: 'r',
    argv: [
      'sh',
      '-c',
      'stty size </dev/tty; echo "$A|$1"; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && exit 9',
      'sh',
      "it's a  b",
    ],
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '', A: 'x\ny' },
    cols: 91,
    rows: 17,
  };
  const { master, slave, exited, pid } = await launch(spec, how);
  expect(pid).toBeGreaterThan(1);
  expect(await exited).toEqual({ code: 9, signal: 0 });
  expect(readAll(master)).toBe("17 91\nx\ny|it's a  b\n");
  closeSync(slave);
  closeSync(master);
});

test.each(ways)('by %s: a signal is told as its number', async (how) => {
  const spec = {
    tag: '',
    name: '',
    argv: ['sh', '-c', 'kill -15 $$'],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    cols: 80,
    rows: 24,
  };
  const { master, slave, exited } = await launch(spec, how);
  expect(await exited).toEqual({ code: 0, signal: 15 });
  closeSync(slave);
  closeSync(master);
});

// dash cannot name a descriptor above 9, so it cannot close one.
test.runIf(process.platform === 'linux' && existsSync('/bin/dash'))(
  'started by dash, a program has no descriptor of another terminal, however many there are',
  async () => {
    const spec = { tag: '', name: '', cwd: '/', env: { PATH: process.env['PATH'] ?? '' }, cols: 200, rows: 24 };
    const dash = { file: '/bin/dash', options: [], closesAll: false };
    const others: Launched[] = [];
    for (let other = 0; other < 20; other++) {
      others.push(await launch({ ...spec, argv: ['sleep', '60'] }, 'open', dash));
    }
    const argv = ['sh', '-c', 'readlink /proc/$$/fd/*'];
    const { master, slave, exited } = await launch({ ...spec, argv }, 'open', dash);
    await exited;
    const open = readAll(master).trimEnd().split('\n');
    expect(open.length).toBeGreaterThan(20);
    const [terminal, ...more] = open.filter((path) => path !== '/dev/null');
    expect(terminal).toMatch(/^\/dev\/pts\//);
    expect(more).toEqual([terminal, terminal]);
    for (const { pid } of others) process.kill(pid, 'SIGKILL');
    await Promise.all(others.map((other) => other.exited));
    for (const fd of [...others.flatMap((other) => [other.slave, other.master]), slave, master]) closeSync(fd);
  },
);
