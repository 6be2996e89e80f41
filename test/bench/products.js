// The two programs that are compared, behind one shape: start, run a program in a pane, attach, stop.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** An environment without what an outer multiplexer or agent would have left in it. */
function environment(directory, more) {
  const { PATH } = process.env;
  return { PATH, HOME: directory, LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor', ...more };
}

/** @param {{directory: string, cols: number, rows: number, scrollback: number}} place */
export function tmux({ directory, cols, rows, scrollback }) {
  const env = environment(directory, { TMUX_TMPDIR: directory });
  const config = join(directory, 'tmux.conf');
  const base = ['-L', 'bench', '-f', config];
  const run = async (...args) => (await execute('tmux', [...base, ...args], { env, cwd: directory })).stdout.trim();
  let count = 0;
  writeFileSync(
    config,
    [
      `set -g history-limit ${scrollback}`,
      'set -g status off',
      'set -s escape-time 0',
      'set -g default-terminal tmux-256color',
      'set -ga terminal-overrides ",xterm-256color:Tc"',
      '',
    ].join('\n'),
  );
  return {
    env,
    start: async () => undefined,
    /** The first one is what an attached client shows. */
    async create(argv) {
      if (count++ === 0) await run('new-session', '-d', '-s', 'b', '-x', String(cols), '-y', String(rows), ...argv);
      else await run('new-window', '-d', '-t', 'b:', ...argv);
    },
    attach: () => ['tmux', ...base, 'attach', '-t', 'b'],
    coldStart: (argv) => ['tmux', ...base, 'new-session', '-s', 'b', ...argv],
    serverPids: async () => [Number(await run('display-message', '-p', '#{pid}'))],
    stop: () => run('kill-server'),
  };
}

/** @param {{directory: string, cols: number, rows: number, scrollback: number, program: string}} place */
export function sesame({ directory, cols, rows, scrollback, program }) {
  const work = join(directory, 'w');
  mkdirSync(work, { recursive: true });
  const env = environment(directory, { SESAME_WORK_DIR: work });
  const argv = (...args) => [process.execPath, program, ...args];
  const run = async (...args) => (await execute(process.execPath, [program, ...args], { env, cwd: directory })).stdout;
  let first = '1';
  let count = 0;
  return {
    env,
    start: () => run('server', 'start'),
    async create(hosted) {
      const size = `${cols}x${rows}`;
      const out = await run('run', '--json', '--size', size, '--scrollback', String(scrollback), '--', ...hosted);
      if (count++ === 0) first = /"id":\s*"([^"]+)"/.exec(out)?.[1] ?? '1';
    },
    attach: () => argv('attach', '--zoom', first),
    coldStart: () => argv(),
    serverPids: async () => (await run('server', 'pids')).trim().split(/\s+/).map(Number),
    stop: () => run('server', 'stop', '--all'),
  };
}

export const products = { tmux, sesame };
