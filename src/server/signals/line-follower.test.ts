// Files that agents write, followed with real file-system events.
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../../platform/log.ts';
import { LineFollower, type Position } from './line-follower.ts';

let directory: string;
let path: string;
const followers: LineFollower[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slf-'));
  path = join(directory, 'deep', 'er', 'log.jsonl');
});
afterEach(async () => {
  for (const follower of followers.splice(0)) follower.close();
  await rm(directory, { recursive: true });
});

function follow(from: Position | null = null): { lines: string[]; known: string[]; follower: LineFollower } {
  const lines: string[] = [];
  const known: string[] = [];
  const line = (text: string, isKnown: boolean): void => void (isKnown ? known : lines).push(text);
  const follower = new LineFollower({ path, from, line, log: silentLog });
  followers.push(follower);
  return { lines, known, follower };
}

const write = async (text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, text);
};

test('a file in a directory that appears later is read as it grows, complete lines only', async () => {
  const { lines } = follow();
  await write('one\ntw');
  await until('the first line', () => lines.length === 1);
  await write('o\r\n\nthree');
  await until('the second line', () => lines.length === 2);
  await write(' é\n');
  await until('the third line', () => lines.length === 3);
  expect(lines).toEqual(['one', 'two', 'three é']);
});

test('a file that is cut or replaced is read from its beginning', async () => {
  await write('one\ntwo\n');
  const { lines } = follow();
  await until('both', () => lines.length === 2);
  await truncate(path, 0);
  await write('a\n');
  await until('after the cut', () => lines.length === 3);
  await writeFile(join(directory, 'next'), 'b\nc\n');
  await rename(join(directory, 'next'), path);
  await until('the new file', () => lines.length === 5);
  expect(lines).toEqual(['one', 'two', 'a', 'b', 'c']);
});

test('a directory that is removed and made again is followed again', async () => {
  await write('one\n');
  const { lines } = follow();
  await until('the first', () => lines.length === 1);
  await rm(join(directory, 'deep'), { recursive: true });
  await write('two\n');
  await until('the second', () => lines.length === 2);
});

test('the next server hears old lines as known and goes on with the new ones', async () => {
  await write('one\ntwo\nthr');
  const first = follow();
  await until('both', () => first.lines.length === 2);
  const { position } = first.follower;
  first.follower.close();
  await write('ee\nfour\n');
  const next = follow(position);
  await until('what is new', () => next.lines.length === 2);
  expect(next.known).toEqual(['one', 'two']);
  expect(next.lines).toEqual(['three', 'four']);
});

test('a file that took the place of the known one is new', async () => {
  await write('one\ntwo\n');
  const next = follow({ offset: 8, file: '1-1' });
  await until('both', () => next.lines.length === 2);
  expect(next.known).toEqual([]);
});

test('a line too long to keep is left out, the ones around it are not', async () => {
  await write(`one\n${'x'.repeat(5 << 20)}\ntwo\n`);
  const { lines, follower } = follow();
  await follower.finish();
  expect(lines).toEqual(['one', 'two']);
});

test('finish reads what was written just before', async () => {
  const { lines, follower } = follow();
  await write('one\n');
  await follower.finish();
  expect(lines).toEqual(['one']);
});

test('a pipe in place of the file holds nobody up, and the file that takes its place is read', async () => {
  await mkdir(dirname(path), { recursive: true });
  execFileSync('mkfifo', [path]);
  const { lines, follower } = follow();
  await rm(path);
  await write('one\n');
  await until('the line', () => lines.length === 1);
  await rm(path);
  execFileSync('mkfifo', [path]);
  await follower.finish();
  expect(lines).toEqual(['one']);
});
