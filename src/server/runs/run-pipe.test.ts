import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent, until } from '../../../test/support/runs.ts';
import { createVtEngine } from '../../terminal/vt/vt-engine.ts';
import type { HolderLink } from '../holder/link.ts';
import { Feed } from './feed.ts';
import { segmentPath } from './log-files.ts';
import { OutputLog } from './output-log.ts';
import { RunPipe } from './run-pipe.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pipe-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

// A pipe nobody reads stands for a disk that hangs: opening it for writing does not return.
test('nothing is acknowledged or answered before it is in the log', async () => {
  execFileSync('mkfifo', [segmentPath(directory, 0)]);
  const said: string[] = [];
  const link = {
    write: (_pty: number, bytes: Uint8Array) => said.push(`answer ${JSON.stringify(Buffer.from(bytes).toString())}`),
    ack: (_pty: number, offset: number) => said.push(`ack ${offset}`),
  } as unknown as HolderLink;
  const output = new OutputLog(
    { directory, onProgress: () => pipe.logProgressed(), onBroken: (error) => said.push(String(error)) },
    null,
  );
  const listener = { ...silent, reply: (bytes: Uint8Array) => pipe.reply(bytes) };
  const engine = createVtEngine({ cols: 80, rows: 24, scrollback: 0, listener });
  const pipe = new RunPipe({
    engine,
    output,
    offset: 0,
    replies: [],
    feed: new Feed(
      () => performance.now(),
      () => false,
    ),
    elapsed: () => performance.now(),
    followed: () => false,
    parsed: () => undefined,
    missing: () => undefined,
  });
  pipe.connect(link, 1);
  pipe.take(0, Buffer.from('hello\u001b[6n'));
  pipe.take(5, Buffer.from('\u001b[6n'));
  await until('it is parsed', () => engine.screenText()[0] === 'hello' && pipe.pending === 0);
  pipe.advance();
  expect(said).toEqual(['ack 0', 'ack 0']);

  const disk = await open(segmentPath(directory, 0), 'r');
  await until('it is logged', () => pipe.settled);
  await until('it is answered', () => said.length > 2);
  expect(said.slice(2)).toEqual(['answer "\\u001b[1;6R"', 'ack 9']);
  expect((await disk.read()).buffer.toString('latin1', 0, 9)).toBe('hello\u001b[6n');
  await output.end();
  await disk.close();
});
