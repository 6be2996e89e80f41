// At most a few reports a second, however fast the bytes come. A new step is told at once, and of what came between two
// reports the last: a download that stops moving shows how far it got.
import type { BootstrapProgress } from '../../domain/binary.ts';
import type { Clock } from '../../platform/clock.ts';

const apartMs = 200;

export interface ProgressReport {
  (progress: BootstrapProgress): void;
  /** Nothing is told any more. */
  end(): void;
}

export function createProgress(
  clock: Pick<Clock, 'elapsed'>,
  tell: (progress: BootstrapProgress) => void,
): ProgressReport {
  let last: { step: string; host: string | null; at: number } | null = null;
  let held: BootstrapProgress | null = null;
  let timer: NodeJS.Timeout | null = null;
  const now = (progress: BootstrapProgress): void => {
    end();
    last = { step: progress.step, host: progress.host, at: clock.elapsed() };
    tell(progress);
  };
  const end = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = held = null;
  };
  const report = (progress: BootstrapProgress): void => {
    const isNew = last === null || last.step !== progress.step || last.host !== progress.host;
    const left = last === null || isNew ? 0 : last.at + apartMs - clock.elapsed();
    if (left > 0) {
      held = progress;
      timer ??= setTimeout(() => held !== null && now(held), left);
    } else now(progress);
  };
  return Object.assign(report, { end });
}
