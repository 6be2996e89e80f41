// docs/security.md names code and tests; a page that is wrong about that is worse than none.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const rows = readFileSync('docs/security.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`'))
  .map((line) => line.split(' | '));

test('every file on the page exists, and every test is there under its name', () => {
  expect(rows.length).toBeGreaterThan(20);
  const missing = rows.flatMap(([, kept = '', tried = '']) => {
    const files = [...`${kept} ${tried}`.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? '');
    const [, path = '', name = ''] = /^`([^`]+)`: (.*?) \|$/.exec(tried.trim()) ?? [];
    const isThere = existsSync(path) && readFileSync(path, 'utf8').includes(name) && name !== '';
    return [...files.filter((file) => !existsSync(file)), ...(isThere ? [] : [tried])];
  });
  expect(missing).toEqual([]);
});
