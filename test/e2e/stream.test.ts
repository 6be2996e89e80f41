// The frame stream from the client's side, against the real server.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/client/connect.ts';
import {
  type Frame,
  type FrameStream,
  openFrameStream,
  type PaneChannel,
  PaneVisibility,
} from '../../src/client/stream.ts';
import type { FailureBody } from '../../src/domain/failure.ts';
import type { SessionId } from '../../src/domain/ids.ts';
import { openProgram, type Program, startProgram } from '../support/program.ts';
import { until } from '../support/until.ts';

let program: Program;
let client: Client;
let stream: FrameStream;

beforeAll(async () => {
  program = openProgram();
  client = await program.connect();
  stream = openFrameStream(client);
});
afterAll(async () => {
  stream.close();
  client.close();
  await program.end();
});

interface Watched {
  channel: PaneChannel;
  frames: Frame[];
  screen(): string;
  failures: FailureBody[];
  ended: unknown[];
  refused: string[];
}

/** Opens a pane and keeps its cells as a screen would. */
function watch(session: string, size = { cols: 40, rows: 5 }): Watched {
  const frames: Frame[] = [];
  const failures: FailureBody[] = [];
  const ended: unknown[] = [];
  const refused: string[] = [];
  let rows: string[][] = [];
  const channel = stream.open(session as SessionId, size, PaneVisibility.full, {
    frame: (frame) => {
      frames.push(frame);
      if (frame.reset || frame.rows !== rows.length)
        rows = Array.from({ length: frame.rows }, () => Array(frame.cols).fill(' '));
      for (const { row, col, words } of frame.spans) {
        for (let i = 0; i * 4 < words.length; i += 1) {
          const codePoint = (words[i * 4] ?? 0) & 0x1fffff;
          rows[row]![col + i] = codePoint === 0 ? ' ' : String.fromCodePoint(codePoint);
        }
      }
      channel.ack(frame.seq);
    },
    failed: (failure) => failures.push(failure),
    ended: (exit) => ended.push(exit),
    refused: (message) => refused.push(message),
  });
  return {
    channel,
    frames,
    failures,
    ended,
    refused,
    screen: () => rows.map((row) => row.join('').trimEnd()).join('\n'),
  };
}

test('keys reach the program, and what it draws comes back', async () => {
  const { id } = await startProgram(program, 'exec cat');
  const pane = watch(id);
  pane.channel.input(Buffer.from('hello\r'));
  await until('the echo', () => pane.screen().startsWith('hello\nhello'));
  pane.channel.resize(60, 8);
  await until('the new size', () => pane.frames.at(-1)?.cols === 60 && pane.frames.at(-1)?.rows === 8);
  pane.channel.close();
});

test('history comes in pages on demand', async () => {
  const { id } = await startProgram(program, 'seq 1 50; exec cat');
  const pane = watch(id);
  await until('the last line', () => pane.screen().includes('50'));
  const { history } = pane.frames.at(-1)!;
  const page = await pane.channel.history(0, 3);
  expect(history).toBeGreaterThan(20);
  expect(page.spans.map(({ words }) => String.fromCodePoint((words[0] ?? 0) & 0x1fffff))).toEqual(['1', '2', '3']);
  pane.channel.close();
});

test('a program that ends says so, its last screen stays', async () => {
  const { id } = await startProgram(program, 'echo bye; read line; exit 3');
  const pane = watch(id);
  await until('the first line', () => pane.screen().startsWith('bye'));
  pane.channel.input(Buffer.from('\r'));
  await until('the end', () => pane.ended.length > 0);
  expect(pane.ended).toEqual([{ code: 3, exitSignal: null }]);
  expect(pane.screen()).toContain('bye');
});

test('a session that does not exist fails in words', async () => {
  const pane = watch('zzzz');
  await until('the failure', () => pane.failures.length > 0);
  expect(pane.failures[0]).toMatchObject({ code: 'no-such-session' });
});

test('after the server was killed the panes fill themselves again', async () => {
  const { id } = await startProgram(program, 'exec cat');
  const pane = watch(id);
  pane.channel.input(Buffer.from('before\r'));
  await until('the echo', () => pane.screen().startsWith('before\nbefore'));
  const seen = pane.frames.length;
  process.kill(client.hello.pid, 'SIGKILL');
  await until('a full frame of the next server', () => pane.frames.slice(seen).some(({ reset }) => reset));
  await until('the same screen', () => pane.screen().startsWith('before\nbefore'));
  pane.channel.input(Buffer.from('after\r'));
  await until('the echo', () => pane.screen().includes('after\nafter'));
});

test('keys in the socket of a server that is killed are told, keys it had read are not', async () => {
  const { id } = await startProgram(program, 'exec cat');
  const pane = watch(id);
  pane.channel.input(Buffer.from('read\r'));
  await until('the echo', () => pane.screen().startsWith('read\nread'));
  const quiet = watch(id);
  const { pid } = await program.json<{ pid: number }>(['server', 'status']);
  const seen = pane.frames.length;
  process.kill(pid, 'SIGSTOP');
  pane.channel.input(Buffer.from('unread\r'));
  process.kill(pid, 'SIGKILL');
  await until('it is told', () => pane.refused.length > 0);
  expect(pane.refused).toEqual(['the server was lost, maybe with the last keys']);
  expect(quiet.refused).toEqual([]);
  await until('a full frame of the next server', () => pane.frames.slice(seen).some(({ reset }) => reset));
});
