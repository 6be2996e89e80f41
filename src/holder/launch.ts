// Opens a terminal and starts a program in it.
//
// The terminal comes from node-pty's native module, the process from Node: the module's own `fork` needs a thread per
// child and aborts the whole process, every PTY with it, when the system has no thread left. On macOS a session leader
// needs an ioctl to get its controlling terminal, so there `fork` is used.
//
// Between the two stands a shell that closes every inherited descriptor (the module opens masters without CLOEXEC, a
// program could read another one's terminal), makes the terminal the controlling one, forbids core dumps, enters the
// directory and becomes the program. What the program is called with is never read by the shell.
import { spawn } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readdirSync, realpathSync } from 'node:fs';
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
  shell: Shell = usualShell,
): Promise<Launched> {
  return how === 'fork' ? launchByFork(spec, shell) : launchByOpen(spec, shell);
}

/** A terminal without a program: what is written to it comes back as its echo. Both descriptors are the caller's. */
export function openTerminal(cols: number, rows: number): Pick<Launched, 'master' | 'slave'> {
  const { master, slave } = native.open(cols, rows);
  return { master, slave };
}

/** Tells the program by SIGWINCH. Throws when the terminal is gone. */
export function resizeTerminal(master: number, cols: number, rows: number): void {
  native.resize(master, cols, rows);
}

async function launchByOpen(spec: HolderSpawn, shell: Shell): Promise<Launched> {
  const { master, slave: inherited, pty } = native.open(spec.cols, spec.rows);
  const mine = [master];
  const lent = [inherited];
  try {
    const slave = holdSlave(pty);
    mine.push(slave);
    const nothing = openSync('/dev/null', 'r+');
    lent.push(nothing);
    // What the shell cannot close leads nowhere in the child.
    const open = shell.closesAll ? [] : readdirSync('/proc/self/fd').map(Number);
    const covers = Array<number>(Math.max(2, ...open) - 2).fill(nothing);
    const { args, env } = wrap(spec, shell, pty);
    const stdio = [inherited, inherited, inherited, ...covers];
    const child = spawn(shell.file, args, { env, cwd: '/', detached: true, stdio });
    const { promise: exited, resolve } = Promise.withResolvers<Exit>();
    child.on('exit', (code, signal) =>
      resolve({ code: code ?? 0, signal: signal === null ? 0 : system.signals[signal] }),
    );
    const { pid } = child;
    if (pid === undefined) throw await new Promise((fail) => child.once('error', fail));
    return { pid, master, slave, exited };
  } catch (error) {
    for (const fd of mine) closeSync(fd);
    throw error;
  } finally {
    for (const fd of lent) closeSync(fd);
  }
}

function launchByFork(spec: HolderSpawn, shell: Shell): Launched {
  const helper = process.platform === 'darwin' ? requirePty.resolve(`${platformPackage}/spawn-helper`) : '';
  const { args, env } = wrap(spec, shell, '');
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  const onExit = (code: number, signal: number): void => resolve({ code, signal });
  const { cols, rows } = spec;
  const child = native.fork(shell.file, args, pairs, '/', cols, rows, -1, -1, true, helper, onExit);
  try {
    return { pid: child.pid, master: child.fd, slave: holdSlave(child.pty), exited };
  } catch (error) {
    closeSync(child.fd);
    throw error;
  }
}

function holdSlave(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NOCTTY);
}

/** Variables that shells set, count or complain about. The shell never sees them; `env` sets them afterwards. */
const shellVariables =
  /^(LC_\w+|LANG|LANGUAGE|SHLVL|PWD|OLDPWD|_|IFS|COLUMNS|LINES|POSIXLY_CORRECT|SHELLOPTS|BASHOPTS)$/;

/** The program's environment is exactly the given one. Secrets travel as environment only: argv can be read by others. */
function wrap(spec: HolderSpawn, shell: Shell, tty: string): { args: string[]; env: Record<string, string> } {
  const given = Object.entries(spec.env);
  const late = given.filter(([name]) => shellVariables.test(name)).map(([name, value]) => `${name}=${value}`);
  const env = Object.fromEntries(given.filter(([name]) => !shellVariables.test(name)));
  const descriptors = shell.closesAll ? '[3-9]|[1-9][0-9]|[1-9][0-9][0-9]|[1-9][0-9][0-9][0-9]' : '[3-9]';
  const words = [script(descriptors), 'sesame', tty, spec.cwd, String(late.length), ...late, ...spec.argv];
  return { args: [...shell.options, '-c', ...words], env };
}

export interface Shell {
  file: string;
  options: string[];
  /** It can name descriptors of more than one digit. dash cannot. */
  closesAll: boolean;
}

const bashes = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash', '/run/current-system/sw/bin/bash'];
const usualShell = findShell();

function findShell(): Shell {
  const bash = bashes.find((path) => existsSync(path));
  if (bash !== undefined) return { file: bash, options: ['--noprofile', '--norc', '-p'], closesAll: true };
  return { file: '/bin/sh', options: [], closesAll: realpathSync('/bin/sh').endsWith('busybox') };
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
