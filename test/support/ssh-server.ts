// A real sshd on the loopback with keys and configuration of its own in a directory of the test.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find(existsSync);

/** Why no sshd can be started here; null when one can. */
export const noSshd: string | null =
  process.platform !== 'linux'
    ? 'it needs Linux'
    : process.getuid?.() !== 0
      ? 'it needs root'
      : sshd === undefined
        ? 'openssh-server is not installed'
        : null;

export interface SshServer {
  /** argv that runs a command on the other side, in a terminal. */
  command(remote: string): string[];
  /** The sshd process of the one connection there is. */
  connectionPids(): number[];
  close(): Promise<void>;
}

export async function openSshServer(directory: string): Promise<SshServer> {
  const place = join(directory, 'ssh');
  mkdirSync(place, { mode: 0o700 });
  // Without it sshd refuses to start.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const file = (name: string): string => join(place, name);
  for (const name of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  copyFileSync(file('user.pub'), file('authorized'));
  chmodSync(file('authorized'), 0o600);
  const port = await freePort();
  const settings = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('authorized')}`,
    `PidFile ${file('pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'PermitUserEnvironment no',
    'LogLevel ERROR',
  ];
  writeFileSync(file('config'), `${settings.join('\n')}\n`);
  const child: ChildProcess = spawn(sshd ?? '', ['-D', '-e', '-f', file('config')], { stdio: 'ignore' });
  await until('sshd listens', () => listens(port));
  return {
    command: (remote) => [
      'ssh',
      '-tt',
      '-F',
      'none',
      '-i',
      file('user'),
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      `UserKnownHostsFile=${file('known')}`,
      '-o',
      'LogLevel=ERROR',
      '-p',
      String(port),
      `${userInfo().username}@127.0.0.1`,
      remote,
    ],
    connectionPids: () => descendants(child.pid ?? -1),
    close: async () => {
      const gone = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
      for (const pid of descendants(child.pid ?? -1)) tryKill(pid);
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Processes named sshd that came from this one: those that carry a connection. */
function descendants(parent: number): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return children.flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd') ? [pid, ...descendants(pid)] : [];
    } catch {
      return [];
    }
  });
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('data', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
