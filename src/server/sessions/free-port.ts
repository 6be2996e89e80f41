// A free TCP port on loopback, for agents that serve on one. Free now: the program binds it a moment later.
import { createServer } from 'node:net';

/** Throws what the system says when none is left. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('the system gave no port'));
        else resolve(address.port);
      });
    });
  });
}
