import { describe, expect, test } from 'vitest';
import { keyLabel } from '../../terminal/keys.ts';
import { PasteLimit, type Token } from './token.ts';
import { Tokenizer } from './tokenizer.ts';

const encode = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

function show(token: Token): string {
  switch (token.kind) {
    case 'key': {
      const { key } = token;
      const marks = `${key.text === '' ? '' : `'${key.text}'`}${key.keypad ? ' keypad' : ''}${key.form === 'extended' ? ' extended' : ''}`;
      return `${keyLabel(key)}${marks && ` ${marks.trim()}`}${key.action === 'press' ? '' : ` ${key.action}`}`;
    }
    case 'paste':
      return `paste ${JSON.stringify(new TextDecoder().decode(token.bytes))}${token.truncated ? ' truncated' : ''}`;
    case 'mouse':
      return `${token.mouse.action} ${token.mouse.button} ${token.mouse.x},${token.mouse.y}${token.mouse.ctrl ? ' ctrl' : ''}${token.mouse.alt ? ' alt' : ''}${token.mouse.shift ? ' shift' : ''}`;
    case 'focus':
      return `focus ${token.focused ? 'in' : 'out'}`;
    case 'reply':
      return `reply ${JSON.stringify(token.reply)}`;
  }
}

function read(...pieces: Array<string | Uint8Array>): string[] {
  const tokenizer = new Tokenizer();
  const tokens = pieces.flatMap((piece) => tokenizer.push(typeof piece === 'string' ? encode(piece) : piece));
  return [...tokens, ...tokenizer.expire()].map(show);
}

