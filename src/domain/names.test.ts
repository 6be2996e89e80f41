import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  branchName,
  newSessionId,
  projectDirectoryName,
  shorten,
  slugOf,
  titleOf,
  worktreeDirectoryName,
} from './names.ts';

const awkward = [
  '',
  '   ',
  '\n\n',
  '🎉🎉',
  '👩‍👩‍👧 family',
  '../../etc/passwd',
  '..',
  '.lock',
  'a.lock',
  '-rf /',
  '--help',
  '@{-1}',
  'HEAD',
  'x~1^2:3?*[\\',
  'ends with a dot.',
  'слово за слово',
  '日本語のプロンプト',
  'Größe ändern für Übersicht',
  'ﬁx ﬀ ligatures',
  'NUL\0inside',
  '\u001b[31mred\u001b[0m',
  '\ud800 lone surrogate',
  'x'.repeat(300),
  'word '.repeat(300),
  `${'y'.repeat(39)} z`,
  'a/b/c',
  "don't panic",
  'İstanbul ı',
];

test('a slug says what the prompt is about', () => {
  expect(slugOf('add rate limiting to the login endpoint')).toBe('add-rate-limiting-login-endpoint');
  expect(slugOf('Größe ändern für Übersicht')).toBe('grosse-andern-fur-ubersicht');
  expect(slugOf("don't panic")).toBe('dont-panic');
  expect(slugOf('to be or')).toBe('to-be-or');
  expect(slugOf('日本語')).toBe('session');
  expect(slugOf('')).toBe('session');
});

test('a branch name of a race names the agent and the number', () => {
  expect(branchName('login form')).toBe('sesame/login-form');
  expect(branchName('login form', { agent: 'claude', n: 2 })).toBe('sesame/login-form-claude-2');
});

test('git accepts every branch name, and a directory of that name is one harmless component', () => {
  const random = Array.from({ length: 150 }, () => randomBytes(24).toString('latin1'));
  const wide = Array.from({ length: 100 }, () =>
    String.fromCodePoint(...Array.from(randomBytes(24), (byte, index) => (byte * 4051 + index * 257) % 0xd7ff)),
  );
  const names = [...awkward, ...random, ...wide].flatMap((prompt) => [
    branchName(prompt),
    // No id is longer.
    branchName(prompt, { agent: prompt.slice(0, 32), n: 3 }),
  ]);
  for (const name of names) expect(name).toMatch(/^sesame\/[a-z0-9]+(-[a-z0-9]+)*$/);
  const distinct = [...new Set(names)];
  expect(gitRefuses(distinct)).toBe('');
  expect(gitRefuses(['sesame/a..b'])).toContain('sesame/a..b');
  for (const prompt of awkward) {
    const directory = worktreeDirectoryName(newSessionId(randomBytes(4)), prompt);
    expect(directory).toMatch(/^[a-z0-9-]{6,60}$/);
    expect(projectDirectoryName(prompt)).toMatch(/^[a-z0-9][a-z0-9-]*$/);
  }
});

/** What git says when one of these cannot be the name of a branch. One process for all: each costs milliseconds. */
function gitRefuses(branches: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'sn-'));
  try {
    execFileSync('git', ['init', '--quiet', '--bare', directory]);
    const input = branches.map((name) => `verify refs/heads/${name}\n`).join('');
    return spawnSync('git', ['-C', directory, 'update-ref', '--stdin'], { input, encoding: 'utf8' }).stderr;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('ids are short, begin with a letter and have no look-alikes', () => {
  for (let round = 0; round < 500; round++) {
    expect(newSessionId(randomBytes(4))).toMatch(/^[a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{3}$/);
  }
  expect(newSessionId(randomBytes(8))).toHaveLength(8);
});

test('a title is the first line with words, without control characters', () => {
  expect(titleOf('\n\n  fix   the\ttest \nmore')).toBe('fix the test');
  expect(titleOf('\u001b]0;evil\u0007fix \u202eit')).toBe('fix it');
  expect(titleOf('')).toBe('untitled');
  expect(titleOf('\u200d\n🎉')).toBe('🎉');
  const long = titleOf(`fix ${'every single thing '.repeat(20)}`);
  expect(long.length).toBeLessThanOrEqual(60);
  expect(long.endsWith('…')).toBe(true);
});

test('shortening never cuts a character in two', () => {
  expect(shorten('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧…');
});
