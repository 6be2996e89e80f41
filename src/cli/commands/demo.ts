// `sesame demo`: the whole job in a minute without any account. A temporary repository with a bare remote, a server of
// its own, three demo agents on one prompt, the full screen; all of it is ended and removed when the screen is left.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
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
      const { createDemoRepository } = await import('../demo-repository.ts');
      const place = await mkdtemp(join(tmpdir(), 'sesame-'));
      // The paths and the server of everything below come from the environment of the context.
      context.env['SESAME_WORK_DIR'] = place;
      try {
        const repository = await createDemoRepository(place, context.env);
        context.cwd = repository;
        const { call } = await context.connect();
        const { agents } = await call('agents');
        const agent = agents.find(({ vendor }) => vendor === 'sesame') ?? agents[0];
        if (agent !== undefined) {
          await call('create', {
            body: { prompt, agents: [{ agent: agent.id, count: 3 }], repo: repository, ...sizeHere(context) },
          });
        }
        context.exitWith(await openScreen(context, undefined));
      } finally {
        await stopServer(context.paths(), true).catch(() => []);
        await rm(place, { recursive: true, force: true });
      }
    });
}
