// `sesame doctor`: what could be wrong on this machine, each line with what to do.

import { access, constants, readdir, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { checkVersion } from '../../client/connect.ts';
import { askHello, lookPatienceMs } from '../../client/hello.ts';
import { ExitCode, Failure, toFailureBody } from '../../domain/failure.ts';
import { readConfig } from '../../platform/config.ts';
import { errorCode, exists } from '../../platform/files.ts';
import { lockOwner } from '../../platform/lock.ts';
import type { CliContext } from '../context.ts';
import { createPaint, type Role } from '../paint.ts';

interface Finding {
  check: string;
  level: 'ok' | 'warn' | 'fail';
  message: string;
  remedy: string | null;
}

type Check = (context: CliContext) => Promise<Omit<Finding, 'check'>>;

export function registerDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check what sesame needs on this machine')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const findings = await Promise.all(
        Object.entries(checks).map(
          async ([check, run]): Promise<Finding> => ({ check, ...(await run(context).catch(failed)) }),
        ),
      );
      if (findings.some(({ level }) => level === 'fail')) context.exitWith(ExitCode.failure);
      if (options.json) {
        context.printJson(findings);
        return;
      }
      const paint = await createPaint(context);
      for (const { check, level, message, remedy } of findings) {
        context.print(`${paint(roles[level], level.padEnd(5))}${check.padEnd(16)}${message}`);
        if (remedy !== null) context.print(`${' '.repeat(21)}${remedy}`);
      }
    });
}

const roles: Record<Finding['level'], Role> = { ok: 'good', warn: 'warning', fail: 'bad' };
const setAside = /^(?:config\.json\.damaged(?:-\d+)?|sesame\.db\.damaged-[^.]*)$/;
const oldestGit = [2, 38] as const;

const checks: Record<string, Check> = {
  node: () => Promise.resolve(ok(process.versions.node)),
  git: async ({ env }) => {
    const { exec } = await import('../../platform/exec.ts');
    const { stdout, trouble } = await exec('git', ['--version'], { env, timeoutMs: 5000 });
    if (trouble === 'not-found') return { level: 'fail', message: 'git is not installed', remedy: 'install git' };
    const version = /(\d+)\.(\d+)[.\d]*/.exec(stdout.toString());
    if (version === null) return { level: 'fail', message: 'git does not say its version', remedy: 'reinstall git' };
    const [text, major, minor] = version;
    const tooOld = Number(major) < oldestGit[0] || (Number(major) === oldestGit[0] && Number(minor) < oldestGit[1]);
    return tooOld ? { level: 'fail', message: text, remedy: `install git ${oldestGit.join('.')} or newer` } : ok(text);
  },
  'work directory': async (context) => {
    const { workDir, root } = context.paths();
    await access((await exists(root)) ? root : workDir, constants.W_OK);
    return ok(root);
  },
  preferences: async (context) => {
    const { problems } = await readConfig(context.paths());
    return problems.length === 0
      ? ok('fine')
      : { level: 'warn', message: problems.join('; '), remedy: 'correct the file' };
  },
  'damaged files': async (context) => {
    const { root } = context.paths();
    const aside = (await readdir(root).catch(() => [])).filter((name) => setAside.test(name));
    if (aside.length === 0) return ok('none');
    const remedy = 'take out of it what you need, then delete it';
    return { level: 'warn', message: `set aside in ${root}: ${aside.join(', ')}`, remedy };
  },
  sockets: async (context) => {
    const { run } = context.paths();
    const mode = await stat(run).then(
      ({ mode }) => mode & 0o777,
      () => null,
    );
    if (mode === null || (mode & 0o077) === 0) return ok(run);
    return { level: 'fail', message: `others can look into ${run}`, remedy: `chmod 700 ${run}` };
  },
  server: async (context) => {
    try {
      const { interrupted } = context;
      const hello = checkVersion(await askHello(context.paths(), { patienceMs: lookPatienceMs, interrupted }));
      const [notice] = hello.notices ?? [];
      if (notice !== undefined) return { level: 'warn', message: notice.message, remedy: notice.remedy };
      return ok(`${hello.version}, pid ${hello.pid}${hello.holder ? `, holder pid ${hello.holder.pid}` : ''}`);
    } catch (error) {
      if (error instanceof Failure && error.code === 'no-server') return ok('not running; it starts when needed');
      throw error;
    }
  },
  logout: async ({ paths, env }) => {
    const { readLogoutFate } = await import('../logout.ts');
    switch (await readLogoutFate((await lockOwner(paths().holderLock)) ?? process.pid, env)) {
      case 'survives':
        return ok('agents go on after it');
      case 'unknown':
        return ok('not known whether agents go on after it');
      case 'ends-with-last-login':
        return {
          level: 'warn',
          message: 'agents end when you have logged out everywhere: systemd ends all you started',
          remedy: 'run `loginctl enable-linger`',
        };
      case 'ends-with-login':
        return {
          level: 'warn',
          message: 'agents end when you log out of where they were started: KillUserProcesses=yes in logind.conf',
          remedy:
            'run `loginctl enable-linger`, then `sesame server stop --all` and `systemd-run --user --scope sesame server start`',
        };
    }
  },
  terminal: ({ stdout, env }) => {
    const { TERM: term = '', COLORTERM: color = '' } = env;
    if (!stdout.isTTY)
      return Promise.resolve({
        level: 'warn',
        message: 'this is not a terminal',
        remedy: 'the full screen needs one; everything else works',
      });
    if (term === 'dumb' || term === '')
      return Promise.resolve({ level: 'warn', message: `TERM=${term}`, remedy: 'set TERM to what your terminal is' });
    const size = `${stdout.columns}x${stdout.rows}`;
    const colors = /truecolor|24bit/i.test(color) ? '24-bit colour' : 'COLORTERM does not promise 24-bit colour';
    return Promise.resolve(ok(`${term}, ${size}, ${colors}`));
  },
};

function ok(message: string): Omit<Finding, 'check'> {
  return { level: 'ok', message, remedy: null };
}

function failed(error: unknown): Omit<Finding, 'check'> {
  if (errorCode(error) === 'EACCES' || errorCode(error) === 'ENOENT' || errorCode(error) === 'EROFS') {
    return {
      level: 'fail',
      message: error instanceof Error ? error.message : String(error),
      remedy: 'make it writable, or set SESAME_WORK_DIR',
    };
  }
  const { message, remedy } = toFailureBody(error);
  return { level: 'fail', message, remedy };
}
