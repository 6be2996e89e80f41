import { expect, test } from 'vitest';
import { noLimits, parseUnifiedDiff, usualLimits } from './unified-diff.ts';

const diff = `diff --git a/a.txt b/a.txt
index 1..2 100644
--- a/a.txt
+++ b/a.txt
@@ -1,3 +1,4 @@ function top()
 one
-two
+2
+2b
 three
@@ -10 +11,0 @@
---- looks like a header
\\ No newline at end of file
`;

test('every line knows its number on both sides', () => {
  const { hunks, omittedLines } = parseUnifiedDiff(diff, usualLimits);
  expect(omittedLines).toBe(0);
  expect(hunks.map((hunk) => hunk.header)).toEqual(['@@ -1,3 +1,4 @@ function top()', '@@ -10 +11,0 @@']);
  expect(hunks[0]?.lines.map(({ kind, text, oldLine, newLine }) => [kind, text, oldLine, newLine])).toEqual([
    ['context', 'one', 1, 1],
    ['delete', 'two', 2, null],
    ['add', '2', null, 2],
    ['add', '2b', null, 3],
    ['context', 'three', 3, 4],
  ]);
});

test('a removed line that looks like a file header is a removed line, and a missing last newline is a note', () => {
  const { hunks } = parseUnifiedDiff(diff, usualLimits);
  expect(hunks[1]?.lines).toEqual([
    { kind: 'delete', text: '--- looks like a header', oldLine: 10, newLine: null },
    { kind: 'note', text: 'No newline at end of file', oldLine: null, newLine: null },
  ]);
});

test('carriage returns and form feeds stay part of the line', () => {
  const { hunks } = parseUnifiedDiff('@@ -0,0 +1,2 @@\n+a\r\n+b\fc\u2028d\n', usualLimits);
  expect(hunks[0]?.lines.map((line) => line.text)).toEqual(['a\r', 'b\fc\u2028d']);
});

test('past the limit lines are counted, not kept', () => {
  const body = Array.from({ length: 30 }, (_, index) => `+line ${index}`).join('\n');
  const text = `@@ -0,0 +1,30 @@\n${body}\n@@ -5,0 +40,2 @@\n+x\n+y\n`;
  const cut = parseUnifiedDiff(text, { lines: 10, columns: 5 });
  expect(cut.omittedLines).toBe(22);
  expect(cut.hunks).toHaveLength(1);
  expect(cut.hunks[0]?.lines).toHaveLength(10);
  expect(cut.hunks[0]?.lines[0]?.text).toBe('line…');
  expect(parseUnifiedDiff(text, noLimits).omittedLines).toBe(0);
});

test('text that is no diff gives no hunks, and a cut off diff gives what is there', () => {
  expect(parseUnifiedDiff('', usualLimits)).toEqual({ hunks: [], omittedLines: 0 });
  expect(parseUnifiedDiff('Binary files a and b differ\n', usualLimits).hunks).toEqual([]);
  for (let end = 0; end <= diff.length; end++) {
    expect(() => parseUnifiedDiff(diff.slice(0, end), usualLimits)).not.toThrow();
  }
});
