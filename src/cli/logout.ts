// Whether what runs here outlives its user's logout. A session of its own (setsid) is enough for a closed terminal and a
// lost connection; systemd, where it is, ends whole groups of processes by its own rules: logind.conf(5), loginctl(1).
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { exists } from '../platform/files.ts';

export type LogoutFate =
  | 'survives'
  /** Who decides it could not be asked. */
  | 'unknown'
  /** It belongs to the user's service manager, which ends with the last login. */
  | 'ends-with-last-login'
  /** It belongs to one login, and systemd is told to end all of it. */
  | 'ends-with-login';

export interface LogoutFacts {
  /** What /proc says of the process. */
  cgroup: string;
  user: string;
  /** What `loginctl` prints for these arguments; empty when it cannot be asked. */
  loginctl(...args: string[]): Promise<string>;
}

/** Of a process of this user. */
export async function readLogoutFate(pid: number, env: NodeJS.ProcessEnv): Promise<LogoutFate> {
  if (process.platform !== 'linux') return 'unknown';
  if (!(await exists('/run/systemd/system'))) return 'survives';
  // It may have ended meanwhile.
  const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => null);
  if (cgroup === null) return 'unknown';
  return await logoutFate({
    cgroup,
    user: userInfo().username,
    loginctl: async (...args) => {
      const { exec } = await import('../platform/exec.ts');
      const { stdout, exitCode } = await exec('loginctl', args, { env, timeoutMs: 5000 });
      return exitCode === 0 ? stdout.toString('utf8') : '';
    },
  });
}

export async function logoutFate({ cgroup, user, loginctl }: LogoutFacts): Promise<LogoutFate> {
  // cgroup v2, or systemd's own tree beside those of v1.
  const path = /^(?:0:|\d+:name=systemd):(\/.+)$/m.exec(cgroup)?.[1] ?? '';
  if (/\/user@\d+\.service(?:\/|$)/.test(path)) {
    const { Linger } = properties(await loginctl('show-user', user, '--property=Linger'));
    if (Linger === undefined) return 'unknown';
    return Linger === 'yes' ? 'survives' : 'ends-with-last-login';
  }
  if (!/\/session-[^/]+\.scope(?:\/|$)/.test(path)) return 'survives';
  // Without a name it shows the manager's own.
  const manager = properties(await loginctl('show-user'));
  if (manager['KillUserProcesses'] === undefined) return 'unknown';
  const only = words(manager['KillOnlyUsers']);
  const isMeant = only.length === 0 || only.includes(user);
  if (manager['KillUserProcesses'] !== 'yes' || !isMeant) return 'survives';
  return words(manager['KillExcludeUsers']).includes(user) ? 'survives' : 'ends-with-login';
}

function properties(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

function words(value = ''): string[] {
  return value.split(/\s+/).filter((word) => word !== '');
}
