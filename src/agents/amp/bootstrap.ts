// Linux with glibc and macOS. The wrapper package may be ahead of the platform packages, which therefore say themselves
// what is newest. Versions are `0.0.<seconds>-g<commit>`.
import type { Bootstrap, Build, Target } from '../distribution.ts';

const npm = (suffix: string): Build => ({ name: `@ampcode/cli-${suffix}`, program: 'amp' });
const bucket = (name: string): Build => ({ name, program: 'amp' });
const common = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'] as const satisfies readonly Target[];

export const ampBootstrap: Bootstrap = {
  distributions: [
    { kind: 'npm', index: null, builds: Object.fromEntries(common.map((target) => [target, npm(target)])) },
    {
      kind: 'bucket',
      base: 'https://static.ampcode.com/cli',
      latest: 'cli-version.txt',
      file: '{version}/amp-{name}.gz',
      pack: 'gzip',
      checksum: { file: '{version}/{name}-amp.sha256', at: null, of: 'program' },
      builds: Object.fromEntries([...common, 'linux-x64-baseline' as const].map((target) => [target, bucket(target)])),
    },
    { kind: 'command', command: 'amp' },
  ],
  versionPattern: /^(\d+\.\d+\.\d+\S*)/,
};
