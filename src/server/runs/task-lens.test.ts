// A task's output as events and as a transcript, however it is cut.
import { expect, test } from 'vitest';
import { demoTask } from '../../agents/demo/task.ts';
import type { AgentEvent } from '../../domain/agent-event.ts';
import { createVtEngine } from '../../terminal/vt/vt-engine.ts';
import { TaskLens } from './task-lens.ts';
import { Transcript } from './transcript.ts';

const output = Buffer.from(
  [
    '{"type":"begin","conversation":"c-1"}',
    'warning: \u001b[31mold\u001b[m settings',
    '{"type":"thought","text":"Lese das Repository, ganz gründlich"}',
    '{"type":"edit","path":"src/ä.ts","verb":"added"}',
    '{"type":"unknown to us"}',
    '{"type":"say","text":"Two lines\\nof text \\u001b]0;x\\u0007"}',
    '{"type":"end","ok":true,"text":"All done."}',
    'last words',
  ].join('\r\n'),
);

function look(cuts: readonly number[]): { events: Array<[AgentEvent, number]>; drawn: string } {
  const events: Array<[AgentEvent, number]> = [];
  const lens = new TaskLens({ parser: demoTask(), event: (event, offset) => events.push([event, offset]) });
  let drawn = '';
  let from = 0;
  for (const cut of [...cuts, output.length]) {
    drawn += Buffer.from(lens.push(output.subarray(from, cut), cut)).toString();
    from = cut;
  }
  drawn += Buffer.from(lens.end({ code: 0, signal: null }, output.length)).toString();
  return { events, drawn };
}

test('says the same wherever the bytes are cut', () => {
  const whole = look([]);
  expect(whole.events.map(([{ type }]) => type)).toEqual(['conversation', 'message', 'file', 'message', 'done']);
  for (let cut = 1; cut < output.length; cut++) expect(look([cut])).toEqual(whole);
});

test('offsets are the ends of lines in the output', () => {
  for (const [, offset] of look([50]).events) expect(output[offset - 1]).toBe(10);
});

test('reads as a transcript: events in words, other lines dim, JSON nobody knows left out', async () => {
  const none = () => undefined;
  const listener = {
    reply: none,
    title: none,
    bell: none,
    notification: none,
    progress: none,
    programStatus: none,
    clipboard: none,
    osc: none,
  };
  const engine = createVtEngine({ cols: 40, rows: 16, scrollback: 100, listener });
  engine.feed(Buffer.from(look([]).drawn));
  expect(engine.screenText().filter((row) => row !== '')).toEqual([
    'warning: old settings',
    'Lese das Repository, ganz gründlich',
    '  + src/ä.ts',
    'Two lines',
    'of text',
    'All done.',
    '✓ done',
    'last words',
  ]);
  engine.dispose();
});

test('no escape sequence of an agent gets through', () => {
  const { drawn } = look([]);
  expect(drawn.replace(/\u001b\[(?:[0-9;]*m|\?25l)/g, '')).not.toContain('\u001b');
});

test('a call is shown once, and again only when it goes wrong', () => {
  const transcript = new Transcript();
  const tool = { type: 'tool', call: '1', name: 'bash', detail: 'npm test' } as const;
  expect(transcript.event({ ...tool, state: 'started' })).toContain('▸ bash npm test');
  expect(transcript.event({ ...tool, state: 'done' })).toBe('');
  expect(transcript.event({ ...tool, call: '2', state: 'done' })).toContain('▸ bash npm test');
  expect(transcript.event({ ...tool, call: '3', state: 'failed' })).toContain('✗ bash npm test: failed');
});
