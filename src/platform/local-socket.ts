// Unix sockets for one connection, both ends of which may be in this process.
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';

export interface Door {
  /** Who came. By then the file is gone. */
  readonly socket: Promise<Socket>;
  /** Nobody is waited for any longer. */
  close(): void;
}

/** Listens at `path` until one has connected. What a killed process left there is removed. Rejects with the system's error. */
export async function listenOnce(path: string): Promise<Door> {
  await rm(path, { force: true });
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const server = createServer((socket) => {
    server.close();
    resolve(socket);
  });
  server.listen(path);
  await once(server, 'listening');
  return { socket: promise, close: () => void server.close() };
}

/** Both ends of a connection, at `path` for a moment. Rejects with the system's error. */
export async function socketPair(path: string): Promise<{ client: Socket; server: Socket }> {
  const door = await listenOnce(path);
  const client = connect(path);
  try {
    await once(client, 'connect');
  } catch (error) {
    door.close();
    throw error;
  }
  return { client, server: await door.socket };
}