const table: ReadonlyArray<readonly [bytes: string, tokens: readonly string[]]> = [
  ['a', ["a 'a'"]],
  ['A', ["shift+a 'A'"]],
  [' ', ["space ' '"]],
  ['/', ["/ '/'"]],
  ['?', ["? '?'"]],
  ['é', ["é 'é'"]],
  ['É', ["shift+é 'É'"]],
  ['日本', ["日 '日'", "本 '本'"]],
  ['🚀', ["🚀 '🚀'"]],
  ['\r', ['enter']],
  ['\n', ['ctrl+j']],
  ['\t', ['tab']],
  ['\x7f', ['backspace']],
  ['\x08', ['ctrl+h']],
  ['\x00', ['ctrl+space']],
  ['\x11', ['ctrl+q']],
  ['\x1c', ['ctrl+\\']],
  ['\x1d', ['ctrl+]']],
  ['\x1f', ['ctrl+_']],
  ['\x1b', ['escape']],
  ['\x1b\x1b', ['escape', 'escape']],
  ['\x1b\x1b\x1b', ['escape', 'escape', 'escape']],
  ['\x1bx', ['alt+x']],
  ['\x1bX', ['alt+shift+x']],
  ['\x1b/', ['alt+/']],
  ['\x1bé', ['alt+é']],
  ['\x1b\r', ['alt+enter']],
  ['\x1b\x7f', ['alt+backspace']],
  ['\x1b\x01', ['ctrl+alt+a']],
  ['\x1b[', ['alt+[']],
  ['\x1b]', ['alt+]']],
  ['\x1b]x', ['alt+]', "x 'x'"]],
  ['\x1bP', ['alt+shift+p']],
  ['\x1bPa', ['alt+shift+p', "a 'a'"]],
  ['\x1bO', ['alt+shift+o']],
  ['\x1bO!', ['alt+shift+o', "! '!'"]],
  ['\x1b_', ['alt+_']],
  ['\x1b[A', ['up']],
  ['\x1bOA', ['up']],
  ['\x1b\x1b[A', ['alt+up']],
  ['\x1b\x1bOA', ['alt+up']],
  ['\x1b[1;5C', ['ctrl+right']],
  ['\x1b[1;10D', ['shift+super+left']],
  ['\x1bO5P', ['ctrl+f1']],
  ['\x1b[H\x1b[F\x1b[1~\x1b[4~', ['home', 'end', 'home', 'end']],
  ['\x1b[2~\x1b[3~\x1b[5~\x1b[6~', ['insert', 'delete', 'pageup', 'pagedown']],
  ['\x1b[3;5~', ['ctrl+delete']],
  ['\x1b[3$\x1b[3^', ['shift+delete', 'ctrl+delete']],
  ['\x1b[a\x1bOa', ['shift+up', 'ctrl+up']],
  ['\x1bOP\x1b[15~\x1b[24~\x1b[25~\x1b[34~', ['f1', 'f5', 'f12', 'f13', 'f20']],
  ['\x1b[[A\x1b[[E', ['f1', 'f5']],
  ['\x1b[1;2R', ['shift+f3']],
  ['\x1b[Z', ['shift+tab']],
  ['\x1bOj\x1bOq\x1bOM', ["* '*' keypad", "1 '1' keypad", 'enter keypad']],
  ['\x1b[13;2u', ['shift+enter extended']],
  ['\x1b[27u', ['escape extended']],
  ['\x1b[105;5u', ['ctrl+i extended']],
  ['\x1b[97;2u', ["shift+a 'A' extended"]],
  ['\x1b[49:33;2u', ["shift+1 '!' extended"]],
  ['\x1b[97;1:3u', ["a 'a' extended release"]],
  ['\x1b[97;1:2u', ["a 'a' extended repeat"]],
  ['\x1b[97;;229u', ["a 'å' extended"]],
  ['\x1b[57399u', ["0 '0' keypad extended"]],
  ['\x1b[57414u', ['enter keypad extended']],
  ['\x1b[57376u', ['f13 extended']],
  ['\x1b[57441;2u', ['shift+unknown extended']],
  ['\x1b[1;1:3A', ['up extended release']],
  ['\x1b[27;2;13~', ['shift+enter extended']],
  ['\x1b[27;6;65~', ['ctrl+shift+a extended']],
  ['\x1b[<0;12;3M\x1b[<0;12;3m', ['press 0 11,2', 'release 0 11,2']],
  ['\x1b[<32;1;1M', ['drag 0 0,0']],
  ['\x1b[<35;200;50M', ['move 3 199,49']],
  ['\x1b[<64;5;5M\x1b[<65;5;5M\x1b[<66;5;5M', ['wheel-up 3 4,4', 'wheel-down 3 4,4', 'wheel-left 3 4,4']],
  ['\x1b[<28;5;5M', ['press 0 4,4 ctrl alt shift']],
  ['\x1b[<128;5;5M', ['press 8 4,4']],
  ['\x1b[M !!', ['press 0 0,0']],
  ['x\x1b[<0;1;1My', ["x 'x'", 'press 0 0,0', "y 'y'"]],
  ['\x1b\x1b[<0;1;1M', ['escape', 'press 0 0,0']],
  ['\x1b[I\x1b[O', ['focus in', 'focus out']],
  ['\x1b[200~one\r\ntwo\x1b[31m\x1b[201~!', ['paste "one\\r\\ntwo\\u001b[31m"', "! '!'"]],
  ['\x1b\x1b[200~p\x1b[201~', ['escape', 'paste "p"']],
  ['\x1b[200~\x1b[20\x1b\x1b[201~', ['paste "\\u001b[20\\u001b"']],
  ['\x1b[200~\x1b[201~', ['paste ""']],
  ['\x1b[200~\x1b[<0;1;1M\x1b[201~', ['paste "\\u001b[<0;1;1M"']],
  ['\x1b[?62;22;52c', ['reply {"type":"da1","params":[62,22,52]}']],
  ['\x1b[>41;390;0c', ['reply {"type":"da2","params":[41,390,0]}']],
  ['\x1b[12;40R', ['reply {"type":"cursor","row":12,"col":40}']],
  ['\x1b[?1;2R', ['reply {"type":"cursor","row":1,"col":2}']],
  ['\x1b[?2026;2$y', ['reply {"type":"mode","mode":2026,"value":2}']],
  ['\x1b[4;1$y', ['reply {"type":"mode","mode":4,"value":1}']],
  ['\x1b[?1u', ['reply {"type":"kitty-flags","flags":1}']],
  ['\x1b[?997;2n', ['reply {"type":"color-scheme","scheme":"light"}']],
  ['\x1b]11;rgb:1414/1616/1b1b\x07', ['reply {"type":"osc","code":11,"text":"rgb:1414/1616/1b1b"}']],
  ['\x1b]10;rgb:ff/ff/ff\x1b\\z', ['reply {"type":"osc","code":10,"text":"rgb:ff/ff/ff"}', "z 'z'"]],
  ['\x1bP>|term(1.2)\x1b\\', ['reply {"type":"dcs","text":">|term(1.2)"}']],
  ['\x1b_Gi=1;OK\x1b\\', ['reply {"type":"other"}']],
  ['\x1b[8;24;80t', ['reply {"type":"window","params":[8,24,80]}']],
  ['\x1b[?1;2', []],
  ['\x1b[?1;2\x1b[A', ['up']],
  ['\x1b[12\ra', ['enter', "a 'a'"]],
  ['\x1b[=5z\x1b[99~', ['reply {"type":"other"}']],
  [`\x1b[${'1;'.repeat(200)}Aa`, ["a 'a'"]],
  [`\x1b]11;${'x'.repeat(5000)}\x07a`, ["a 'a'"]],
  ['\x1b[<0;0;5M', []],
];

