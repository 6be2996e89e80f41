import { expect, test } from 'vitest';
import { type Key, KeyReader } from './keys.ts';

const stream = 'a\u001b[A\u001b[200~two\r\nlines\u001b[201~\u001b]7501;?\u001b\\\u001b[?62c日🙂\r\u007f\u0003\u001b[B';

function read(...pieces: string[]): Key[] {
  const reader = new KeyReader();
  const keys = pieces.flatMap((piece) => reader.push(piece));
  // Text may come in several pieces; what counts is the whole.
  const joined: Key[] = [];
  for (const key of keys) {
    const last = joined.at(-1);
    if (key.kind === 'text' && last?.kind === 'text')
      joined.splice(-1, 1, { kind: 'text', text: last.text + key.text });
    else joined.push(key);
  }
  return joined;
}

test('keys are read, replies of the terminal are not typed', () => {
  expect(read(stream)).toEqual([
    { kind: 'text', text: 'a' },
    { kind: 'up' },
    { kind: 'text', text: 'two\nlines日🙂' },
    { kind: 'enter' },
    { kind: 'backspace' },
    { kind: 'interrupt' },
    { kind: 'down' },
  ]);
});

test('cut anywhere they are the same', () => {
  for (let at = 1; at < stream.length; at++) {
    const code = stream.charCodeAt(at);
    // The decoder before it never cuts a character.
    if (code >= 0xdc00 && code <= 0xdfff) continue;
    expect(read(stream.slice(0, at), stream.slice(at))).toEqual(read(stream));
  }
});
