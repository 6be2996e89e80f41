// Servers and terminals that go away, at the real screen.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk, leader } from '../support/desk.ts';
import { killServerUnderTui } from '../support/kill-under-tui.ts';
import { isAlive } from '../support/leftovers.ts';
import type { OuterPty } from '../support/outer-pty.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk({ env: { SESAME_DEMO_SPEED: '40' } });
});
afterEach(() => desk.clear());

test('a server killed three times under eight programs: same programs, every byte once', async () => {
  await killServerUnderTui(3);
}, 120_000);

test('what is typed while the server is away is not sent later, not even in part', async () => {
  desk.startProgram('printf ready; exec cat');
  const user = await desk.sitDown();
  await user.sees('ready');
  user.write('\r');
  await user.sees('TERM');
  user.write('begin');
  await user.sees('readybegin');
  const { server } = desk.pids();
  process.kill(server, 'SIGKILL');
  const typing = { timeout: 10_000, interval: 10 };
  const type = (): string => {
    user.write('x');
    return user.text();
  };
  await expect.poll(type, typing).toContain('not sent: ');
  user.write('zzz\r');
  await user.sees('the keys go nowhere');
  // Until there is a server again, each key is refused anew.
  const again = (): string => {
    user.write(`${leader}\r`);
    user.write('x');
    return user.text();
  };
  await expect.poll(again, { timeout: 10_000, interval: 100 }).toContain('beginx');
  user.write('end\r');
  await user.sees(/beginx*end[\s\S]*beginx*end/);
  expect(user.text()).not.toContain('zzz');
}, 60_000);

test('a terminal that was killed: the next one shows the same screen, with the same programs', async () => {
  const drawn = 'printf "\\033[31mred\\033[0m 日本 👍🏽\\r\\n"; exec cat';
  const { pid } = desk.startProgram(drawn);
  const { server, holder } = desk.pids();
  const first = await desk.sitDown();
  await first.sees('red 日本 👍🏽');
  first.write('\r');
  await first.sees('TERM');
  first.write('typed before\r');
  await first.sees(/typed before[\s\S]*typed before/);
  first.write(leader);
  await first.sees(' CMD ');
  const screen = withoutAges(first.lines());
  first.kill('SIGKILL');
  await first.exited();
  const second = await desk.sitDown();
  await second.until(() => withoutAges(second.lines()).join('\n') === screen.join('\n'), 'the same screen');
  expect(desk.pids()).toMatchObject({ server, holder });
  expect(isAlive(pid)).toBe(true);
});

test.each([
  { how: 'leaving', leave: (user: OuterPty) => user.write('q') },
  { how: 'being ended by SIGTERM', leave: (user: OuterPty) => user.kill('SIGTERM') },
])('$how restores every mode of the terminal', async ({ leave }) => {
  desk.startProgram("printf '\\033[?1003h\\033[?1006h\\033[?2004h\\033[?25lready'; exec cat");
  const user = await desk.sitDown();
  await user.sees('ready');
  user.write('\r');
  await user.sees('TERM');
  user.write(leader);
  await user.sees(' CMD ');
  leave(user);
  await user.exited();
  const modes = new Map([...user.raw.matchAll(/\x1b\[\?(\d+)([hl])/g)].map(([, mode, set]) => [mode, set]));
  // What was set last for each: alternate screen, paste, focus, mouse, synchronised output are off, cursor and wrap on.
  for (const mode of ['1049', '2004', '1004', '1000', '1002', '1003', '1006', '2026', '1']) {
    expect([mode, modes.get(mode) ?? 'l']).toEqual([mode, 'l']);
  }
  expect([modes.get('25'), modes.get('7')]).toEqual(['h', 'h']);
  expect(count(user.raw, '\x1b[>1u')).toBe(count(user.raw, '\x1b[<1u'));
  const end = user.raw.slice(user.raw.lastIndexOf('\x1b[?1049l'));
  expect(end).not.toMatch(/[a-z]{3}/);
  expect(user.engine.modes).toBe((await desk.sitDown({ argv: ['true'] })).engine.modes);
});

const count = (text: string, part: string): number => text.split(part).length - 1;

/** Lines without what changes by itself. */
function withoutAges(lines: string[]): string[] {
  return lines.map((line) => line.replace(/\d+:\d\d/g, 'm:ss').trimEnd());
}
