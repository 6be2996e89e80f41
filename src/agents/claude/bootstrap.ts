// The platform package holds one native program; the main package's own entry is a stub until its install script has run.
import type { Bootstrap, Builds } from '../distribution.ts';

const npm = (suffix: string) => ({ name: `@anthropic-ai/claude-code-${suffix}`, program: 'claude' });
const bucket = (name: string) => ({ name, program: 'claude' });

const builds = (make: (suffix: string) => { name: string; program: string }): Builds => ({
  'linux-x64': make('linux-x64'),
  'linux-x64-musl': make('linux-x64-musl'),
  'linux-arm64': make('linux-arm64'),
  'linux-arm64-musl': make('linux-arm64-musl'),
  'darwin-x64': make('darwin-x64'),
  'darwin-arm64': make('darwin-arm64'),
});

export const claudeBootstrap: Bootstrap = {
  distributions: [
    { kind: 'npm', index: '@anthropic-ai/claude-code', builds: builds(npm) },
    {
      kind: 'bucket',
      base: 'https://downloads.claude.ai/claude-code-releases',
      latest: 'latest',
      file: '{version}/{name}/claude',
      pack: 'none',
      checksum: { file: '{version}/manifest.json', at: ['platforms', '{name}', 'checksum'], of: 'file' },
      builds: builds(bucket),
    },
    { kind: 'command', command: 'claude' },
  ],
  versionPattern: /^(\d+\.\d+\.\d+\S*)/,
};
