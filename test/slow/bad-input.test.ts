// What goes wrong before any work begins: each a clear sentence with what to do, nothing lost, no stack trace.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Desk, launcher, type Said } from '../support/desk.ts';
import { run } from '../support/program.ts';
import { until } from '../support/until.ts';

const isRoot = process.getuid?.() === 0;

let desk: Desk;
const open = (): void => {
  desk = new Desk({ env: { SESAME_DEMO_SPEED: '40' } });
};
const clear = (): Promise<void> => desk.clear();

interface Row {
  id: string;
  branch: string;
  worktree: string;
  status: string;
  prompt: string;
}

/** A sentence, then what to do about it; as JSON for those who asked for JSON. */
function expectWords(said: Said, words: RegExp): void {
  const { code, stdout } = said;
  const stderr = said.stderr.startsWith('{') ? sentencesOf(said.stderr) : said.stderr;
  expect(stderr).toMatch(/^sesame: [^\n]+\n {2}[^\n]+\n/);
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect({ code: code === 0, stdout }).toEqual({ code: false, stdout: '' });
}

function sentencesOf(json: string): string {
  const { error } = JSON.parse(json) as { error: { code: string; message: string; remedy: string } };
  expect(error.code).toMatch(/^[a-z-]+$/);
  return `sesame: ${error.message}\n  ${error.remedy}\n`;
}

const begin = (prompt = 'add a changelog', more: Parameters<Desk['say']>[1] & { repo?: string } = {}): Said =>
  desk.say(
    ['new', '--json', '-a', 'demo', ...(more.repo === undefined ? [] : ['--repo', more.repo]), '--', prompt],
    more,
  );

/** The session is made, does its work and is there afterwards. */
function expectDone(said: Said): Row {
  expect(said.stderr).toBe('');
  const [row] = JSON.parse(said.stdout) as [Row];
  const [done] = desk.json<[Row]>('wait', row.id, '--for', 'done', '--timeout', '60');
  expect(existsSync(join(done.worktree, 'CHANGELOG.md'))).toBe(true);
  return row;
}

/** A PATH that has everything of the usual one but these programs. */
function pathWithout(...names: string[]): string {
  const directory = join(desk.place, 'bin');
  mkdirSync(directory);
  for (const folder of (process.env['PATH'] ?? '').split(':').filter(existsSync)) {
    for (const name of readdirSync(folder)) {
      const link = join(directory, name);
      if (!names.includes(name) && !existsSync(link)) symlinkSync(join(folder, name), link);
    }
  }
  return directory;
}

describe('the machine', () => {
  beforeEach(open);
  afterEach(clear);

  test('without git on the PATH', async () => {
    const env = { PATH: pathWithout('git') };
    expectWords(begin(undefined, { env }), /git.*(not|cannot).*\n {2}.*install/i);
    const terminal = await desk.sitDown({ argv: ['env', `PATH=${env.PATH}`, process.execPath, launcher] });
    await terminal.sees(/git.*(not|cannot)/i);
    await terminal.sees(/install/i);
  });
});

