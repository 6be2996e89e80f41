// For tests of the bootstrap: an agent that is a shell script, a cache of its own, and what must always hold of it.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Distribution, Target } from '../../src/agents/distribution.ts';
import type { InstallConfig } from '../../src/domain/config.ts';
import type { EventBody } from '../../src/domain/event.ts';
import { AgentId } from '../../src/domain/ids.ts';
import { silentLog } from '../../src/platform/log.ts';
import { builtEntry } from '../../src/platform/program.ts';
import { type Binaries, createBinaries } from '../../src/server/bootstrap/bootstrap.ts';
import { Cache, manifestName } from '../../src/server/bootstrap/cache.ts';
import type { Installable } from '../../src/server/bootstrap/installations.ts';
import type { InstallLimits } from '../../src/server/installer/job.ts';
import { digest, makeTgz, programText } from './archive.ts';

/** Every test machine takes the same build. */
export const machine = { platform: 'linux', arch: 'x64', musl: false, avx2: true } as const;
const target: Target = 'linux-x64';

export const npmSource: Distribution = {
  kind: 'npm',
  index: '@fake/agent',
  builds: { [target]: { name: '@fake/agent-linux', program: 'bin/fake' } },
};

export function fakeAgent(distributions: readonly Distribution[] = [npmSource]): Installable {
  return { id: AgentId.parse('fake'), name: 'Fake', distributions, versionPattern: /^fake (\d+\.\d+\.\d+)/ };
}

/** The package as npm makes it: everything below `package/`. `ballast` bytes that do not compress. */
export function fakePackage(version: string, ballast = 0, then = ''): Buffer {
  const noise = createHash('shake256', { outputLength: Math.max(1, ballast) })
    .update('ballast')
    .digest();
  return makeTgz([
    { path: 'package/package.json', content: `{"name":"@fake/agent-linux","version":"${version}"}` },
    { path: 'package/bin/fake', content: programText(version, then), mode: 0o755 },
    { path: 'package/ballast', content: noise },
  ]);
}

export interface Bench {
  root: string;
  binaries: Binaries;
  told: EventBody[];
  /** Folders under a final name. */
  published(): string[];
  end(): Promise<void>;
}

export interface BenchOptions {
  root?: string;
  env?: NodeJS.ProcessEnv;
  config?: InstallConfig;
  registry?: string;
  limits?: InstallLimits;
  stallMs?: number;
  askMs?: number;
  inUse?: () => ReadonlySet<string>;
  installer?: string[];
}

export function openBench(options: BenchOptions = {}): Bench {
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'sb-'));
  const told: EventBody[] = [];
  const binaries = createBinaries({
    cache: new Cache(root, process.execPath),
    env: options.env ?? { PATH: '/usr/bin:/bin' },
    home: root,
    builtin: (entry) => [entry],
    installer: options.installer ?? [process.execPath, builtEntry('installer')],
    version: '0.0.0',
    config: options.config ?? { agents: {}, ...(options.registry === undefined ? {} : { registry: options.registry }) },
    log: silentLog,
    tell: (body) => told.push(body),
    progress: (agent, progress) => {
      if (progress !== null) told.push({ kind: 'bootstrap.progress', session: null, agent, progress });
    },
    inUse: options.inUse ?? (() => new Set()),
    machine,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.stallMs === undefined ? {} : { stallMs: options.stallMs }),
    ...(options.askMs === undefined ? {} : { askMs: options.askMs }),
  });
  return {
    root,
    binaries,
    told,
    published: () => publishedIn(root),
    async end() {
      await binaries.close();
      if (options.root === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
}

export function publishedIn(root: string): string[] {
  try {
    return readdirSync(join(root, 'fake'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

/**
 * The one property everything else serves: what has a final name is complete and its program has the right bytes, and
 * nothing outside a fresh folder is executable. Returns what is wrong.
 */
export function unverified(root: string, programs: readonly string[]): string[] {
  const wrong: string[] = [];
  const good = new Set(programs.map((text) => digest('sha256', Buffer.from(text))));
  for (const name of publishedIn(root)) {
    const program = join(root, 'fake', name, 'bin', 'fake');
    try {
      readFileSync(join(root, 'fake', name, manifestName));
      if (!good.has(digest('sha256', readFileSync(program)))) wrong.push(`${name}: other bytes than were published`);
    } catch (error) {
      wrong.push(`${name}: ${String(error)}`);
    }
  }
  if (!existsSync(join(root, 'fake'))) return wrong;
  for (const entry of readdirSync(join(root, 'fake'), { withFileTypes: true })) {
    if (entry.isFile() && (statSync(join(root, 'fake', entry.name)).mode & 0o111) !== 0)
      wrong.push(`${entry.name} is executable`);
  }
  return wrong;
}
