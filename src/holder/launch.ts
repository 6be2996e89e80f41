// Opens a terminal and starts a program in it.
//
// The terminal comes from node-pty's native module, the process from Node: the module's own `fork` needs a thread per
// child and aborts the whole process, every PTY with it, when the system has no thread left. On macOS a session leader
// needs an ioctl to get its controlling terminal, so there `fork` is used.
//
// Between the two stands a shell that closes every inherited descriptor (the module opens masters without CLOEXEC, a
// program could read another one's terminal), makes the terminal the controlling one, forbids core dumps, enters the
// directory and becomes the program. What the program is called with is never read by the shell.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as system } from 'node:os';
import type { HolderSpawn } from '../protocol/holder.ts';

export interface Exit {
  code: number;
  /** 0 when no signal ended it. */
  signal: number;
}

export interface Launched {
  pid: number;
  /** Non-blocking; the caller's to close, like `slave`. */
  master: number;
  /** Held open so that output the program left behind is not lost when it exits. */
  slave: number;
  exited: Promise<Exit>;
}

interface Native {
  open(cols: number, rows: number): { master: number; slave: number; pty: string };
  fork(
    file: string,
    args: string[],
    env: string[],
    cwd: string,
    cols: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helperPath: string,
    onExit: (code: number, signal: number) => void,
  ): { fd: number; pid: number; pty: string };
  resize(fd: number, cols: number, rows: number): void;
}

const platformPackage = `@lydell/node-pty-${process.platform}-${process.arch}`;
const requirePty = createRequire(createRequire(import.meta.url).resolve('@lydell/node-pty/package.json'));
const native: Native = requirePty(`${platformPackage}/pty.node`);

/** Starts the program; a missing directory or program is a sentence in its terminal and exit code 126 or 127. Throws system errors. */
export async function launch(
  spec: HolderSpawn,
  how: 'open' | 'fork' = process.platform === 'darwin' ? 'fork' : 'open',
): Promise<Launched> {
  const { file, args, env } = wrap(spec);
  return how === 'fork' ? launchByFork(spec, file, args, env) : launchByOpen(spec, file, args, env);
}

/** Tells the program by SIGWINCH. Throws when the terminal is gone. */
export function resizeTerminal(master: number, cols: number, rows: number): void {
  native.resize(master, cols, rows);
}

async function launchByOpen(
  spec: HolderSpawn,
  file: string,
  args: (tty: string) => string[],
  env: Record<string, string>,
): Promise<Launched> {
  const terminal = native.open(spec.cols, spec.rows);
  const stdio = [terminal.slave, terminal.slave, terminal.slave];
  let slave: number | undefined;
  try {
    slave = openSync(terminal.pty, constants.O_RDWR | constants.O_NOCTTY);
    const child = spawn(file, args(terminal.pty), { env, cwd: '/', detached: true, stdio });
    const { pid } = child;
    if (pid === undefined) throw await new Promise((resolve) => child.once('error', resolve));
    return { pid, master: terminal.master, slave, exited: exitOf(child) };
  } catch (error) {
    closeSync(terminal.master);
    if (slave !== undefined) closeSync(slave);
    throw error;
  } finally {
    closeSync(terminal.slave);
  }
}

function launchByFork(
  spec: HolderSpawn,
  file: string,
  args: (tty: string) => string[],
  env: Record<string, string>,
): Launched {
  const helper = process.platform === 'darwin' ? requirePty.resolve(`${platformPackage}/spawn-helper`) : '';
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  const { cols, rows } = spec;
  const onExit = (code: number, signal: number): void => resolve({ code, signal });
  const child = native.fork(file, args(''), pairs, '/', cols, rows, -1, -1, true, helper, onExit);
  try {
    const slave = openSync(child.pty, constants.O_RDWR | constants.O_NOCTTY);
    return { pid: child.pid, master: child.fd, slave, exited };
  } catch (error) {
    closeSync(child.fd);
    throw error;
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  child.on('exit', (code, signal) =>
    resolve({ code: code ?? 0, signal: signal === null ? 0 : system.signals[signal] }),
  );
  return promise;
}

/** Variables that shells set, count or complain about. The shell never sees them; `env` sets them afterwards. */
const shellVariables =
  /^(LC_\w+|LANG|LANGUAGE|SHLVL|PWD|OLDPWD|_|IFS|COLUMNS|LINES|POSIXLY_CORRECT|SHELLOPTS|BASHOPTS)$/;

/** The program's environment is exactly the given one. Secrets travel as environment only: argv can be read by others. */
function wrap(spec: HolderSpawn): {
  file: string;
  args: (tty: string) => string[];
  env: Record<string, string>;
} {
  const given = Object.entries(spec.env);
  const late = given.filter(([name]) => shellVariables.test(name)).map(([name, value]) => `${name}=${value}`);
  const env = Object.fromEntries(given.filter(([name]) => !shellVariables.test(name)));
  const { file, first, descriptors } = shell;
  return {
    file,
    env,
    args: (tty) => [...first, script(descriptors), 'sesame', tty, spec.cwd, String(late.length), ...late, ...spec.argv],
  };
}

const shell = findShell();

/** dash, the last resort, can only name descriptors of one digit. */
function findShell(): { file: string; first: string[]; descriptors: string } {
  const all = '[3-9]|[1-9][0-9]|[1-9][0-9][0-9]|[1-9][0-9][0-9][0-9]';
  const isThere = (path: string): boolean => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash', '/run/current-system/sw/bin/bash'].find(isThere);
  if (bash !== undefined) {
    return { file: bash, first: ['--noprofile', '--norc', '-p', '-c'], descriptors: all };
  }
  const isBusybox = realpathSync('/bin/sh').endsWith('busybox');
  return { file: '/bin/sh', first: ['-c'], descriptors: isBusybox ? all : '[3-9]' };
}

/** $1 terminal or empty, $2 directory, $3 number of late variables, then these, then argv. */
function script(descriptors: string): string {
  return `
for f in /dev/fd/*; do n=\${f##*/}; case $n in ${descriptors}) eval "exec $n>&-";; esac; done
if [ -n "$1" ]; then exec <>"$1" >&0 2>&0; /bin/stty iutf8 2>/dev/null; fi
ulimit -c 0 2>/dev/null
cd -- "$2" 2>/dev/null || { printf 'sesame: cannot enter the directory %s\\n' "$2"; exit 126; }
late=$3; shift 3; i=0; program=
for a do
  if [ $i -eq $late ]; then program=$a; break; fi
  i=$((i + 1))
done
command -v -- "$program" >/dev/null 2>&1 || { printf 'sesame: cannot find the program %s\\n' "$program"; exit 127; }
case $program in *=*) shift $late; exec "$@";; esac
exec /usr/bin/env -u SHLVL -u PWD -u OLDPWD -u _ -- "$@"
`;
}
