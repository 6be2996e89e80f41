// Server-sent events from the socket, without any client of ours.
import { request } from 'node:http';

/** Reads `count` events of a stream, or all until it ends. */
export function readEvents(
  socketPath: string,
  path: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<{ ids: number[]; data: string[]; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, headers, agent: false }, (response) => {
      let text = '';
      const finish = (): void => {
        const field = (name: string): string[] =>
          [...text.matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map(([, value]) => String(value)).slice(0, count);
        sent.destroy();
        resolve({ ids: field('id').map(Number), data: field('data'), text });
      };
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
        if ((text.match(/^data: .*\n\n/gm) ?? []).length >= count) finish();
      });
      response.once('end', finish);
    });
    sent.once('error', reject);
    sent.end();
  });
}
