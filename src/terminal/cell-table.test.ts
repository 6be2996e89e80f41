import { expect, test } from 'vitest';
import { CellWords, Content } from './cell.ts';
import { CellTable } from './cell-table.ts';

function clusterCells(table: CellTable, texts: readonly string[]): Uint32Array {
  const words = new Uint32Array(texts.length * CellWords);
  for (const [i, text] of texts.entries()) words[i * CellWords] = Content.cluster | table.clusterId(text);
  return words;
}

test('a sweep forgets what no cell has, and its numbers are given out again', () => {
  const table = new CellTable();
  const kept = clusterCells(table, ['aa', 'bb']);
  const lost = table.clusterId('cc');
  table.sweep([kept]);
  expect([table.hasCluster('aa'), table.hasCluster('cc'), table.clusterId('dd')]).toEqual([true, false, lost]);
});

test('a table of which all is in use is not swept again before as much more came', () => {
  const table = new CellTable();
  const texts = Array.from({ length: 100_000 }, (_, i) => `cell ${i}`);
  const live = clusterCells(table, texts);
  expect(table.crowded).toBe(true);
  table.sweep([live]);
  expect(table.crowded).toBe(false);
  for (let i = 0; i < 99_999; i++) table.clusterId(`other ${i}`);
  expect(table.crowded).toBe(false);
  table.clusterId('last');
  expect(table.crowded).toBe(true);
});

test('a link under many underlines is held once', () => {
  const table = new CellTable();
  const url = `https://example.org/${'x'.repeat(2000)}`;
  const ids = Array.from({ length: 1000 }, (_, color) => table.extraId({ underline: 3, underlineColor: color, url }));
  expect(new Set(ids).size).toBe(1000);
  expect(table.urlChars).toBe(url.length);
  expect(table.extra(ids[7] ?? 0)).toEqual({ underline: 3, underlineColor: 7, url });
  table.sweep([Uint32Array.of(0, 0, 0, ids[7] ?? 0)]);
  expect([table.extra(ids[7] ?? 0)?.url, table.extra(ids[8] ?? 0)]).toEqual([url, null]);
  table.sweep([]);
  expect(table.urlChars).toBe(0);
});
