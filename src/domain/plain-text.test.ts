import { expect, test } from 'vitest';
import { plainLine, plainText, visibleText } from './plain-text.ts';

test('escape sequences and control characters are gone, lines, tabs and emoji stay', () => {
  expect(plainText('a\u001b[1;31mb\u001b[0m\tc\r\nd\u0007\u0000\u009be')).toBe('ab\tc\nde');
  expect(plainText('\u001b]0;title\u0007x\u001b]8;;http://h\u001b\\y\u001bP1$r\u001b\\z\u001b(B')).toBe('xyz');
  expect(plainText('👩‍👩‍👧 ü 日本')).toBe('👩‍👩‍👧 ü 日本');
});

test('what reorders or hides text is gone', () => {
  expect(plainText('a\u202eb\u2066c\u200bd\ufeffe\u00adf')).toBe('abcdef');
});

test('a line that was written over shows what was written last', () => {
  expect(plainText('10%\r50%\r100%\nnext\r')).toBe('100%\nnext');
});

test('a sequence that never ends hides nothing after its line', () => {
  expect(plainText('\u001b[31')).toBe('31');
  expect(plainText('\u001b]0;no end\nnext')).toBe('\nnext');
  expect(plainLine('a\nb  \t c\u2028d')).toBe('a b c d');
});

test('megabytes are cleaned in no time worth noticing', () => {
  const text = `${'\u001b]'.repeat(50_000)}${'word '.repeat(50_000)}`;
  expect(plainText(text).length).toBeLessThanOrEqual(text.length);
});

test('what is reviewed shows what could hide in it', () => {
  expect(visibleText('a\tb\u001b[31mc\r\nd\u007f\u009b')).toBe('a    b^[[31mc^M\nd^?<U+009B>');
  expect(visibleText('if (admin\u202e) // \u2066ok')).toBe('if (admin<U+202E>) // <U+2066>ok');
  expect(visibleText('👩‍👩‍👧 ü 日本')).toBe('👩‍👩‍👧 ü 日本');
});
