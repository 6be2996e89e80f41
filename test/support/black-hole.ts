// An address nobody ever answers at, as behind a firewall that drops packets: a listener that is stopped and whose queue
// is full, so that the system leaves further connections hanging.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const listen =
  "const s = require('node:net').createServer(); s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))";

export async function openBlackHole(): Promise<{ url: string; close(): void }> {
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let i = 0; i < 16; i++) fillers.push(connect(Number(port), '127.0.0.1').on('error', () => undefined));
  await once(fillers[0] as Socket, 'connect');
  return {
    url: `http://127.0.0.1:${String(port).trim()}/`,
    close: () => {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}
