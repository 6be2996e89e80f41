// The command line, as a script uses it: real processes, real git, real terminals.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openProgram, type Program } from '../support/program.ts';
import { openRepository, type Repository } from '../support/repository.ts';

interface Row {
  id: string;
  title: string;
  status: string;
  branch: string;
  worktree: string;
  base: string;
  project: string;
  prompt: string;
  agent: string;
  pid: number;
}

let program: Program;
let repository: Repository;

beforeAll(async () => {
  program = openProgram();
  repository = await openRepository();
});

afterAll(async () => {
  await program.end();
  await repository.end();
});

describe('one prompt on three agents', () => {
  let rows: Row[];

  test('`new` prints a row per session', async () => {
    rows = await program.json<Row[]>([
      'new',
      'add a changelog',
      '-a',
      'demo',
      '-a',
      'demo',
      '-a',
      'demo',
      '--repo',
      repository.path,
    ]);
    expect(rows.map(({ agent, status, prompt, project }) => ({ agent, status, prompt, project }))).toEqual(
      Array(3).fill({ agent: 'demo', status: 'starting', prompt: 'add a changelog', project: repository.path }),
    );
    expect(new Set(rows.map(({ branch }) => branch)).size).toBe(3);
    expect(rows.every(({ base }) => /^[0-9a-f]{40}$/.test(base))).toBe(true);
  });

  test('`wait` returns when all of them are done', async () => {
    const done = await program.json<Row[]>(['wait', ...rows.map(({ id }) => id), '--for', 'done', '--timeout', '60']);
    expect(done.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  });

  test('`diff` shows what a session changed', async () => {
    const { id } = rows[0]!;
    const diff = await program.json<{ stat: { files: number }; files: unknown[]; patch: string }>(['diff', id]);
    expect(diff.stat.files).toBe(diff.files.length);
    expect(diff.patch).toContain('+++ b/CHANGELOG.md');
    expect((await program.sesame(['diff', id])).stdout.trimEnd()).toBe(diff.patch.trimEnd());
    expect((await program.sesame(['diff', id, '--stat'])).stdout).toMatch(/CHANGELOG\.md\n/);
  });

  test('`read` prints the screen, and `show` why it has its status', async () => {
    const { id } = rows[0]!;
    expect((await program.sesame(['read', id])).stdout).toContain('add a changelog');
    expect((await program.sesame(['show', id])).stdout).toContain('OSC 7501');
  });

  test('`ship` pushes a real commit', async () => {
    const { id, branch } = rows[0]!;
    const shipped = await program.json<Record<string, unknown>>(['ship', id, '-m', 'Add a changelog']);
    expect(shipped).toMatchObject({ branch, pushed: true, pullRequest: null });
    expect(await repository.git('ls-remote', repository.remote, `refs/heads/${branch}`)).toContain(
      String(shipped['commit']),
    );
  });

  test('`send` starts the next turn', async () => {
    const { id } = rows[1]!;
    expect((await program.sesame(['send', id, '-'], { input: 'and a test for it\n' })).stdout).toBe('accepted\n');
    await program.json(['wait', id, '--for', 'done', '--timeout', '60']);
    expect((await program.sesame(['read', id, '--scrollback'])).stdout).toContain('and a test for it');
  });

  test('`rename`, `stop`, `resume`, `rm` and `undo` do what they say', async () => {
    const { id, worktree } = rows[2]!;
    expect(await program.json<Row[]>(['rename', id, 'better title'])).toMatchObject([{ id, title: 'better title' }]);
    expect(await program.json<Row[]>(['stop', 'better'])).toMatchObject([{ id }]);
    expect((await program.json<Row[]>(['wait', id, '--for', 'exited', '--timeout', '30']))[0]?.status).toBe('exited');
    await program.json(['resume', id]);
    const [removed] = await program.json<Array<{ id: string; trash: string }>>(['rm', id]);
    expect(await repository.git('rev-parse', '--verify', String(removed?.trash))).toMatch(/^[0-9a-f]{40}$/);
    expect((await program.json<Row[]>(['ls'])).map((row) => row.id)).not.toContain(id);
    const undone = await program.json<{ session: Row }>(['undo']);
    expect(undone.session).toMatchObject({ id, worktree });
  });

  test('`logs` tells what happened, oldest first', async () => {
    const events = await program.json<Array<{ kind: string; seq: number }>>(['logs', rows[0]!.id]);
    expect(events[0]?.kind).toBe('session.created');
    expect(events.map(({ kind }) => kind)).toContain('ship.done');
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b));
  });
});

