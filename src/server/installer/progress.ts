// At most a few reports a second, however fast the bytes come; a new step is always told.
import type { BootstrapProgress } from '../../domain/binary.ts';
import type { Clock } from '../../platform/clock.ts';

const apartMs = 200;

export function createProgress(
  clock: Pick<Clock, 'elapsed'>,
  tell: (progress: BootstrapProgress) => void,
): (progress: BootstrapProgress) => void {
  let last: { step: string; host: string | null; at: number } | null = null;
  return (progress) => {
    const at = clock.elapsed();
    const isNew = last === null || last.step !== progress.step || last.host !== progress.host;
    if (!isNew && last !== null && at - last.at < apartMs) return;
    last = { step: progress.step, host: progress.host, at };
    tell(progress);
  };
}
