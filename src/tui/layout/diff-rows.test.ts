import { expect, test } from 'vitest';
import { apply, baseState, fileDiff, sessionId, summary } from '../../../test/golden/fixture.ts';
import type { FileDiff } from '../../domain/diff.ts';
import { diffRows } from './diff-rows.ts';

function rowsOf(value: FileDiff): string[] {
  const session = sessionId('s1aa');
  const { path } = value.file;
  const state = apply(
    baseState({ cols: 80, rows: 24 }),
    {
      kind: 'screen.opened',
      screen: {
        kind: 'diff',
        diff: {
          session,
          among: [],
          summary: { state: 'ready', value: summary },
          file: 0,
          files: new Map(),
          top: 0,
          left: 0,
        },
      },
    },
    { kind: 'diff.file', session, path, diff: { state: 'ready', value } },
  );
  return state.screen.kind === 'diff' ? diffRows(state.screen.diff).map(({ text }) => text) : [];
}

test.each([
  [true, 'over 16 MB, so not compared: see it in the worktree'],
  [undefined, 'a binary file: its content is not shown'],
])('of a file without lines it is said why (large: %s)', (large, words) => {
  const { file } = fileDiff;
  const value = { file: { ...file, binary: true, ...(large && { large }) }, hunks: [], omittedLines: 0 };
  expect(rowsOf(value)).toEqual([words]);
});

test('a change cannot hide: what is invisible in a file is spelled in its diff', () => {
  const line = { kind: 'add', oldLine: null, newLine: 1, text: 'if (admin\u202e) {\u001b[8m evil\r' } as const;
  const value = { ...fileDiff, hunks: [{ header: '@@ -1 +1 @@', lines: [line] }] };
  expect(rowsOf(value)).toContain('if (admin<U+202E>) {^[[8m evil^M');
});
