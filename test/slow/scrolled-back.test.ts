// Reading back in a pane whose program goes on printing and whose history is full.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk } from '../support/desk.ts';
import type { OuterPty } from '../support/outer-pty.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => desk.clear());

/** Prints the numbers up to each it is told. */
const counter = 'at=0; while read to; do seq $((at + 1)) $to; at=$to; done';

interface Row {
  id: string;
}

async function sitAtFullHistory(): Promise<{ user: OuterPty; count(to: number): void }> {
  const argv = ['run', '--json', '--scrollback', '200', '--', 'sh', '-c', `stty -echo; echo ready; ${counter}`];
  const [row] = JSON.parse(desk.sesame(...argv)) as Row[];
  const count = (to: number): void => void desk.sesame('send', row!.id, String(to));
  const user = await desk.sitDown();
  await user.sees('ready');
  count(500);
  await user.sees('500');
  return { user, count };
}

/** The numbers of the lines that are seen, of the only pane. */
const seen = (user: OuterPty): number[] =>
  user.lines().flatMap((line) => /^│(\d+) /.exec(line)?.slice(1).map(Number) ?? []);

const ways = [
  { how: 'with the wheel', back: '\x1b[<64;10;10M'.repeat(20), forward: '\x1b[<65;10;10M'.repeat(80) },
  { how: 'in copy mode', back: 'v\x15\x15\x15', forward: 'q' },
];

test.each(ways)('who reads back $how stays on the text until it is gone', async ({ back, forward }) => {
  const { user, count } = await sitAtFullHistory();
  user.write(back);
  await user.until(() => (seen(user)[0] ?? 500) < 440, 'the history');
  const before = seen(user);
  count(530);
  count(560);
  // A second screen sees that the lines have come; this one must not have moved.
  await expect.poll(() => desk.sesame('read', '1'), { timeout: 10_000 }).toContain('560');
  await user.until(() => seen(user).join() === before.join(), 'the same lines');
  count(1000);
  await user.until(() => seen(user)[0] === 1000 - 200 - before.length + 2, 'the oldest there are');
  user.write(forward);
  await user.sees('1000');
}, 60_000);
