// A user at work: a home and work directory of their own, a repository with a bare remote, terminals to sit down at.
// What was started at a desk is ended by pid, and nothing may be left when it is cleared.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Client, connectServer } from '../../src/client/connect.ts';
import { type Paths, resolvePaths } from '../../src/platform/paths.ts';
import { removeClean } from './leftovers.ts';
import { OuterPty } from './outer-pty.ts';
import { serverEntry } from './program.ts';

export const launcher = resolve('bin/sesame.js');
/** The key that leaves a pane. */
export const leader = '\x11';

export interface DeskOptions {
  /** Variables besides those of the test. */
  env?: Record<string, string>;
  /** False: a directory without a repository. */
  repository?: boolean;
}

export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

export class Desk {
  /** Everything of this desk is below; short, because socket paths are limited. */
  readonly place: string;
  readonly repository: string;
  readonly remote: string;
  readonly env: Record<string, string>;
  readonly paths: Paths;
  readonly #terminals: OuterPty[] = [];

  constructor(options: DeskOptions = {}) {
    this.place = mkdtempSync(join(tmpdir(), 'sd-'));
    this.repository = join(this.place, 'repo');
    this.remote = join(this.place, 'remote.git');
    const known = { ...process.env, HOME: this.place, SESAME_WORK_DIR: this.place, ...options.env };
    this.env = Object.fromEntries(
      Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    this.paths = resolvePaths(this.env);
    mkdirSync(this.repository);
    mkdirSync(this.paths.root);
    // Whatever other agents this machine has.
    writeFileSync(this.paths.config, JSON.stringify({ defaultAgents: ['demo'] }));
    if (options.repository === false) return;
    this.git('init', '-q', '-b', 'main');
    writeFileSync(join(this.repository, 'README.md'), '# a project\n');
    this.git('add', '.');
    this.git('commit', '-q', '-m', 'first');
    this.git('init', '-q', '--bare', this.remote);
    this.git('remote', 'add', 'origin', this.remote);
  }

  /** Runs git in the repository; throws when it fails. */
  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.repository, env: this.env, encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  /** Runs `sesame` to its end, in the repository unless told otherwise. */
  say(args: readonly string[], options: { cwd?: string; input?: string; env?: NodeJS.ProcessEnv } = {}): Said {
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [launcher, ...args], {
      cwd: options.cwd ?? this.repository,
      env: { ...this.env, ...options.env },
      input: options.input ?? '',
      encoding: 'utf8',
      timeout: 90_000,
      maxBuffer: 64 << 20,
    });
    if (error !== undefined) throw error;
    return { code: status, stdout, stderr };
  }

  /** The output of `sesame`; throws when it fails. */
  sesame(...args: string[]): string {
    const { code, stdout, stderr } = this.say(args);
    if (code !== 0) throw new Error(`sesame ${args.join(' ')}: exit ${code}: ${stderr}`);
    return stdout;
  }

  json<T>(...args: string[]): T {
    return JSON.parse(this.sesame(...args, '--json')) as T;
  }

  /** Starts `sh -c script` in a pane; its session. */
  startProgram(script: string, size?: string): { id: string; pid: number } {
    const sized = size === undefined ? [] : ['--size', size];
    const rows = JSON.parse(this.sesame('run', '--json', ...sized, '--', 'sh', '-c', script)) as Array<{
      id: string;
      pid: number;
    }>;
    const [row] = rows;
    if (row === undefined) throw new Error('no session');
    return row;
  }

  pids(): { server: number; holder: number | null; programs: number[] } {
    return this.json('server', 'pids');
  }

  connect(): Promise<Client> {
    return connectServer({
      paths: this.paths,
      start: true,
      serverCommand: { argv: [process.execPath, serverEntry], env: this.env },
    });
  }

  /** Starts the full screen, or any argv, in a terminal of its own. */
  async sitDown(
    options: { cols?: number; rows?: number; args?: string[]; argv?: string[]; cwd?: string; term?: string } = {},
  ): Promise<OuterPty> {
    const { cols = 100, rows = 30, args = [], argv, cwd = this.repository, term } = options;
    const terminal = await OuterPty.open({
      argv: argv ?? [process.execPath, launcher, ...args],
      cols,
      rows,
      cwd,
      env: this.env,
      ...(term === undefined ? {} : { term }),
    });
    this.#terminals.push(terminal);
    return terminal;
  }

  /** Ends everything that was started here and removes the directory. Throws when something is left. */
  async clear(): Promise<void> {
    for (const terminal of this.#terminals) await terminal.close();
    // None there is fine: the test stopped it itself.
    this.say(['server', 'stop', '--all'], { cwd: '/' });
    await removeClean(this.place);
  }
}
