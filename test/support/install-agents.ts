// Fills the cache of agents' programs once, through our own bootstrap, with the npm settings of whoever runs the suite.
// An agent that cannot be installed does not end the run: its tests say what is missing.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { realAgents } from '../agents/real-agents.ts';
import { agentCache } from './agent-cache.ts';
import { run } from './program.ts';

export default async function setup(): Promise<void> {
  const cache = agentCache();
  mkdirSync(cache, { recursive: true });
  const missing = realAgents.filter((agent) => !readdirSync(cache).includes(agent));
  if (missing.length === 0) return;
  const directory = mkdtempSync(join(tmpdir(), 'si-'));
  const env = { ...process.env, SESAME_WORK_DIR: directory };
  const launcher = resolve('bin/sesame.js');
  for (const agent of missing) {
    const { code, stdout, stderr } = await run([launcher, 'agents', 'install', agent], { env });
    if (code !== 0) console.error(`${agent} could not be installed: ${stdout}${stderr}`);
  }
  await run([launcher, 'server', 'stop', '--all'], { env });
  const installed = join(directory, '.sesame', 'agents');
  for (const agent of missing) {
    try {
      renameSync(join(installed, agent), join(cache, agent));
    } catch (error) {
      console.error(`${agent} is not in the cache: ${String(error)}`);
    }
  }
  rmSync(directory, { recursive: true, force: true });
}
