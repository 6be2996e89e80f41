import { existsSync, readFileSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, makeRepository, temporaryDirectory, writeFiles, writeScript } from '../../../test/support/git.ts';
import { openGitDoor, splitNul } from './door.ts';
import { gitEnvironment } from './environment.ts';
import { cleanWords, withoutUserinfo } from './git-failure.ts';

const choice = { hooks: false, withoutFilters: [], settings: [], readOnly: true, extra: {} };

test('the environment is built from an allow-list', () => {
  const env = gitEnvironment(
    {
      PATH: '/bin',
      HOME: '/h',
      SSH_AUTH_SOCK: '/s',
      ANTHROPIC_API_KEY: 'canary',
      GIT_DIR: '/evil',
      GIT_INDEX_FILE: '/evil',
      GIT_EXEC_PATH: '/evil',
      GIT_EXTERNAL_DIFF: 'evil',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      LD_PRELOAD: 'x',
    },
    choice,
  );
  expect(env).toMatchObject({
    PATH: '/bin',
    HOME: '/h',
    SSH_AUTH_SOCK: '/s',
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
  });
  expect(Object.values(env).join()).not.toMatch(/canary|evil/);
  expect([env['GIT_CONFIG_KEY_0'], env['GIT_CONFIG_VALUE_0']]).toEqual(['safe.directory', '*']);
  expect(env['LD_PRELOAD']).toBeUndefined();
  expect(Number(env['GIT_CONFIG_COUNT'])).toBe(
    Object.keys(env).filter((name) => name.startsWith('GIT_CONFIG_KEY_')).length,
  );
});

test('bytes that are no text come through as they are', async () => {
  const repository = await makeRepository({ files: { 'a.bin': Uint8Array.of(0xff, 0, 0xfe, 10) } });
  const { stdout } = await openGitDoor(process.env).run(['cat-file', 'blob', 'HEAD:a.bin'], { cwd: repository.path });
  expect([...stdout]).toEqual([0xff, 0, 0xfe, 10]);
  expect(splitNul(Buffer.from([0x61, 0, 0xff, 0]))).toEqual(['a', '\u00ff']);
});

test('output past the bound ends the call', async () => {
  const repository = await makeRepository({ files: { big: 'x'.repeat(1 << 20) } });
  const door = openGitDoor(process.env);
  const call = { cwd: repository.path, maxBytes: 1000 };
  await expect(door.run(['cat-file', 'blob', 'HEAD:big'], call)).rejects.toMatchObject({
    code: 'git-output-too-large',
  });
  expect(await door.run(['cat-file', 'blob', 'HEAD:big'], { ...call, truncate: true })).toMatchObject({
    truncated: true,
  });
});

test('a call that hangs is ended, by time and by signal, and what it started with it', async () => {
  const repository = await makeRepository();
  await writeScript(join(repository.home, 'hang.sh'), `echo $$ >> "${repository.home}/pids"; exec sleep 300`);
  await writeFiles(repository.path, { '.gitattributes': '*.x filter=hang\n', 'a.x': '1\n' });
  await repository.git('config', 'filter.hang.clean', join(repository.home, 'hang.sh'));
  const door = openGitDoor(process.env);
  const call = { cwd: repository.path, readOnly: false };
  for (const programs of [false, true]) {
    await expect(door.run(['add', 'a.x'], { ...call, programs, timeoutMs: 400 })).rejects.toMatchObject({
      code: 'git-timeout',
    });
    await rm(join(repository.path, '.git/index.lock'), { force: true });
    const signal = AbortSignal.timeout(400);
    await expect(door.run(['add', 'a.x'], { ...call, programs, signal })).rejects.toMatchObject({ code: 'aborted' });
    const pids = readFileSync(join(repository.home, 'pids'), 'utf8').trim().split('\n').map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) {
      // Without `programs` simple-git leaves them; the test must not.
      if (programs) await waitUntilEnded(pid);
      else process.kill(pid, 'SIGKILL');
    }
    await rm(join(repository.home, 'pids'));
    await rm(join(repository.path, '.git/index.lock'), { force: true });
  }
  await expect(door.run(['status'], { cwd: repository.path, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'aborted',
  });
});

async function waitUntilEnded(pid: number): Promise<void> {
  await expect.poll(() => isRunning(pid), { timeout: 5000, interval: 20 }).toBe(false);
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('a command that reads its input and gets none ends', async () => {
  const repository = await makeRepository();
  expect((await openGitDoor(process.env).run(['hash-object', '--stdin'], { cwd: repository.path })).exitCode).toBe(0);
});

test('hooks run only when asked for', async () => {
  const repository = await makeRepository();
  await writeScript(join(repository.path, '.git/hooks/post-commit'), `touch "${repository.home}/ran"`);
  const door = openGitDoor(process.env);
  const commit = ['commit', '--allow-empty', '-m', 'x'];
  await door.run(commit, { cwd: repository.path, readOnly: false });
  expect(existsSync(join(repository.home, 'ran'))).toBe(false);
  await door.run(commit, { cwd: repository.path, readOnly: false, hooks: true });
  expect(existsSync(join(repository.home, 'ran'))).toBe(true);
});

test('a lock names its file and whether a git still owns it', async () => {
  const repository = await makeRepository();
  const lock = join(repository.path, '.git/index.lock');
  await writeFile(lock, '');
  const add = openGitDoor(process.env).run(['add', '.'], { cwd: repository.path, readOnly: false });
  await expect(add).rejects.toMatchObject({
    code: 'locked',
    remedy: `if no git runs there, delete the lock and try again: rm '${lock}'`,
  });
});

test('a repository that may not be written is said', async (context) => {
  if (process.getuid?.() === 0) context.skip('root may write everywhere');
  const repository = await makeRepository();
  await chmod(join(repository.path, '.git/refs/heads'), 0o500);
  const call = openGitDoor(process.env).run(['update-ref', 'refs/heads/x', 'HEAD'], {
    cwd: repository.path,
    readOnly: false,
  });
  await expect(call).rejects.toMatchObject({ code: 'no-permission' });
});

test('an unknown complaint keeps its words, without control characters and passwords', async () => {
  const path = temporaryDirectory('d');
  await git(path, 'init', '--quiet');
  const call = openGitDoor(process.env).run(['frobnicate'], { cwd: path });
  await expect(call).rejects.toMatchObject({
    code: 'git-failed',
    message: expect.stringContaining("'frobnicate' is not a git command"),
  });
  expect(withoutUserinfo('to https://u:p%40ss@host/x and ssh://git@h/y, a@b')).toBe(
    'to https://host/x and ssh://h/y, a@b',
  );
  expect(cleanWords('\u001b[31mfatal\u001b[0m: \u0007x https://tok:en@h/\n')).toBe('fatal: x https://h/');
});
