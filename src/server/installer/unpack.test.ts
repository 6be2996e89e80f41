import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Entry, makeTar, makeTgz } from '../../../test/support/archive.ts';
import { unpack } from './unpack.ts';

const limits = { bytes: 1 << 20, files: 50 };
const program: Entry = { path: 'package/bin/fake', content: '#!/bin/sh\n', mode: 0o755 };

let root: string;
let outside: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'su-'));
  outside = join(root, 'outside');
  mkdirSync(outside);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function open(bytes: Buffer, directory = join(root, 'fresh')): Promise<string> {
  const file = join(root, 'archive');
  writeFileSync(file, bytes);
  mkdirSync(directory, { recursive: true });
  const offer = { pack: 'tar', strip: 1, program: 'bin/fake' } as const;
  await unpack({ file, directory, offer, limits, signal: new AbortController().signal });
  return directory;
}

test('files come out without the top folder, with plain permissions', async () => {
  const directory = await open(
    makeTgz([
      program,
      { path: 'package/data', content: 'x', mode: 0o666 },
      { path: 'package/sub', type: 'Directory', mode: 0o777 },
    ]),
  );
  expect(readdirSync(directory).sort()).toEqual(['bin', 'data', 'sub']);
  expect(statSync(join(directory, 'data')).mode & 0o777).toBe(0o644);
  expect(statSync(join(directory, 'bin/fake')).mode & 0o777).toBe(0o755);
  expect(statSync(join(directory, 'sub')).mode & 0o777).toBe(0o755);
});

const hostile: Record<string, Entry[]> = {
  'a path that climbs out': [{ path: 'package/../../outside/planted', content: 'x' }],
  'a path that climbs out after the top folder': [{ path: 'package/x/../../../outside/planted', content: 'x' }],
  'an absolute path': [{ path: '/planted-by-a-test', content: 'x' }],
  'a path with backslashes': [{ path: 'package/..\\..\\outside\\planted', content: 'x' }],
  'a link outside': [{ path: 'package/link', type: 'SymbolicLink', linkpath: '../../outside' }],
  'a link and a file through it': [
    { path: 'package/link', type: 'SymbolicLink', linkpath: '../outside' },
    { path: 'package/link/planted', content: 'x' },
  ],
  'a link inside': [{ path: 'package/link', type: 'SymbolicLink', linkpath: 'bin/fake' }],
  'a hard link': [{ path: 'package/hard', type: 'Link', linkpath: '/etc/passwd' }],
  'a program that is a link': [{ path: 'package/bin/fake', type: 'SymbolicLink', linkpath: '/bin/sh' }],
  'a device': [{ path: 'package/null', type: 'CharacterDevice' }],
  'a pipe': [{ path: 'package/pipe', type: 'FIFO' }],
  'a file that runs as its owner': [{ path: 'package/su', content: 'x', mode: 0o4755 }],
  'a file that runs as its group': [{ path: 'package/sg', content: 'x', mode: 0o2755 }],
  'more files than may be': Array.from({ length: 60 }, (_, i) => ({ path: `package/f${i}`, content: 'x' })),
  'more bytes than may be': [{ path: 'package/large', content: Buffer.alloc(2 << 20) }],
  'a size that is larger than what follows': [{ path: 'package/short', content: 'x', size: 100_000 }],
};

test.each(Object.entries(hostile))('%s is refused', async (name, entries) => {
  const all = name.startsWith('a program') ? entries : [program, ...entries];
  await expect(open(makeTgz(all))).rejects.toMatchObject({ name: 'Trouble', kind: 'archive' });
  expect(readdirSync(outside)).toEqual([]);
  expect(existsSync('/planted-by-a-test')).toBe(false);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['noise', Buffer.from('this is no archive at all, however long it may be '.repeat(40))],
  [
    'half of an archive',
    makeTgz([program, { path: 'package/x', content: Buffer.alloc(50_000, 'a') }]).subarray(0, 150),
  ],
  ['an archive with a damaged header', damaged()],
  ['an archive without the program', makeTgz([{ path: 'package/other', content: 'x' }])],
])('%s is refused', async (_name, bytes) => {
  await expect(open(bytes)).rejects.toMatchObject({ name: 'Trouble', kind: 'archive' });
});

function damaged(): Buffer {
  const bytes = makeTar([program, { path: 'package/x', content: 'y' }]);
  bytes[1024 + 10] = 0xff;
  return bytes;
}
