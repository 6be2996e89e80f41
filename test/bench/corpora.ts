// Output to benchmark with, made from a seed: the same bytes every time, nothing to download.

type Random = (below: number) => number;

function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words = `agent branch build cached commit compile const diff error expected file function hunk import index
line merge message module null output passed patch promise received resolve review session src/main.ts test tests
the undefined warning worker 12ms 340ms`.split(/\s+/);

/**
 * Repeats what `make` gives until there are so many megabytes. Four blocks of 1 MB, one after the other, so that
 * making them costs little and nothing is the same twice in a row.
 */
function fill(megabytes: number, make: (random: Random) => string): Buffer {
  const blocks = [1, 2, 3, 4].map((seed) => {
    const random = randomFrom(seed);
    const parts: string[] = [];
    for (let size = 0; size < 1e6; ) {
      const part = make(random);
      parts.push(part);
      size += Buffer.byteLength(part);
    }
    return Buffer.from(parts.join(''));
  });
  const bytes = Buffer.allocUnsafe(Math.round(megabytes * 1e6));
  for (let at = 0, i = 0; at < bytes.length; i++) at += blocks[i % blocks.length]!.copy(bytes, at);
  return bytes;
}

function sentence(random: Random, count: number): string {
  return Array.from({ length: count }, () => words[random(words.length)]).join(' ');
}

/** A build log: ASCII, some colour, some UTF-8. */
export function logText(megabytes: number, newline = '\n'): Buffer {
  return fill(megabytes, (random) => {
    const two = (below: number): string => String(random(below)).padStart(2, '0');
    const line = `2026-11-20T12:${two(60)}:${two(60)}.${random(1000)} ${sentence(random, 4 + random(12))}`;
    const kind = random(10);
    if (kind < 3) return `\x1b[${31 + random(6)}m[${['INFO', 'WARN', 'FAIL'][kind]}]\x1b[0m ${line}${newline}`;
    if (kind === 3) return `${line} ✓ done — “ok” 日本語${newline}`;
    if (kind === 4) return `  \x1b[2m${line}\x1b[22m${newline}`;
    return line + newline;
  });
}

/** An 80x24 screen drawn again and again in 24-bit colour, in runs of a few cells. */
export function truecolor(megabytes: number): Buffer {
  return fill(megabytes, (random) => {
    let screen = '\x1b[H';
    for (let row = 1; row <= 24; row++) {
      screen += `\x1b[${row};1H`;
      for (let column = 0; column < 80; ) {
        screen += `\x1b[38;2;${random(256)};${random(256)};${random(256)}m`;
        if (random(3) === 0) screen += `\x1b[48;2;${random(256)};${random(256)};${random(256)}m`;
        const run = Math.min(80 - column, 1 + random(9));
        for (let i = 0; i < run; i++) screen += String.fromCharCode(97 + random(26));
        column += run;
      }
      screen += '\x1b[0m';
    }
    return screen;
  });
}

/** JSON and prose without line ends for ten to a hundred kilobytes. */
export function longLines(megabytes: number, newline = '\n'): Buffer {
  return fill(megabytes, (random) => {
    const parts: string[] = [];
    for (let left = 10_000 + random(90_000); left > 0; ) {
      const part = sentence(random, 20) + (random(3) === 0 ? '{"k":[1,2,3],"v":"' : ' ');
      parts.push(part);
      left -= part.length;
    }
    return parts.join('') + newline;
  });
}

/** Lines scrolled one by one inside a region, as a pager does. */
export function region(megabytes: number): Buffer {
  return fill(megabytes, () => `\x1b[2;20r\x1b[20;1H${'x\n'.repeat(200)}\x1b[r`);
}

/** Wide characters, emoji, accents and box drawing. */
export function unicode(megabytes: number, newline = '\n'): Buffer {
  return fill(megabytes, (random) => {
    const make = [
      () => 0x4e00 + random(20000),
      () => 0x1f300 + random(300),
      () => 0xe9,
      () => 0x2500 + random(100),
      () => 0xac00 + random(11000),
    ];
    return String.fromCodePoint(...Array.from({ length: 60 }, () => make[random(make.length)]!())) + newline;
  });
}

export const corpora: Record<string, (megabytes: number, newline?: string) => Buffer> = {
  log: logText,
  truecolor,
  long: longLines,
  unicode,
  region,
};