describe('tokens', () => {
  test.each(table)('%j', (bytes, tokens) => {
    expect(read(bytes)).toEqual(tokens);
  });

  test('bytes that are not UTF-8 are dropped, what follows is kept', () => {
    expect(read(Uint8Array.of(0xff, 0x61, 0xc3, 0x62, 0xe2, 0x82, 0x63, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x64))).toEqual([
      "a 'a'",
      "b 'b'",
      "c 'c'",
      "d 'd'",
    ]);
  });

  test('a key carries the bytes it came as', () => {
    for (const bytes of ['a', '\x1b[1;5C', '\x1bé', '\x1b\x1b[A', '\x1b[13;2u', '\x1bOP', '日']) {
      const [token] = new Tokenizer().push(encode(bytes));
      expect(token?.kind === 'key' && [...token.key.raw]).toEqual([...encode(bytes)]);
    }
  });
});

describe('cuts', () => {
  test.each(table)('any two reads give the same tokens: %j', (bytes) => {
    const whole = encode(bytes);
    const expected = read(bytes);
    for (let at = 1; at < whole.length; at++) {
      expect(read(whole.slice(0, at), whole.slice(at)), `cut at ${at}`).toEqual(expected);
    }
  });

  test('all sequences in one stream, cut at random, give the same tokens', () => {
    // Those that end in the middle of a sequence would swallow the next one.
    const complete = table.filter(
      ([bytes]) => new Tokenizer().push(encode(`${bytes}~`)).length > 0 && !/\x1b[[\]PO_]?$|2$/.test(bytes),
    );
    const stream = encode(complete.map(([bytes]) => bytes).join(''));
    const expected = read(stream);
    expect(expected.length).toBeGreaterThan(100);
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 50; round++) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < stream.length; ) {
        const size = 1 + random(round % 2 === 0 ? 4 : 40);
        pieces.push(stream.slice(at, at + size));
        at += size;
      }
      expect(read(...pieces)).toEqual(expected);
    }
  });

  test('a buffer that is used again does not change what was read', () => {
    const tokenizer = new Tokenizer();
    const buffer = encode('\x1b[200~abc');
    tokenizer.push(buffer);
    buffer.fill(0x7a);
    expect(tokenizer.push(encode('\x1b[201~')).map(show)).toEqual(['paste "abc"']);
  });
});

describe('waiting', () => {
  test('says what the held bytes may be', () => {
    const states = ['', '\x1b', '\x1b\x1b', '\x1b[', '\x1b[1;', '\x1b]11;x', '\xc3', '\x1b[200~x'].map((bytes) => {
      const tokenizer = new Tokenizer();
      tokenizer.push(new Uint8Array(Buffer.from(bytes, 'latin1')));
      return tokenizer.pending;
    });
    expect(states).toEqual(['none', 'escape', 'escape', 'sequence', 'sequence', 'sequence', 'sequence', 'paste']);
  });

  test('the beginning of a sequence is never typed', () => {
    const tokenizer = new Tokenizer();
    tokenizer.push(encode('\x1b[<0;12;'));
    expect(tokenizer.expire()).toEqual([]);
    expect(tokenizer.pending).toBe('none');
  });
});

describe('pastes', () => {
  test('10 MB in small reads come as one token, in time that grows with the size', () => {
    const tokenizer = new Tokenizer();
    tokenizer.push(encode('\x1b[200~'));
    const piece = encode('0123456789abcde\x1b'.repeat(64));
    let looks = 0;
    for (; looks * piece.length < 10 << 20; looks++) expect(tokenizer.push(piece)).toHaveLength(0);
    const [token] = tokenizer.push(encode('\x1b[201~'));
    expect(token?.kind === 'paste' && token.bytes.length).toBe(looks * piece.length);
    expect(token?.kind === 'paste' && token.truncated).toBe(false);
  });

  test('what is beyond the limit is dropped and said so', () => {
    const tokenizer = new Tokenizer();
    tokenizer.push(encode('\x1b[200~'));
    const piece = new Uint8Array(1 << 20).fill(0x61);
    for (let count = 0; count < 17; count++) tokenizer.push(piece);
    const [token] = tokenizer.push(encode('\x1b[201~'));
    expect(token?.kind === 'paste' && token.bytes.length).toBe(PasteLimit);
    expect(token?.kind === 'paste' && token.truncated).toBe(true);
  });
});
