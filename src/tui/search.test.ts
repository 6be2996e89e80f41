// Searching a pane, as a user presses it: the server is the one in memory, its answers are given here.
import { afterEach, expect, test } from 'vitest';
import { makeSession, sessionId } from '../../test/golden/fixture.ts';
import { allLeave, escapeKey, sitDown } from '../../test/golden/user.ts';
import type { CellPlace, TextMatch } from '../terminal/search.ts';

afterEach(allLeave);

interface Asked {
  query: { text: string; direction: string; line?: string; col?: string };
}

const match = (line: number, col: number, length: number): TextMatch => ({
  from: { line, col },
  to: { line, col: col + length - 1 },
});
const found = (place: TextMatch | null, next: CellPlace | null = null): unknown => ({
  match: place,
  next,
  screenTop: 100,
});

async function sitAtPane(): Promise<Awaited<ReturnType<typeof sitDown>>> {
  const user = await sitDown([makeSession('s1aa')]);
  await user.until(() => user.backend.panes.size === 1, 'the pane is open');
  user.backend.show('s1aa', ['one error', 'two', 'Error three'], { history: 100 });
  await user.sees('Error three');
  return user;
}

test('what is typed is looked for upwards from the last line, enter stays, n and N go on', async () => {
  const user = await sitAtPane();
  const rows = user.backend.panes.get(sessionId('s1aa'))!.rows;
  user.backend.answers.search = () => found(match(102, 0, 5));
  await user.press('/error');
  await user.sees('SEARCH');
  await user.until(() => user.app.state().copy?.line === 102, 'the cursor is there');
  const first = user.backend.called('search').at(-1) as Asked;
  expect(first.query).toEqual({ text: 'error', direction: 'up', line: String(100 + rows), col: '0' });
  await user.press('\r');
  await user.sees('COPY');
  user.backend.answers.search = () => found(match(100, 4, 5));
  await user.press('n');
  await user.until(() => user.app.state().copy?.line === 100, 'the one before');
  expect((user.backend.called('search').at(-1) as Asked).query).toMatchObject({
    direction: 'up',
    line: '102',
    col: '0',
  });
  user.backend.answers.search = () => found(match(20, 0, 5));
  await user.press('n');
  await user.until(() => user.app.state().copy?.line === 20, 'in the history');
  await user.sees('old 20');
  user.backend.answers.search = () => found(match(100, 4, 5));
  await user.press('N');
  await user.until(() => user.app.state().copy?.line === 100, 'back');
  expect((user.backend.called('search').at(-1) as Asked).query).toMatchObject({ direction: 'down', line: '20' });
  user.terminal.type(escapeKey);
  await user.until(() => user.app.state().copy === null, 'left');
});

test('only the answer to what is typed now counts', async () => {
  const user = await sitAtPane();
  const held: Array<(value: unknown) => void> = [];
  user.backend.answers.search = () => new Promise((resolve) => held.push(resolve));
  await user.press('/er');
  await user.until(() => held.length === 2, 'asked twice');
  held[1]!(found(match(30, 0, 2)));
  await user.until(() => user.app.state().copy?.line === 30, 'the newer answer');
  held[0]!(found(match(7, 0, 1)));
  await user.press('r');
  await user.until(() => held.length === 3, 'asked again');
  expect(user.app.state().copy?.line).toBe(30);
});

test('a long history is searched call by call, then from the other end', async () => {
  const user = await sitAtPane();
  const asked: Asked['query'][] = [];
  user.backend.answers.search = (options) => {
    asked.push((options as Asked).query);
    return asked.length === 1
      ? found(null, { line: 50, col: 0 })
      : asked.length === 2
        ? found(null)
        : found(match(102, 0, 1));
  };
  await user.press('/z');
  await user.until(() => user.app.state().copy?.line === 102, 'found');
  expect(asked.slice(1)).toEqual([
    { text: 'z', direction: 'up', line: '50', col: '0' },
    { text: 'z', direction: 'up' },
  ]);
});

test('nothing found is said, and escape or enter leave the pane as it was', async () => {
  const user = await sitAtPane();
  user.backend.answers.search = () => found(null);
  await user.press('/nope');
  await user.sees('not found');
  await user.press('\r');
  await user.until(() => user.app.state().copy === null, 'left');
  await user.press('/nope');
  await user.sees('not found');
  user.terminal.type(escapeKey);
  await user.until(() => user.app.state().copy === null, 'left again');
});

test('in copy mode the selection goes on to what is found, and escape comes back to where it was', async () => {
  const user = await sitAtPane();
  await user.press('v');
  await user.sees('COPY');
  const before = user.app.state().copy;
  user.backend.answers.search = () => found(match(90, 3, 2));
  await user.press('v/ol');
  await user.until(() => user.app.state().copy?.line === 90, 'found');
  expect(user.app.state().copy?.anchor).toEqual({ line: before!.line, col: before!.col });
  user.terminal.type(escapeKey);
  await user.until(() => user.app.state().copy?.search === undefined, 'the search is over');
  expect(user.app.state().copy).toMatchObject({ line: before!.line, top: before!.top });
});

test('enter without a text repeats the last search', async () => {
  const user = await sitAtPane();
  user.backend.answers.search = () => found(match(100, 4, 5));
  await user.press('/error\r');
  await user.until(() => user.app.state().copy?.search?.typing === false, 'accepted');
  user.terminal.type(escapeKey);
  await user.until(() => user.app.state().copy === null, 'left');
  const count = user.backend.called('search').length;
  await user.press('/\r');
  await user.until(() => user.backend.called('search').length > count, 'asked again');
  expect((user.backend.called('search').at(-1) as Asked).query.text).toBe('error');
});

test('n without a search says what to do', async () => {
  const user = await sitAtPane();
  await user.press('vn');
  await user.sees('nothing was searched for yet');
});
