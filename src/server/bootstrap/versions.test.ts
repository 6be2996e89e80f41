import { expect, test } from 'vitest';
import { compareVersions } from './versions.ts';

test.each([
  ['2.0.0', '1.9.9'],
  ['1.10.0', '1.9.0'],
  ['1.0.0', '1.0.0-rc.1'],
  ['1.0.0-rc.10', '1.0.0-rc.9'],
  ['0.0.1790712063-gb89205', '0.0.1790142911-g7618fb'],
])('%s is newer than %s', (newer, older) => {
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
  expect(compareVersions(older, newer)).toBeLessThan(0);
  expect(compareVersions(newer, newer)).toBe(0);
});
