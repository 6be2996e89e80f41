// A proxy on the loopback: forwards what it is asked for and notes it. With `password` it wants that first.
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface TestProxy {
  port: number;
  asked: string[];
  close(): Promise<void>;
}

export async function openProxy(password?: string): Promise<TestProxy> {
  const asked: string[] = [];
  const tunnels = new Set<{ destroy(): unknown }>();
  const allowed = (header: string | undefined): boolean =>
    password === undefined || header === `Basic ${Buffer.from(`user:${password}`).toString('base64')}`;
  const server = createServer((incoming, reply) => {
    asked.push(incoming.url ?? '');
    if (!allowed(incoming.headers['proxy-authorization'])) return void reply.writeHead(407).end();
    const onward = request(incoming.url ?? '', { headers: incoming.headers, agent: false }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    onward.on('error', () => reply.writeHead(502).end());
    onward.end();
  });
  server.on('connect', (incoming, socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    socket.on('error', () => socket.destroy());
    tunnels.add(socket);
    socket.on('close', () => tunnels.delete(socket));
    if (!allowed(incoming.headers['proxy-authorization'])) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host = '', port = ''] = (incoming.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const tunnel of tunnels) tunnel.destroy();
      }),
  };
}
