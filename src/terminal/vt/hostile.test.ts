// What a hostile program may ask its terminal, and gets no answer to: an answer is typed into the program that runs next.
import { expect, test } from 'vitest';
import { recordingListener } from '../../../test/support/vt-streams.ts';
import { createVtEngine } from './vt-engine.ts';

test.each([
  ['its title, which it has set itself', '\x1b]2;x\rrm -rf ~\r\x07\x1b[21t'],
  ['its icon name', '\x1b]1;rm\x07\x1b[20t'],
  ['the clipboard', '\x1b]52;c;?\x07'],
  ['the primary selection', '\x1b]52;p;?\x1b\\'],
  ['the answerback message', '\x05'],
  ['a checksum of the screen', '\x1b[1;1;1;1;5;5*y'],
  ['the text under a macro', '\x1bP0;0;0!zrm\x1b\\\x1b[0*z'],
  ['a user-defined key', '\x1bP0;1|17/726d\x1b\\'],
  ['the font', '\x1b]50;?\x07'],
  ['a termcap entry', '\x1bP+q544e\x1b\\'],
])('a program that asks for %s hears nothing', (_, question) => {
  const { said, listener } = recordingListener();
  const vt = createVtEngine({ cols: 40, rows: 6, scrollback: 100, listener });
  vt.feed(new TextEncoder().encode(question));
  expect(said.filter(([what]) => what === 'reply' || what === 'clipboard')).toEqual([]);
});

test('an answer holds nothing the program has said', () => {
  const { said, listener } = recordingListener();
  const vt = createVtEngine({ cols: 40, rows: 6, scrollback: 100, listener });
  const asks =
    '\x1b]2;canary\x07\x1b]7501;state=canary\x1b\\\x1b[c\x1b[>q\x1b[6n\x1b]10;?\x07\x1b]4;1;?\x07\x1bP$qcanary\x1b\\\x1b]7501;?\x1b\\';
  vt.feed(new TextEncoder().encode(asks));
  const replies = said.filter(([what]) => what === 'reply').map(([, text]) => String(text));
  expect(replies.length).toBeGreaterThan(3);
  expect(replies.join('')).not.toContain('canary');
});
