// Real runs of every agent, from their recorded bytes and signals: the statuses are the same wherever the bytes are cut.
// Pieces of one byte cut at every offset.
import { describe, expect, test } from 'vitest';
import { readRecordings } from '../../test/support/recorded-output.ts';
import { replay } from '../../test/support/replay.ts';
import { createRegistry } from './registry.ts';

const agents = createRegistry({}).all.map((agent) => ({ agent, recordings: readRecordings(agent) }));

/** What a recording comes to, whichever agent it is of. */
const meaning: Record<string, RegExp> = {
  'interactive-write-file': /working done$/,
  'permission-answer': /working waiting:permission (?:working )?done$/,
  'question-answer': /working waiting:question working done$/,
  interrupt: /working idle$/,
  resume: /working done$/,
  '401': /failed:auth$/,
  '429': /failed:rate-limit$/,
  'usage-limit': /failed:rate-limit$/,
};
const needed = ['interactive-write-file', 'permission-answer', 'interrupt', '401'];

test.each(
  agents.filter(({ agent }) => agent.distributions.every(({ kind }) => kind !== 'builtin')),
)('$agent.id has recordings of work, a permission, an interrupt and a failure', ({ recordings }) => {
  expect(recordings.map(({ name }) => name)).toEqual(expect.arrayContaining(needed));
});

describe.each(agents.filter(({ recordings }) => recordings.length > 0))('$agent.id', ({ agent, recordings }) => {
  test.each(recordings)('recorded $name says the same however its bytes are cut', async (recording) => {
    expect(recording.statuses).toMatch(meaning[recording.name] ?? /./);
    for (const pieceBytes of [1, 2, 3, 7, 64, 509, recording.bytes.length]) {
      expect(await replay(agent, recording, pieceBytes), `pieces of ${pieceBytes}`).toBe(recording.statuses);
    }
  });
});
