// `sesame demo`: the whole job in a minute without any account. A temporary repository with a bare remote, a server of
// its own, three demo agents on one prompt, the full screen; all of it is ended and removed when the screen is left.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Client } from '../../client/connect.ts';
import type { CliContext } from '../context.ts';
import { sizeHere } from '../context.ts';
import { checkTerminal, openScreen } from './attach.ts';
import { stopServer } from './server.ts';

const prompt = 'add a changelog';

export function registerDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description('see the whole job with three built-in agents on a temporary repository')
    .action(async () => {
      checkTerminal(context);
      const place = await mkdtemp(join(tmpdir(), 'sesame-'));
      // The paths and the server of everything below come from the environment of the context.
      context.env['SESAME_WORK_DIR'] = place;
      const repository = join(place, 'bookshop');
      context.cwd = repository;
      try {
        context.exitWith(await openScreen(context, undefined, () => startDemo(context, place, repository)));
      } finally {
        await stopServer({ paths: context.paths }, true).catch(() => []);
        // A program that is just ending may still write.
        await rm(place, { recursive: true, force: true, maxRetries: 10 });
      }
    });
}

async function startDemo(context: CliContext, place: string, repository: string): Promise<Client> {
  const { createDemoRepository } = await import('../demo-repository.ts');
  const [client] = await Promise.all([
    context.connect({ onNotice: () => undefined }),
    createDemoRepository(place, repository, context.env),
  ]);
  const { agents } = await client.call('agents');
  const agent = agents.find(({ vendor }) => vendor === 'sesame') ?? agents[0];
  if (agent !== undefined) {
    await client.call('create', {
      body: { prompt, agents: [{ agent: agent.id, count: 3 }], repo: repository, ...sizeHere(context) },
    });
  }
  return client;
}
