import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allActions } from './all.ts';
import { keysPage } from './keys-page.ts';

const path = new URL('../../../docs/keys.md', import.meta.url);

test('docs/keys.md says what the program does (UPDATE_GOLDEN=1 writes it anew)', () => {
  const page = keysPage(allActions);
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(path, page);
  expect(readFileSync(path, 'utf8')).toBe(page);
});
