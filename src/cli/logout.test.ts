// What systemd says is played: no machine of a test has it as its first process.
import { expect, test } from 'vitest';
import { type LogoutFate, logoutFate } from './logout.ts';

const desktop = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-terminal-1.scope\n';
const ssh = '0::/user.slice/user-1000.slice/session-12.scope\n';
const sshHybrid = `12:pids:/user.slice/user-1000.slice/session-12.scope
1:name=systemd:/user.slice/user-1000.slice/session-12.scope
0::/
`;
const service = '0::/system.slice/sesame.service\n';

async function fate(cgroup: string, { user = '', manager = '' } = {}): Promise<LogoutFate> {
  return logoutFate({
    cgroup,
    user: 'ada',
    loginctl: (...args) => Promise.resolve(args.includes('ada') ? user : manager),
  });
}

test('a program of the service manager outlives the last login of a user who lingers only', async () => {
  expect(await fate(desktop, { user: 'Linger=yes\n' })).toBe('survives');
  expect(await fate(desktop, { user: 'Linger=no\n' })).toBe('ends-with-last-login');
  expect(await fate(desktop)).toBe('unknown');
});

test.each([
  ['KillUserProcesses=no\n', 'survives'],
  ['KillUserProcesses=yes\nKillExcludeUsers=root\n', 'ends-with-login'],
  ['KillUserProcesses=yes\nKillExcludeUsers=root ada\n', 'survives'],
  ['KillUserProcesses=yes\nKillOnlyUsers=bob eve\n', 'survives'],
  ['KillUserProcesses=yes\nKillOnlyUsers=bob ada\n', 'ends-with-login'],
  ['', 'unknown'],
])('a program of one login, where the manager says %j: %s', async (manager, expected) => {
  expect(await fate(ssh, { manager, user: 'Linger=yes\n' })).toBe(expected);
  expect(await fate(sshHybrid, { manager })).toBe(expected);
});

test('one of a service or without systemd outlives everybody', async () => {
  expect(await fate(service, { manager: 'KillUserProcesses=yes\n' })).toBe('survives');
  expect(await fate('', { manager: 'KillUserProcesses=yes\n' })).toBe('survives');
});
