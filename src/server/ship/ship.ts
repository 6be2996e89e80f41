// Ship: commit with hooks and push, step by step, retryable. This file is the interface.
import type { ShipResult, ShipStep } from '../../domain/ship.ts';

export interface ShipRequest {
  worktree: string;
  repository: string;
  branch: string;
  base: string;
  title: string;
  prompt: string;
  /** The user's message, or undefined: made from the prompt and the diff. */
  message: string | undefined;
  push: boolean;
}

export interface ShipProgress {
  /** A step began or printed something. `output` is all of the step's output so far, bounded, control characters removed. */
  step(step: ShipStep, output: string): void;
}

/** Thrown failures carry the step they happened in. */
export interface ShipFailure {
  step: ShipStep;
}

export interface Ship {
  /**
   * Runs the steps that are still needed: a second call after a failed push only pushes. Throws a Failure with the
   * failing command's words and what to do; `stepOf(error)` tells the step.
   */
  ship(request: ShipRequest, progress: ShipProgress, signal: AbortSignal): Promise<ShipResult>;
  stepOf(error: unknown): ShipStep;
}
