// The output of a running step as it is told: clean, bounded, and not more often than people can read.

import { plainText } from '../../domain/plain-text.ts';
import type { Clock } from '../../platform/clock.ts';
import { withoutUserinfo } from '../git/git-failure.ts';

const keptCharacters = 16 << 10;
const quietMs = 150;

export interface ProgressText {
  add(bytes: Uint8Array): void;
  /** Everything so far, as last told or to be told. */
  text(): string;
  /** Tells what was not told yet and stops. */
  close(): void;
}

/** Calls `tell` with all of the output so far: at once after quiet, then at most every 150 ms, and at the end. */
export function collectProgress(clock: Clock, tell: (text: string) => void): ProgressText {
  const decoder = new TextDecoder();
  let raw = '';
  let told = '';
  let toldAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  const text = (): string => withoutUserinfo(plainText(raw));
  const flush = (): void => {
    timer = null;
    const now = text();
    if (now === told) return;
    told = now;
    toldAt = clock.elapsed();
    tell(now);
  };
  return {
    add(bytes) {
      raw += decoder.decode(bytes, { stream: true });
      if (raw.length > keptCharacters) raw = `…${raw.slice(-keptCharacters / 2)}`;
      if (timer !== null) return;
      const wait = quietMs - (clock.elapsed() - toldAt);
      if (wait <= 0) flush();
      else timer = setTimeout(flush, wait);
    },
    text,
    close() {
      if (timer !== null) clearTimeout(timer);
      flush();
    },
  };
}
