// The releases for macOS are zip files, so there npm is the only source.
import type { Bootstrap, Build, Target } from '../distribution.ts';

const npm = (suffix: string): Build => ({ name: `opencode-${suffix}`, program: 'bin/opencode' });
const github = (suffix: string): Build => ({ name: `opencode-${suffix}.tar.gz`, program: 'opencode' });

const linux = [
  'linux-x64',
  'linux-x64-baseline',
  'linux-x64-musl',
  'linux-x64-baseline-musl',
  'linux-arm64',
  'linux-arm64-musl',
] as const satisfies readonly Target[];
const all = [...linux, 'darwin-x64', 'darwin-x64-baseline', 'darwin-arm64'] as const satisfies readonly Target[];

export const opencodeBootstrap: Bootstrap = {
  distributions: [
    { kind: 'npm', index: 'opencode-ai', builds: Object.fromEntries(all.map((target) => [target, npm(target)])) },
    {
      kind: 'github',
      repository: 'anomalyco/opencode',
      tag: 'v{version}',
      sums: null,
      builds: Object.fromEntries(linux.map((target) => [target, github(target)])),
    },
    { kind: 'command', command: 'opencode' },
  ],
  versionPattern: /^(\d+\.\d+\.\d+\S*)$/m,
};
