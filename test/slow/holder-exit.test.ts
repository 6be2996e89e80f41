// The full measure of what output.test.ts checks in small: 1,000 programs that print 40 kB and exit at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HolderRig, program, start } from '../support/holder.ts';

test('a program that prints 40 kB and exits at once loses nothing, 1,000 times', { timeout: 180_000 }, async () => {
  const rig = new HolderRig();
  const directory = mkdtempSync(join(tmpdir(), 'se-'));
  try {
    const holder = await rig.connect();
    const file = join(directory, 'text');
    const text = `${'x'.repeat(78)}\n`.repeat(507);
    writeFileSync(file, text);
    const whole = Buffer.from(text.replaceAll('\n', '\r\n'));
    let left = 1000;
    let truncated = 0;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const { pty } = await start(holder, program('cat', file));
        const { end } = await holder.told.exit(pty);
        if (!holder.told.bytes(pty).equals(whole) || end !== whole.length) truncated += 1;
        holder.link.collect(pty);
        holder.told.forget(pty);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(truncated).toBe(0);
    expect(await holder.link.list()).toEqual([]);
  } finally {
    await rig.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
