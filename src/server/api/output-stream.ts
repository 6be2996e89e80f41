// GET /v1/sessions/:id/output: the raw bytes of a run as server-sent events, base64, read on only as the reader takes
// them. `id:` is the offset after the piece: `?from=` it (or Last-Event-ID) to go on.
import type { Run } from '../runs/runs.ts';

const encoder = new TextEncoder();

/** Ends with `event: end` when the run has ended and everything was sent. */
export function outputStream(run: Run, from: number | null, stopping: AbortSignal): ReadableStream<Uint8Array> {
  const closer = new AbortController();
  const pieces = run.output(from, AbortSignal.any([closer.signal, stopping]))[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(': sesame output\n\n')),
      pull: async (controller) => {
        const { done, value } = await pieces.next();
        if (done) {
          controller.enqueue(encoder.encode(`event: ${stopping.aborted ? 'stopping' : 'end'}\ndata: {}\n\n`));
          controller.close();
          return;
        }
        const base64 = Buffer.from(value.bytes).toString('base64');
        const end = value.offset + value.bytes.length;
        controller.enqueue(encoder.encode(`id: ${end}\ndata: {"offset":${value.offset},"base64":"${base64}"}\n\n`));
      },
      cancel: () => closer.abort(),
    },
    { highWaterMark: 0 },
  );
}
