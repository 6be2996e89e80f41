import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the condition holds; throws with `what` when it has not after the deadline. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited too long for: ${what}`);
    await sleep(10);
  }
}
