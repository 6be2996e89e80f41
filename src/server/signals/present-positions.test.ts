import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignalSource } from '../../agents/agent.ts';
import { LineFollower } from './line-follower.ts';
import { presentPositions } from './present-positions.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pp-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const log = { info: () => undefined, error: () => undefined } as unknown as ConstructorParameters<
  typeof LineFollower
>[0]['log'];

test('what a continued conversation wrote before is known, what it writes on is news', async () => {
  const path = join(directory, 'events.jsonl');
  writeFileSync(path, 'one\ntwo\n');
  const lines: Array<[string, boolean]> = [];
  const source: SignalSource = { kind: 'lines', signal: 'file', path };
  const missing: SignalSource = { kind: 'lines', signal: 'file', path: join(directory, 'none') };
  const positions = await presentPositions([source, missing]);
  expect(Object.keys(positions)).toEqual([path]);
  appendFileSync(path, 'three\n');
  const follower = new LineFollower({
    path,
    from: positions[path] ?? null,
    line: (text, known) => lines.push([text, known]),
    log,
  });
  await follower.finish();
  expect(lines).toEqual([
    ['one', true],
    ['two', true],
    ['three', false],
  ]);
});
