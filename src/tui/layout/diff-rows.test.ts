import { expect, test } from 'vitest';
import { apply, baseState, fileDiff, sessionId, summary } from '../../../test/golden/fixture.ts';
import { diffRows } from './diff-rows.ts';

test('a change cannot hide: what is invisible in a file is spelled in its diff', () => {
  const line = { kind: 'add', oldLine: null, newLine: 1, text: 'if (admin\u202e) {\u001b[8m evil\r' } as const;
  const value = { ...fileDiff, hunks: [{ header: '@@ -1 +1 @@', lines: [line] }] };
  const session = sessionId('s1aa');
  const { path } = fileDiff.file;
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
  const rows = state.screen.kind === 'diff' ? diffRows(state.screen.diff) : [];
  expect(rows.map(({ text }) => text)).toContain('if (admin<U+202E>) {^[[8m evil^M');
});
