// Events that nobody needs later: the next one of their kind replaces them. They are told and never stored, and bear the
// number of the stored event before them. Free of zod (see failure.ts).
import type { EventBody } from './event.ts';

export type PassingEvent = Extract<EventBody, { kind: 'bootstrap.progress' }>;

export function isPassing(event: EventBody): event is PassingEvent {
  return event.kind === 'bootstrap.progress';
}
