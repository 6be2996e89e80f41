// GET /v1/events: what is stored after the reader's last event, then what happens, without gap or double. The stream
// holds a position, not a queue: it reads on from the store when the reader has taken what it got, so that a slow
// reader costs nothing. Of events that are not stored the newest is told, first to a reader that comes in between.
import type { SesameEvent } from '../../domain/event.ts';
import type { Events } from '../events/events.ts';

const batchEvents = 256;
const encoder = new TextEncoder();

/** `stopping` ends the stream after all events and one `event: stopping`. */
export function eventStream(events: Events, after: number, stopping: AbortSignal): ReadableStream<Uint8Array> {
  let position = after;
  const passed = new WeakSet<SesameEvent>();
  let wake: (() => void) | null = null;
  let left = false;
  let unfollow: () => void = () => undefined;
  const onStop = (): void => wake?.();
  const leave = (): void => {
    left = true;
    unfollow();
    stopping.removeEventListener('abort', onStop);
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        stopping.addEventListener('abort', onStop);
        unfollow = events.follow(() => wake?.());
        // A first piece sends the headers, so that the reader knows it is connected.
        controller.enqueue(encoder.encode(': sesame events\n\n'));
      },
      pull: async (controller) => {
        for (;;) {
          const next = position < events.lastSeq ? events.after(position, batchEvents) : [];
          const last = next.at(-1);
          if (last !== undefined) {
            position = last.seq;
            controller.enqueue(encoder.encode(next.map(eventText).join('')));
            return;
          }
          const passing = events.passing().filter((event) => !passed.has(event));
          if (passing.length > 0) {
            for (const event of passing) passed.add(event);
            controller.enqueue(encoder.encode(passing.map((event) => passingText(event, position)).join('')));
            return;
          }
          if (stopping.aborted) {
            controller.enqueue(encoder.encode('event: stopping\ndata: {}\n\n'));
            controller.close();
            leave();
            return;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = null;
          if (left) return;
        }
      },
      cancel: () => {
        leave();
        wake?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Without an id: a reader that comes back asks for what was stored after the event before. */
function passingText(event: SesameEvent, position: number): string {
  return `data: ${JSON.stringify({ ...event, seq: position })}\n\n`;
}

function eventText(event: SesameEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}
