// The event log: one sequence, stored before it is told, resumable. This file is the interface the server uses.
import type { EventBody, SesameEvent } from '../../domain/event.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { PassingEvent } from '../../domain/passing-event.ts';
import type { Session } from '../../domain/session.ts';

export interface Events {
  /** Stores the event, applies it to the session rows, tells the followers. Returns it with its number. */
  append(body: EventBody): SesameEvent;
  /**
   * Tells the followers without storing. The newest of each name is kept for who follows later, until null ends it.
   */
  pass(name: string, body: PassingEvent | null): void;
  /** What was passed last, of what has not ended. */
  passing(): SesameEvent[];
  readonly lastSeq: number;
  /** Current rows, oldest first; `all` includes archived and discarded ones. */
  sessions(all: boolean): Session[];
  session(id: SessionId): Session | null;
  /** Stored events after `seq`, oldest first, at most `limit`. */
  after(seq: number, limit: number): SesameEvent[];
  /** The newest event of this kind. */
  newest(session: SessionId, kind: EventBody['kind']): SesameEvent | null;
  of(session: SessionId, limit: number): SesameEvent[];
  /** Called for each new event, after it is stored where it is; returns how to stop. */
  follow(call: (event: SesameEvent) => void): () => void;
  close(): void;
}