describe('any program', () => {
  test('`run` starts it in the size asked for', async () => {
    const { stdout } = await program.sesame([
      'run',
      '--json',
      '--size',
      '100x30',
      '--',
      'sh',
      '-c',
      'stty size; exec cat',
    ]);
    const [row] = JSON.parse(stdout) as Row[];
    const id = String(row?.id);
    await program.sesame(['send', id, 'hello there']);
    const screen = await program.json<{ cols: number; rows: number; lines: string[] }>(['read', id]);
    expect(screen).toMatchObject({ cols: 100, rows: 30 });
    expect(screen.lines[0]).toBe('30 100');
    await program.sesame(['stop', id]);
  });

  test('`wait` ends with 6 when the program failed, and with 4 when time runs out', async () => {
    const start = async (script: string): Promise<string> => {
      const { stdout } = await program.sesame(['run', '--json', '--', 'sh', '-c', script]);
      return (JSON.parse(stdout) as Row[])[0]!.id;
    };
    const failing = await start('exit 3');
    expect((await program.sesame(['wait', failing, '--for', 'done'])).code).toBe(6);
    const silent = await start('exec cat');
    const late = await program.sesame(['wait', silent, '--for', 'waiting', '--timeout', '0.2']);
    expect(late.code).toBe(4);
    expect(late.stderr).toContain('sesame: not waiting after 0.2 s');
    await program.sesame(['stop', silent]);
  });
});

describe('errors', () => {
  const fails = async (args: string[], code: number, words: string, cwd = repository.path): Promise<void> => {
    const outcome = await program.sesame(args, { cwd });
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
    // What happened, then what to do; never a stack trace.
    expect(outcome.stderr).toMatch(/^sesame: [^\n]+\n {2}[^\n]+\n/);
    expect(outcome.stderr).toContain(words);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  };

  test('a session that does not exist ends with 3', () => fails(['show', 'zzzz'], 3, 'zzzz'));
  test('an unknown verb ends with 2', () => fails(['frobnicate'], 2, 'frobnicate'));
  test('an unknown option ends with 2', () => fails(['ls', '--nope'], 2, '--nope'));
  test('a missing argument ends with 2', () => fails(['show'], 2, 'id'));
  test('a number that is none ends with 2', () => fails(['new', 'x', '--count', 'many'], 2, '--count'));
  test('a size that is none ends with 2', () => fails(['run', '--size', 'big', '--', 'true'], 2, '--size'));
  test('an unknown agent is named', () => fails(['new', 'x', '-a', 'nobody'], 3, 'nobody'));
  test('a directory without a repository is named', () => fails(['new', 'x', '-a', 'demo', '--repo', '/'], 1, '/'));
  test('no terminal for the full screen', () => fails([], 1, 'terminal'));
  test('a prompt with NUL is refused', async () => {
    const outcome = await program.sesame(['new', '-', '-a', 'demo'], { cwd: repository.path, input: 'a\0b' });
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toMatch(/NUL/i);
  });
});

describe('help', () => {
  test('lists every verb', async () => {
    const { stdout, code } = await program.sesame(['--help']);
    expect(code).toBe(0);
    const verbs =
      'attach new run ls show read send wait diff ship stop resume rename archive rm undo agents logs events server doctor demo';
    for (const verb of verbs.split(' ')) expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
    expect(stdout).not.toMatch(/^ {2}(auth|web)\b/m);
  });

  test('the version is that of the package', async () => {
    expect((await program.sesame(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