describe('the command', () => {
  beforeAll(open);
  afterAll(clear);

  test.each([
    ['that is none', ['frobnicate'], 2, /no command "frobnicate".*\n {2}.*--help/],
    ['without its prompt', ['new'], 2, /missing.*prompt.*\n {2}\S/],
    ['with an option that is none', ['ls', '--nope'], 2, /--nope.*\n {2}\S/],
    ['on a session without a name', ['show', ''], 2, /empty.*\n {2}.*sesame ls/],
    ['on a session that is none', ['ship', '../../etc'], 3, /no session.*\n {2}.*sesame ls/],
    ['with an agent that is none', ['new', 'x', '-a', 'nobody'], 3, /nobody.*\n {2}known agents/],
    [
      'with a title that is too long',
      ['new', 'x', '--title', 'x'.repeat(300), '-a', 'demo'],
      2,
      /title: .*longer.*\n {2}\S/,
    ],
    ['with a number that is none', ['new', 'x', '--count', '1e9'], 2, /1e9.*\n {2}\S/],
  ])('%s', (_, args, code, words) => {
    const said = desk.say(args);
    expectWords(said, words);
    expect(said.code).toBe(code);
    const json = desk.say([...args, '--json']);
    expectWords(json, args[0] === 'frobnicate' ? /--json/ : words);
    expect(json.code).toBe(code);
  });

  test('whose names hold escape sequences cannot act on the terminal', () => {
    const said = desk.say(['new', 'x', '-a', 'demo', '--repo', '/no\x1b]0;owned\x07\x1b[31mred\nline']);
    expectWords(said, /\/nored line is no directory\n/);
    expect(said.stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});

describe('the repository', () => {
  beforeAll(open);
  afterAll(clear);

  test('a directory that is none', async () => {
    const cwd = join(desk.place, 'plain');
    mkdirSync(cwd);
    expectWords(begin(undefined, { cwd }), /plain.*not.*repository.*\n {2}\S/);
    const terminal = await desk.sitDown({ cwd });
    await terminal.sees(/not.*repository/);
  });

  test('without any commit', async () => {
    const cwd = join(desk.place, 'unborn');
    mkdirSync(cwd);
    desk.git('init', '-q', cwd);
    expectWords(begin(undefined, { cwd }), /no commit.*\n {2}.*commit/);
    const terminal = await desk.sitDown({ cwd });
    await terminal.sees(/no commit/);
    expect(desk.json<Row[]>('ls').filter(({ worktree }) => worktree.includes('unborn'))).toEqual([]);
  });

  test('with a detached HEAD, a bare one, and one whose name has spaces and unicode: they work', () => {
    desk.git('switch', '-q', '--detach');
    expectDone(begin());
    const bare = join(desk.place, 'bare.git');
    desk.git('clone', '-q', '--bare', desk.repository, bare);
    expectDone(begin(undefined, { repo: bare }));
    const odd = join(desk.place, "it's a  wörk tree 日本");
    desk.git('clone', '-q', desk.repository, odd);
    expectDone(begin(undefined, { cwd: odd }));
  });

  test('a dirty checkout stays as it is', () => {
    writeFileSync(join(desk.repository, 'README.md'), 'mine, not committed\n');
    writeFileSync(join(desk.repository, 'new.txt'), 'untracked\n');
    desk.git('add', 'README.md');
    writeFileSync(join(desk.repository, 'README.md'), 'mine, later\n');
    const before = [
      desk.git('status', '--porcelain=v2'),
      readFileSync(join(desk.repository, '.git/index')).toString('hex'),
    ];
    const row = expectDone(begin());
    expect([
      desk.git('status', '--porcelain=v2'),
      readFileSync(join(desk.repository, '.git/index')).toString('hex'),
    ]).toEqual(before);
    expect(existsSync(join(row.worktree, 'new.txt'))).toBe(false);
  });

  test('a branch name that is taken gets a number', () => {
    const { branch } = expectDone(begin('also add a changelog'));
    const taken = desk.git('rev-parse', branch);
    desk.git('branch', `${branch}-2`);
    expect(expectDone(begin('also add a changelog')).branch).toBe(`${branch}-3`);
    expect([branch, `${branch}-2`].map((name) => desk.git('rev-parse', name))).toEqual([
      taken,
      desk.git('rev-parse', 'HEAD'),
    ]);
  });

  test('a base that does not exist', () => {
    expectWords(desk.say(['new', 'x', '-a', 'demo', '--base', 'nowhere']), /nowhere.*\n {2}\S/);
  });
});

describe('the prompt', () => {
  beforeAll(open);
  afterAll(clear);

  test.each([
    ['empty', ''],
    ['of blanks', ' \n\t'],
  ])('%s is refused', (_, prompt) => expectWords(begin(prompt), /prompt is empty.*\n {2}\S/));

  test('with NUL is refused', () => {
    expectWords(desk.say(['new', '-a', 'demo', '-'], { input: 'a\0b' }), /NUL.*\n {2}\S/);
  });

  test('of 1 MB, starting with a dash, with newlines arrives whole', () => {
    const big = `-x add a changelog\n${'very long '.repeat(105_000)}\n--end`;
    const said = desk.say(['new', '--json', '-a', 'demo', '-'], { input: big });
    expect(expectDone(said).prompt).toBe(big);
    expect(expectDone(begin('--help me add a changelog')).prompt).toBe('--help me add a changelog');
  });
});

describe('the terminal', () => {
  beforeAll(open);
  afterAll(clear);

  test('none at all', () => expectWords(desk.say([]), /terminal.*\n {2}\S/));

  test('TERM=dumb', async () => {
    const terminal = await desk.sitDown({ term: 'dumb' });
    expect(await terminal.exited()).not.toBe(0);
    expect(terminal.raw).toMatch(/^sesame: .*dumb.*\r\n {2}\S/);
    expect(terminal.raw).not.toContain('\x1b[');
  });

  test('20x5', async () => {
    const terminal = await desk.sitDown({ cols: 20, rows: 5 });
    await terminal.sees('too small');
    terminal.resize(80, 24);
    await terminal.sees('what should the agents do?');
  });

  test('a pane of sesame itself', async () => {
    const { id } = desk.startProgram('stty -echo; echo ready; exec sh');
    const user = await desk.sitDown();
    await user.sees('ready');
    user.write(`\r'${process.execPath}' '${launcher}'\r`);
    await user.sees(`this terminal is a pane of sesame already (session ${id})`);
    expect(desk.sesame('read', id)).toContain('env -u SESAME_SESSION sesame');
    desk.sesame('stop', id);
  });
});

describe('the work directory', () => {
  beforeEach(open);
  afterEach(clear);

  test.runIf(isRoot)('that another user owns', () => {
    const place = join(desk.place, 'theirs');
    mkdirSync(place, { mode: 0o755 });
    // Everybody may come in, only root may write.
    for (const path of [desk.place, place]) chmodSync(path, 0o755);
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const { code, stdout, stderr } = inherit(nobody, { SESAME_WORK_DIR: place });
    expectWords({ code, stdout, stderr }, /permission denied.*\n {2}.*SESAME_WORK_DIR/);
  });

  test('on a full disk: said, and what was there stays', async (context) => {
    const disk = join(desk.place, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      context.skip('mounting a small file system is not allowed here');
    }
    try {
      const env = { SESAME_WORK_DIR: disk };
      expect(desk.say(['server', 'start'], { env }).code).toBe(0);
      const first = desk.say(['new', '--json', '-a', 'demo', 'add a changelog'], { env });
      expect(first.code).toBe(0);
      const [{ id }] = JSON.parse(first.stdout) as [Row];
      expect(desk.say(['wait', id, '--for', 'done', '--timeout', '60'], { env }).code).toBe(0);
      fill(join(disk, 'ballast'));
      const second = desk.say(['new', '-a', 'demo', 'another one'], { env });
      expectWords(second, /disk is full.*\n {2}.*space/);
      const rows = JSON.parse(desk.say(['ls', '--json'], { env }).stdout) as Row[];
      expect(rows.map((row) => row.id)).toEqual([id]);
      expect(desk.say(['read', id], { env }).stdout).toContain('add a changelog');
      // With room again the same server goes on.
      execFileSync('rm', [join(disk, 'ballast')]);
      expect(desk.say(['new', '--json', '-a', 'demo', 'another one'], { env }).code).toBe(0);
    } finally {
      desk.say(['server', 'stop', '--all'], { env: { SESAME_WORK_DIR: disk } });
      await until('it can be unmounted', () => {
        try {
          execFileSync('umount', [disk], { stdio: 'pipe' });
          return true;
        } catch {
          // A process that is just ending still stands in it.
          return false;
        }
      });
    }
  });

  test('on a read-only disk', (context) => {
    const disk = join(desk.place, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,ro', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      context.skip('mounting a small file system is not allowed here');
    }
    try {
      expectWords(desk.say(['ls'], { env: { SESAME_WORK_DIR: disk } }), /read-only.*\n {2}.*SESAME_WORK_DIR/);
    } finally {
      execFileSync('umount', [disk], { stdio: 'pipe' });
    }
  });

  test('whose path leaves no room for a socket', () => {
    const deep = join(desk.place, 'd'.repeat(110));
    expectWords(desk.say(['ls'], { env: { SESAME_WORK_DIR: deep } }), /socket path.*\n {2}.*SESAME_WORK_DIR/);
    expect(existsSync(join(deep, '.sesame/run'))).toBe(false);
  });

  test('that is no absolute path', () => {
    expectWords(desk.say(['ls'], { env: { SESAME_WORK_DIR: 'here' } }), /absolute.*\n {2}\S/);
    expect(existsSync(join(desk.repository, 'here'))).toBe(false);
  });

  test('with a socket and lock of a killed server, and two commands that start one at once', async () => {
    desk.sesame('server', 'start');
    process.kill(desk.pids().server, 'SIGKILL');
    expect(existsSync(desk.paths.serverSocket)).toBe(true);
    const both = await Promise.all([1, 2].map(() => run([launcher, 'server', 'start', '--json'], { env: desk.env })));
    expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(2).fill({ code: 0, stderr: '' }));
    expect(new Set(both.map(({ stdout }) => (JSON.parse(stdout) as { pid: number }).pid)).size).toBe(1);
  });

  test('with a damaged config: said on the screen, kept aside, and the program runs', async () => {
    writeFileSync(desk.paths.config, '{"theme": "li');
    const terminal = await desk.sitDown();
    await terminal.sees('is not valid JSON');
    expect(readFileSync(`${desk.paths.config}.damaged`, 'utf8')).toBe('{"theme": "li');
  });

  test('with damaged files: who starts the server is told, whoever looks later too, and nothing is overwritten', () => {
    writeFileSync(`${desk.paths.config}.damaged`, 'an earlier one');
    writeFileSync(desk.paths.config, '{"theme": "li');
    writeFileSync(desk.paths.database, 'no database at all'.repeat(100));
    const said = desk.say(['ls', '--json']);
    expect({ code: said.code, stdout: said.stdout.trim() }).toEqual({ code: 0, stdout: '[]' });
    const notices = said.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { notice: { code: string } });
    expect(notices.map(({ notice }) => notice.code).sort()).toEqual(['config', 'database-damaged']);
    expect(readFileSync(`${desk.paths.config}.damaged`, 'utf8')).toBe('an earlier one');
    expect(readFileSync(`${desk.paths.config}.damaged-2`, 'utf8')).toBe('{"theme": "li');
    expect(desk.say(['ls']).stderr).toBe('');
    expect(desk.sesame('doctor')).toMatch(/damaged files +set aside in .*sesame\.db\.damaged-/);
  });

  test('with a database of a newer version: the full screen says so and leaves it alone', async () => {
    mkdirSync(desk.paths.root, { recursive: true });
    const database = new DatabaseSync(desk.paths.database);
    database.exec('PRAGMA user_version = 9999');
    database.close();
    const before = readFileSync(desk.paths.database);
    const terminal = await desk.sitDown();
    expect(await terminal.exited()).not.toBe(0);
    expect(terminal.text()).toMatch(/sesame: .*newer sesame/);
    expect(terminal.text()).not.toMatch(/^\s+at /m);
    expect(readFileSync(desk.paths.database)).toEqual(before);
  });
});

/** `sesame ls` as another user. */
function inherit(prefix: string[], env: Record<string, string>): Said {
  const script = '"$@"; echo "exit $?" >&3';
  const out = join(desk.place, 'code');
  const words = [...prefix, process.execPath, launcher, 'ls'];
  const text = (name: string): string => readFileSync(join(desk.place, name), 'utf8');
  execFileSync('sh', ['-c', `exec 3>"$OUT" >"$OUT.1" 2>"$OUT.2"; ${script}`, 'sh', ...words], {
    env: { ...desk.env, ...env, OUT: out },
  });
  return { code: Number(/exit (\d+)/.exec(text('code'))?.[1]), stdout: text('code.1'), stderr: text('code.2') };
}

/** Takes every byte that is left. */
function fill(path: string): void {
  execFileSync('sh', ['-c', 'cat /dev/zero > "$1" 2>/dev/null || true', 'sh', path]);
}
