// For agents that always report their own state: nothing but the report counts.
import type { Detector } from './agent.ts';
import { parseProgramStatus } from './program-status.ts';

export function reportDetector(): Detector {
  return {
    push(signal) {
      const change = signal.kind === 'report' ? parseProgramStatus(signal.text) : null;
      return change === null ? [] : [change];
    },
    learn: () => [],
  };
}
