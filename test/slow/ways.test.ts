// Everything the command line can do is there on the screen too: pressed by a user, in the real program.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Desk } from '../support/desk.ts';

/** As terminals with the kitty protocol send it; the one here is one. */
const escapeKey = '\x1b[27u';

let desk: Desk;
beforeEach(() => {
  desk = new Desk({ env: { SESAME_DEMO_SPEED: '4' } });
});
afterEach(() => desk.clear());

const sizes = [
  { cols: 80, rows: 24 },
  { cols: 200, rows: 50 },
];

describe.each(sizes)('at $cols x $rows', (size) => {
  test('a task that commits by itself is started from the composer, and the choice is there the next time', async () => {
    const user = await desk.sitDown(size);
    await user.sees(/\[x\]\d+ Demo/);
    user.write('add a changelog\t\t ');
    await user.sees('mode task');
    user.write('\t ');
    await user.sees('permissions accept edits');
    user.write('\t\t\t ');
    await user.sees('when done commit');
    user.write(escapeKey);
    await user.sees('enter start');
    user.write('\r');
    await user.sees('1 demo');
    const [row] = desk.json<Array<{ branch: string }>>('ls');
    expect(row).toMatchObject({ mode: 'task', permissions: 'accept-edits' });
    await user.until(() => desk.git('log', '--format=%s', '-1', row!.branch) !== 'first', 'the commit', 30_000);
    // A task that was shipped hides itself: the composer comes back as it was left.
    await user.sees('mode task');
    await user.sees('permissions accept edits');
    const again = await desk.sitDown(size);
    await again.sees('mode task');
    await again.sees('permissions accept edits');
    await again.sees('when done keep');
  });

  test('f forks: the other one has the files and the conversation, and goes its own way', async () => {
    const user = await desk.sitDown(size);
    await user.sees(/\[x\]\d+ Demo/);
    user.write('add a changelog\r');
    await user.sees('1 done', 30_000);
    user.write('f');
    await user.sees('fork add a changelog');
    user.write('write some notes\r');
    await user.sees('2 demo');
    await user.sees(/[12] done/, 30_000);
    const [id] = desk.json<Array<{ id: string; title: string }>>('ls').filter(({ title }) => title.includes('notes'));
    desk.sesame('wait', id!.id, '--for', 'done', '--timeout', '30');
    const changed = desk.sesame('diff', id!.id, '--stat');
    expect(changed).toContain('CHANGELOG.md');
    expect(changed.trim().split('\n').length).toBeGreaterThan(1);
  });

  test('/ searches thousands of lines of history, n and N go on, esc comes back to the end', async () => {
    desk.startProgram('i=0; while [ $i -lt 8000 ]; do echo "row $i of it"; i=$((i+1)); done; echo THE END; exec cat');
    const user = await desk.sitDown(size);
    await user.sees('THE END');
    user.write('/row 4');
    await user.sees('SEARCH');
    await user.sees('row 4999 of it');
    user.write('2\r');
    await user.sees('row 4299 of it');
    await user.sees('COPY');
    user.write('n');
    await user.until((screen) => screen.includes('row 4298 of it'), 'the one before');
    user.write('Nv/ROW\r');
    await user.sees('not found');
    user.write(escapeKey);
    await user.sees('COPY');
    user.write(escapeKey);
    await user.until((screen) => screen.includes('THE END') && !screen.includes('COPY'), 'the end');
    // The program takes keys as before.
    user.write('\rhello\r');
    await user.sees(/hello\s[\s\S]*hello/);
  });

  test('N starts a session on a branch that is there, which is shipped under its own name', async () => {
    desk.git('branch', 'topic');
    desk.git('push', '-q', 'origin', 'topic');
    const user = await desk.sitDown(size);
    await user.sees(/\[x\]\d+ Demo/);
    // Before there is a pane it is in the palette.
    user.write('\x10');
    await user.sees('on a branch:');
    user.write('new-on-branch\r');
    await user.sees('work on which branch?');
    user.write('main\r');
    await user.sees('it is checked out in');
    user.write('\x15topic\r');
    await user.sees('topic, itself');
    user.write('add a changelog\r');
    await user.sees('1 done', 30_000);
    user.write('s');
    await user.sees('pushed to');
    expect(desk.git('ls-remote', 'origin', 'refs/heads/topic')).toContain(desk.git('rev-parse', 'topic'));
    expect(desk.git('rev-list', '--count', 'main..topic')).toBe('1');
    const refused = desk.say(['new', 'more', '--branch', 'topic']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('works on it');
  });

  test('p stops a program for a while, o opens an editor, D goes through the diffs of the marked', async () => {
    desk.env['EDITOR'] = 'ls -a';
    delete desk.env['VISUAL'];
    const user = await desk.sitDown(size);
    await user.sees(/\[x\]\d+ Demo/);
    user.write('add a changelog\t+\r');
    await user.sees('2 done', 30_000);
    user.write('p');
    await user.sees('paused');
    const [row] = desk.json<Array<{ id: string; pid: number; paused: boolean }>>('ls').filter(({ paused }) => paused);
    if (process.platform === 'linux')
      expect(/\) (\w)/.exec(readFileSync(`/proc/${row!.pid}/stat`, 'utf8'))?.[1]).toBe('T');
    user.write('p');
    await user.sees('goes on');
    expect(desk.json<Array<{ paused: boolean }>>('ls').some(({ paused }) => paused)).toBe(false);
    user.write('aD');
    await user.sees('diff 1/2');
    await user.sees('@@');
    user.write('>');
    await user.sees('diff 2/2');
    user.write('qo');
    await user.sees('3 ls');
    await user.sees('README.md');
  });
});
