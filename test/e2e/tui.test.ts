// The main job as a user does it: the real program in a real PTY, a real repository with a real remote, three agents.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OuterPty } from '../support/outer-pty.ts';

const program = new URL('../../bin/sesame.js', import.meta.url).pathname;
const leader = '\x11';

let place: string;
let repository: string;
let env: Record<string, string>;
let opened: OuterPty[];

const git = (...args: string[]): string => execFileSync('git', args, { cwd: repository, env, encoding: 'utf8' }).trim();
const sesame = (...args: string[]): string =>
  execFileSync(process.execPath, [program, ...args], { cwd: repository, env, encoding: 'utf8' });

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sz-'));
  repository = join(place, 'repo');
  opened = [];
  env = Object.fromEntries(
    Object.entries({ ...process.env, HOME: place, SESAME_WORK_DIR: place }).map(([key, value]) => [key, value ?? '']),
  );
  mkdirSync(repository);
  mkdirSync(join(place, '.sesame'));
  writeFileSync(join(place, '.sesame/config.json'), JSON.stringify({ defaultAgents: ['demo'] }));
  git('init', '-q', '-b', 'main');
  writeFileSync(join(repository, 'README.md'), '# a project\n');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  execFileSync('git', ['init', '-q', '--bare', join(place, 'remote.git')], { env });
  git('remote', 'add', 'origin', join(place, 'remote.git'));
});

afterEach(async () => {
  for (const terminal of opened) await terminal.close();
  try {
    sesame('server', 'stop', '--all');
  } catch {
    // The test stopped it itself.
  }
  rmSync(place, { recursive: true, force: true });
});

async function sitDown(cols: number, rows: number, ...args: string[]): Promise<OuterPty> {
  const terminal = await OuterPty.open({
    argv: [process.execPath, program, ...args],
    cols,
    rows,
    cwd: repository,
    env,
  });
  opened.push(terminal);
  return terminal;
}

describe.each([
  { cols: 80, rows: 24 },
  { cols: 200, rows: 50 },
])('at $cols x $rows', ({ cols, rows }) => {
  test('one prompt on three agents, watched, reviewed and shipped with one key', async () => {
    const user = await sitDown(cols, rows);
    await user.sees(/\[x\]\d+ Demo/);
    user.write('add a changelog');
    user.write('\t++\r');
    await user.sees(/1 demo/);
    await user.sees(/2 demo/);
    await user.sees(/3 demo/);
    await user.sees('3 done', 60_000);
    user.write('d');
    await user.sees('@@');
    await user.sees('CHANGELOG.md');
    user.write('qs');
    await user.sees('pushed to');
    const branches = execFileSync('git', ['branch', '--list'], {
      cwd: join(place, 'remote.git'),
      env,
      encoding: 'utf8',
    });
    expect(branches).toContain('sesame/add-changelog');
    expect(git('status', '--porcelain')).toBe('');
    user.write('q');
    await user.sees('1 demo');
    user.write('q');
    expect(await user.exited()).toBe(0);
  });
});

test('the agents go on while nobody looks, and are there again afterwards', async () => {
  const first = await sitDown(100, 30);
  await first.sees(/\[x\]\d+ Demo/);
  first.write('explain the project\r');
  await first.sees('1 demo');
  first.kill('SIGKILL');
  await first.exited();
  const second = await sitDown(100, 30);
  await second.sees('1 demo');
  await second.sees('1 done', 60_000);
  second.write('\r');
  await second.sees('TERM');
  second.write('/nothing');
  await second.sees('/nothing');
  second.write(leader);
  await second.sees('CMD');
});

test('a killed server is a banner, then everything is as it was', async () => {
  const user = await sitDown(100, 30);
  await user.sees(/\[x\]\d+ Demo/);
  user.write('explain the project\r');
  await user.sees('1 done', 60_000);
  const [server] = sesame('server', 'pids').trim().split(/\s+/);
  process.kill(Number(server), 'SIGKILL');
  await user.sees('agents keep running');
  await user.until((screen) => !screen.includes('agents keep running'), 'the server came back');
  user.write('\r');
  await user.sees('TERM');
  user.write('still here');
  await user.sees('still here');
});

test('any program in a pane without chrome', async () => {
  sesame('run', '--', 'sh', '-c', 'echo ready; read line; echo "got $line"; sleep 60');
  const user = await sitDown(60, 12, 'attach', '--zoom', '1');
  await user.sees('ready');
  expect(user.lines()[0]).toBe('ready');
  user.write('words\r');
  await user.sees('got words');
});

test('a window of 20x5 says so and comes back', async () => {
  const user = await sitDown(20, 5);
  await user.sees('too small');
  user.resize(80, 24);
  await user.sees('what should the agents do?');
});
