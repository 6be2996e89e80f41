// Builds are versions of one npm package. The folder's layout stays as it is: the program finds its siblings by it.
import type { Bootstrap, Build, Builds } from '../distribution.ts';

const program = (triple: string): string => `vendor/${triple}/bin/codex`;
const npm = (suffix: string, triple: string): Build => ({
  name: '@openai/codex',
  release: `{version}-${suffix}`,
  program: program(triple),
});
const github = (_suffix: string, triple: string): Build => ({
  name: `codex-package-${triple}.tar.gz`,
  program: 'bin/codex',
});

/** The Linux builds are static: they run with glibc and without. */
const builds = (make: (suffix: string, triple: string) => Build): Builds => ({
  'linux-x64': make('linux-x64', 'x86_64-unknown-linux-musl'),
  'linux-x64-musl': make('linux-x64', 'x86_64-unknown-linux-musl'),
  'linux-arm64': make('linux-arm64', 'aarch64-unknown-linux-musl'),
  'linux-arm64-musl': make('linux-arm64', 'aarch64-unknown-linux-musl'),
  'darwin-x64': make('darwin-x64', 'x86_64-apple-darwin'),
  'darwin-arm64': make('darwin-arm64', 'aarch64-apple-darwin'),
});

export const codexBootstrap: Bootstrap = {
  distributions: [
    { kind: 'npm', index: '@openai/codex', builds: builds(npm) },
    {
      kind: 'github',
      repository: 'openai/codex',
      tag: 'rust-v{version}',
      sums: 'codex-package_SHA256SUMS',
      builds: builds(github),
    },
    { kind: 'command', command: 'codex' },
  ],
  versionPattern: /^codex-cli (\d+\.\d+\.\d+\S*)/m,
};
