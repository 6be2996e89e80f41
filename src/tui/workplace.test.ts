// A shell, an editor, a pause and a row of diffs, as a user presses them.
import { afterEach, expect, test } from 'vitest';
import { makeSession, sessionId, sessions } from '../../test/golden/fixture.ts';
import { allLeave, sitDown } from '../../test/golden/user.ts';
import type { RunId } from '../domain/ids.ts';
import { editorCommand } from './actions/workplace.ts';

afterEach(allLeave);

test('o opens the worktree in the editor, t in a shell, in panes that take the keys', async () => {
  const user = await sitDown(sessions);
  user.backend.answers.run = () => ({ session: makeSession('e1ee', { label: 'vim', title: 'vim in login form' }) });
  await user.sees('1 claude');
  await user.press('o');
  await user.until(() => user.app.state().selected === sessionId('e1ee'), 'the editor is selected');
  expect(user.app.state().mode).toBe('term');
  expect(user.backend.called('run')[0]).toMatchObject({
    body: { argv: ['vim', '-p', '.'], cwd: '/home/ada/.sesame/worktrees/api-server/s1aa', title: 'vim in login form' },
  });
  await user.press('\x11kt');
  await user.until(() => user.backend.called('run').length === 2, 'a shell');
  expect(user.backend.called('run')[1]).toMatchObject({ body: { argv: ['/bin/sh'] } });
});

test('an editor of more than words goes through the shell', () => {
  expect(editorCommand('code --wait', '/bin/zsh')).toEqual(['code', '--wait', '.']);
  expect(editorCommand("emacs -nw --eval '(x)'", '/bin/zsh')).toEqual(['/bin/zsh', '-c', "emacs -nw --eval '(x)' ."]);
  expect(editorCommand('~/bin/ed', '/bin/sh')).toEqual(['/bin/sh', '-c', '~/bin/ed .']);
});

test('p pauses, the pane says so and takes no keys, p lets it go on', async () => {
  const user = await sitDown(sessions);
  await user.sees('1 claude');
  const session = sessionId('s1aa');
  user.backend.answers.pause = (options) => {
    const { body } = options as { body: { paused: boolean } };
    user.backend.tell({ kind: 'run.paused', session, paused: body.paused });
    return { session: null };
  };
  await user.press('p');
  await user.sees('▮▮ paused');
  await user.press('\r');
  await user.sees('the program is paused');
  expect(user.app.state().mode).toBe('cmd');
  await user.press('p');
  await user.seesNot('▮▮ paused');
  expect(user.backend.called('pause')).toEqual([
    { params: { id: session }, body: { paused: true } },
    { params: { id: session }, body: { paused: false } },
  ]);
});

test('x ends a paused program instead of hiding the session', async () => {
  const run = { id: 'r' as RunId, pid: 1, cols: 80, rows: 24, paused: true as const };
  const user = await sitDown([makeSession('s1aa', { run })]);
  await user.sees('paused');
  await user.press('x');
  await user.until(() => user.backend.called('stop').length === 1, 'stopped');
  expect(user.backend.called('archive')).toEqual([]);
});

test('D shows the marked sessions one after the other', async () => {
  const user = await sitDown(sessions);
  await user.sees('1 claude');
  await user.press('D');
  await user.sees('nothing is marked');
  await user.press(' jj D');
  await user.sees('diff 1/2  claude');
  await user.press('>');
  await user.sees('diff 2/2  gemini');
  await user.press('>');
  await user.sees('this is the last of the marked sessions');
  await user.press('<');
  await user.sees('diff 1/2  claude');
  const asked = user.backend.called('diff').map((options) => (options as { params: { id: string } }).params.id);
  expect(asked).toEqual(['s1aa', 's3cc', 's1aa']);
});

test('past the last hunk of the last file the next marked session comes', async () => {
  const user = await sitDown(sessions);
  await user.sees('1 claude');
  await user.press(' j D');
  await user.sees('diff 1/2');
  for (let presses = 0; presses < 20 && user.app.state().screen.kind === 'diff'; presses++) {
    const { screen } = user.app.state();
    if (screen.kind === 'diff' && screen.diff.session === 's2bb') break;
    await user.press('n');
    await user.until(() => {
      const now = user.app.state().screen;
      return now.kind === 'diff' && now.diff.summary.state === 'ready' && now.diff.files.size > 0;
    }, 'loaded');
  }
  await user.sees('diff 2/2');
});
