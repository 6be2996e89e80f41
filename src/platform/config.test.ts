import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Config } from '../domain/config.ts';
import { defaultConfig } from '../domain/default-config.ts';
import { readConfig, writePreferences } from './config.ts';
import { ensureDirectory } from './files.ts';
import { type Paths, resolvePaths } from './paths.ts';

let paths: Paths;
beforeEach(async () => {
  paths = resolvePaths({ SESAME_WORK_DIR: await mkdtemp(join(tmpdir(), 'sc-')) });
  await ensureDirectory(paths.root);
});
afterEach(() => rm(paths.workDir, { recursive: true, force: true }));

test('the defaults are those of the schema', () => {
  expect(defaultConfig).toEqual(Config.parse({}));
});

test('no file means the defaults', async () => {
  expect(await readConfig(paths)).toEqual({ config: defaultConfig, problems: [] });
});

test.each([
  '{"theme": "da',
  '[]',
  '',
  '\u0000\u0000',
])('a damaged file (%j) is set aside, not lost, and said', async (text) => {
  await writeFile(paths.config, text);
  const { config, problems } = await readConfig(paths);
  expect(config).toEqual(defaultConfig);
  expect(problems).toEqual([expect.stringContaining('is not valid JSON')]);
  expect(await readFile(`${paths.config}.damaged`, 'utf8')).toBe(text);
});

test('a wrong field falls back to its default, the others count, and the file stays', async () => {
  const text = JSON.stringify({ theme: 'light', mouse: 'yes', unknown: 1 });
  await writeFile(paths.config, text);
  const { config, problems } = await readConfig(paths);
  expect(config).toEqual({ ...defaultConfig, theme: 'light' });
  expect(problems).toEqual([expect.stringContaining('mouse')]);
  expect(await readFile(paths.config, 'utf8')).toBe(text);
});

test('a preference is written beside what was there, for the user alone', async () => {
  await writeFile(paths.config, JSON.stringify({ unknown: { kept: true }, mouse: false }));
  await writePreferences(paths, { theme: 'light', 'keys.ship': ['s'] });
  expect(JSON.parse(await readFile(paths.config, 'utf8'))).toEqual({
    unknown: { kept: true },
    mouse: false,
    theme: 'light',
    keys: { ship: ['s'] },
  });
  expect((await stat(paths.config)).mode & 0o777).toBe(0o600);
  expect(await readdir(paths.root)).toEqual(['config.json']);
});

test('a disk that refuses changes nothing and is named', async () => {
  await writeFile(paths.config, '{"theme":"light"}');
  const before = await readFile(paths.config, 'utf8');
  // A directory where the staged file would go is refused for root, too.
  await ensureDirectory(join(paths.root, `config-${process.pid}.json`, 'in the way'));
  await expect(writePreferences(paths, { theme: 'dark' })).rejects.toThrow(/cannot/);
  expect(await readFile(paths.config, 'utf8')).toBe(before);
});
