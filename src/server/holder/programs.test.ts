import { afterEach, beforeEach, expect, test } from 'vitest';
import { HolderRig, program, type Recorder, start } from '../../../test/support/holder.ts';
import type { HolderLink } from './link.ts';

let rig: HolderRig;
let holder: { link: HolderLink; told: Recorder };

beforeEach(async () => {
  rig = new HolderRig();
  holder = await rig.connect();
});

afterEach(() => rig.close());

/** Runs it to its end; line ends as the program wrote them. */
async function run(spec: ReturnType<typeof program>): Promise<{ text: string; code: number; signal: number }> {
  const { pty } = await start(holder, spec);
  const { code, signal } = await holder.told.exit(pty);
  return { text: holder.told.text(pty).replaceAll('\r\n', '\n'), code, signal };
}

test('what is typed comes back from a program that echoes', async () => {
  const { pty } = await start(holder, program('cat'));
  holder.link.write(pty, Buffer.from('héllo\n'));
  await holder.told.until('the echo', () => holder.told.text(pty) === 'héllo\r\nhéllo\r\n');
});

test('a program has a controlling terminal of the size asked for, and takes UTF-8', async () => {
  const { text } = await run({
    ...program('sh', '-c', 'stty size; stty -a </dev/tty; ulimit -c'),
    cols: 101,
    rows: 33,
  });
  expect(text).toMatch(/^33 101\n/);
  expect(text).toMatch(/[^-]iutf8/);
  expect(text).toMatch(/\n0\n$/);
});

test('arguments arrive untouched, whatever is in them', async () => {
  const words = ['a b', "it's", '"$HOME"', 'l1\nl2', '-x', '--', '', '*', 'ü🙂', '\\', 'A=1', '`id`', '\u0001'];
  const { text } = await run(
    program(process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words),
  );
  expect(JSON.parse(text)).toEqual(words);
});

test('the environment is exactly the given one', async () => {
  const env = {
    PATH: process.env['PATH'] ?? '',
    'odd-name': '1',
    LC_ALL: 'xx_YY.unknown',
    LANG: 'C',
    SHLVL: '7',
    IFS: 'x',
    BASH_ENV: '/nonexistent',
    SPACES: ' a  b ',
    LINES_OF: 'a\nb',
    EMPTY: '',
  };
  const { text } = await run({ ...program(process.execPath, '-p', 'JSON.stringify(process.env)'), env });
  expect(JSON.parse(text)).toEqual(env);
});

test('a program whose name has an equals sign is a program, not a variable', async () => {
  const { text, code } = await run(program('/nonexistent/a=b'));
  expect(text).toBe('sesame: cannot find the program /nonexistent/a=b\n');
  expect(code).toBe(127);
});

test('a missing directory is named in the terminal', async () => {
  const result = await run({ ...program('true'), cwd: '/nonexistent/some where' });
  expect(result).toEqual({
    text: 'sesame: cannot enter the directory /nonexistent/some where\n',
    code: 126,
    signal: 0,
  });
});

test('a missing program is named in the terminal', async () => {
  const result = await run(program('no-such-program', '-x'));
  expect(result).toEqual({ text: 'sesame: cannot find the program no-such-program\n', code: 127, signal: 0 });
});

test('exit code and signal are told apart', async () => {
  expect(await run(program('sh', '-c', 'exit 42'))).toEqual({ text: '', code: 42, signal: 0 });
  expect(await run(program('sh', '-c', 'kill -9 $$'))).toEqual({ text: '', code: 0, signal: 9 });
});

test('a resize reaches the program', async () => {
  const { pty } = await start(
    holder,
    program('bash', '-c', 'trap "stty size" WINCH; echo up; while :; do read -t 1; done'),
  );
  await holder.told.until('the start', () => holder.told.text(pty).includes('up'));
  holder.link.resize(pty, 132, 50);
  await holder.told.until('the new size', () => holder.told.text(pty).includes('50 132'));
  expect((await holder.link.list())[0]).toMatchObject({ cols: 132, rows: 50 });
});

// A program that inherited another session's terminal could read what is typed there.
test.runIf(process.platform === 'linux')(
  'a program has no descriptor of the holder or of another session',
  async () => {
    for (let other = 0; other < 12; other += 1) await start(holder, program('sleep', '60'));
    const { text } = await run(program('bash', '-c', 'for f in 0 1 2 {3..80}; do readlink /proc/$$/fd/$f; done'));
    const terminals = text.trim().split('\n');
    expect(terminals).toHaveLength(3);
    expect(new Set(terminals).size).toBe(1);
    expect(terminals[0]).toMatch(/^\/dev\/pts\//);
  },
);

test('arguments that no process can take are refused with a reason', async () => {
  await expect(holder.link.spawn(program('true', 'a\0b'))).rejects.toMatchObject({ code: 'bad-arguments' });
  await expect(holder.link.spawn(program('true', 'x'.repeat(3 << 20)))).rejects.toMatchObject({
    code: 'bad-arguments',
  });
  expect((await run(program('echo', 'fine'))).text).toBe('fine\n');
});
