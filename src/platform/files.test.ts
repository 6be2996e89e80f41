import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSmallFile } from './files.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sf-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

test('what is no regular file is no file: neither a pipe nor a device holds up who reads it', async () => {
  const pipe = join(place, 'pipe');
  execFileSync('mkfifo', [pipe]);
  symlinkSync('/dev/zero', join(place, 'zero'));
  symlinkSync('loop', join(place, 'loop'));
  mkdirSync(join(place, 'directory'));
  for (const name of ['pipe', 'zero', 'loop', 'directory', 'nothing', 'nothing/below']) {
    expect(await readSmallFile(join(place, name))).toBeNull();
  }
});

test('a file is read up to a bound, also through a link', async () => {
  writeFileSync(join(place, 'file'), 'text ü');
  symlinkSync('file', join(place, 'link'));
  expect(await readSmallFile(join(place, 'link'))).toBe('text ü');
  writeFileSync(join(place, 'large'), Buffer.alloc((1 << 20) + 1));
  await expect(readSmallFile(join(place, 'large'))).rejects.toMatchObject({ code: 'file-too-large' });
});
