// bin/sesame.js: what happens before the program is loaded.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../support/program.ts';

const old = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'node'))
  .filter((node) => existsSync(node))
  .find((node) => Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'])) < 24);

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'sl-'));
  cpSync('bin', join(place, 'bin'), { recursive: true });
  writeFileSync(join(place, 'package.json'), '{"type": "module"}');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const launch = (node = process.execPath, root = place): ReturnType<typeof run> =>
  run([join(root, 'bin/sesame.js'), '--version'], { env: process.env, node });

test('a program that was not built says how to build it', async () => {
  expect(await launch()).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run build') });
});

test.skipIf(old === undefined)('an older Node runs the program on the Node of the repository', async () => {
  expect(await launch(old, resolve('.'))).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test.skipIf(old === undefined)('an older Node without one says in a sentence what to install', async () => {
  mkdirSync(join(place, 'dist'));
  writeFileSync(join(place, 'dist/cli.js'), 'console.log("loaded")');
  const { code, stdout, stderr } = await launch(old);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^sesame: Node 24 or newer is needed, this is [\d.]+\n {2}install Node 24/);
});
