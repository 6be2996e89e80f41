// Random terminal output for property tests: every piece is complete, so that a stream can be cut between pieces with
// the terminal in its ground state. The same seed gives the same stream.

export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const glyphs = [
  'é',
  'e\u0301',
  'n\u0303\u0323',
  '日',
  '本語',
  'ｶ',
  '한글',
  '🚀',
  '👩‍👩‍👧',
  '👍🏽',
  '🇩🇪',
  '🇩',
  '❤️',
  '❤',
  '☎\ufe0e',
  '𠮷',
  'नि',
  'ก็',
  'שלום',
  '\u0301',
  '\u200d',
  '\u200b',
  '\u202e',
  '│├──┤',
  '█▀▄',
  '⠋⠙',
  '…“”',
  'z̶͚̈',
];

const words = ['the', 'build', 'failed', 'src/index.ts', '12ms', '  ', 'x', 'await', '{"k":[1,2]}'];

export function randomPieces(seed: number, count: number, cols: number, rows: number): string[] {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const text = (): string => Array.from({ length: 1 + random(8) }, () => pick(words)).join(' ');
  const odd = (): string => Array.from({ length: 1 + random(10) }, () => pick(glyphs)).join('');
  const color = (): string => pick([`${random(8)}`, `8;5;${random(256)}`, `8;2;${random(256)};${random(256)};1`, '9']);
  const sgr = (): string =>
    `\x1b[${pick(['0', '1', '2', '3', '4', '5', '7', '8', '9', '53', '21', '22', '24', '27', '4:3', '58;5;9', '58:2::1:2:3', '59', `3${color()}`, `4${color()}`, `9${random(8)}`, `10${random(8)}`])}m`;
  const n = (): number => random(pick([3, rows + 3, cols + 3]));
  const makers: Array<() => string> = [
    text,
    text,
    text,
    odd,
    odd,
    () => `${text()}\r\n`,
    () => `${odd()}\r\n`,
    () => '\r\n',
    () => pick(['\n', '\r', '\b', '\t', '\x1bM', '\x1bD', '\x1bE']),
    sgr,
    sgr,
    sgr,
    () => `\x1b[${1 + random(rows + 1)};${1 + random(cols + 1)}H`,
    () => `\x1b[${1 + random(rows + 1)};${1 + random(cols + 1)}H${odd()}`,
    () => `\x1b[${n()}${pick([...'ABCDEFGIZ'])}`,
    () => `\x1b[${random(3)}${pick(['J', 'K'])}`,
    () => `\x1b[${n()}${pick([...'@PXLMSTb'])}`,
    () => pick(['\x1b7', '\x1b8', '\x1b[s', '\x1b[u']),
    () => `\x1b[${1 + random(rows)};${1 + random(rows)}r`,
    () => '\x1b[r',
    () => pick(['\x1b[?1049h', '\x1b[?1049l']),
    () => pick(['\x1b[?6h', '\x1b[?6l', '\x1b[?7l', '\x1b[?7h', '\x1b[4h', '\x1b[4l', '\x1b[?45h', '\x1b[?45l']),
    () =>
      pick([
        '\x1b[?1h',
        '\x1b[?1l',
        '\x1b=',
        '\x1b>',
        '\x1b[?2004h',
        '\x1b[?2004l',
        '\x1b[?1004h',
        '\x1b[?25l',
        '\x1b[?25h',
      ]),
    () =>
      pick([
        '\x1b[?1000h',
        '\x1b[?1002h',
        '\x1b[?1003h',
        '\x1b[?9h',
        '\x1b[?1003l',
        '\x1b[?1006h',
        '\x1b[?1006l',
        '\x1b[?1016h',
      ]),
    () => `\x1b[${random(7)} q`,
    () => pick([`\x1b[>${random(32)}u`, '\x1b[<u', `\x1b[=${random(32)};${1 + random(3)}u`, `\x1b[>4;${random(3)}m`]),
    () => `\x1b]8;;https://example.org/${random(5)}\x1b\\${text()}${pick(['\x1b]8;;\x1b\\', ''])}`,
    () => pick(['\x1b(0lqqk\x1b(B', '\x1bH', '\x1b[g', '\x1b[3g', '\x1b#8', '\x1b[!p']),
    () => (random(10) === 0 ? '\x1bc' : ''),
  ];
  return Array.from({ length: count }, () => pick(makers)());
}

/** A listener that keeps what it is told, replies as text. */
export function recordingListener(): {
  said: unknown[][];
  listener: import('../../src/terminal/engine.ts').VtListener;
} {
  const said: unknown[][] = [];
  const note =
    (name: string) =>
    (...values: unknown[]): void => {
      said.push([name, ...values]);
    };
  return {
    said,
    listener: {
      reply: (bytes) => said.push(['reply', new TextDecoder().decode(bytes)]),
      title: note('title'),
      bell: note('bell'),
      notification: note('notification'),
      progress: note('progress'),
      programStatus: note('programStatus'),
      clipboard: note('clipboard'),
      osc: note('osc'),
    },
  };
}
