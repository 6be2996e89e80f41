// One native program per platform, in npm and in the releases alike.
import type { Bootstrap, Build, Builds } from '../distribution.ts';

const npm = (suffix: string): Build => ({ name: `@github/copilot-${suffix}`, program: 'copilot' });
const github = (suffix: string): Build => ({ name: `copilot-${suffix}.tar.gz`, program: 'copilot' });

const builds = (make: (suffix: string) => Build): Builds => ({
  'linux-x64': make('linux-x64'),
  'linux-x64-musl': make('linuxmusl-x64'),
  'linux-arm64': make('linux-arm64'),
  'linux-arm64-musl': make('linuxmusl-arm64'),
  'darwin-x64': make('darwin-x64'),
  'darwin-arm64': make('darwin-arm64'),
});

export const copilotBootstrap: Bootstrap = {
  distributions: [
    { kind: 'npm', index: '@github/copilot', builds: builds(npm) },
    {
      kind: 'github',
      repository: 'github/copilot-cli',
      tag: 'v{version}',
      sums: 'SHA256SUMS.txt',
      builds: builds(github),
    },
    { kind: 'command', command: 'copilot' },
  ],
  // The sentence ends with a full stop: `GitHub Copilot CLI 1.0.102.`
  versionPattern: /(\d+\.\d+\.\d+\S*?)\.?$/m,
};
