import { expect, test } from 'vitest';
import { makePlan } from './plan.ts';

const contents = (prompt: string, variant: number): string =>
  makePlan(prompt, variant, 1)
    .edits.map((edit) => `${edit.path}\n${edit.apply(null)}\n${edit.apply('# Title\n')}`)
    .join('\n');

test('the same prompt and variant give the same work, other variants other work', () => {
  expect(contents('add a changelog', 1)).toBe(contents('add a changelog', 1));
  const all = [1, 2, 3, 4].map((variant) => contents('add a changelog', variant));
  expect(new Set(all).size).toBe(4);
});

test('paths are plain and inside the directory, whatever the prompt', () => {
  for (const prompt of ['', '../../etc/passwd', '-rf', '日本語', 'a/b\\c', 'x'.repeat(5000), '🙂'])
    for (const variant of [1, 2, 3])
      for (const { path } of makePlan(prompt, variant, 1).edits)
        expect(path).toMatch(/^([A-Za-z0-9-]+\/)?[A-Za-z0-9.-]+$/);
});

test('an existing changelog keeps its entries', () => {
  const edit = makePlan('update the changelog', 1, 1).edits.find(({ path }) => path === 'CHANGELOG.md');
  const after = edit?.apply('# Changelog\n\n## Unreleased\n\n- old entry\n\n## 1.0\n\n- first\n') ?? '';
  expect(after).toContain('- old entry');
  expect(after.indexOf('update the changelog')).toBeLessThan(after.indexOf('old entry'));
});

test('words of trouble count as whole words only', () => {
  expect(makePlan('ask me', 1, 1).trouble.ask).toBe(true);
  expect(makePlan('add a task basket', 1, 1).trouble.ask).toBe(false);
  expect(makePlan('FAIL now', 1, 1).trouble.fail).toBe(true);
});

test('its last words count the files it was let to change', () => {
  for (const variant of [1, 2, 3, 4, 5, 6]) {
    const { summary } = makePlan('add a changelog', variant, 1);
    expect(summary(2)).toMatch(/two files/i);
    expect(summary(1)).toMatch(/one file\b/i);
    expect(summary(0)).toMatch(/no files/i);
  }
});
