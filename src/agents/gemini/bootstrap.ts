// A bundle for Node without dependencies that it needs, the same for every platform.
import type { Bootstrap, Build } from '../distribution.ts';

const build: Build = { name: '@google/gemini-cli', program: 'bundle/gemini.js' };

export const geminiBootstrap: Bootstrap = {
  distributions: [
    {
      kind: 'npm',
      index: '@google/gemini-cli',
      runsOn: 'node',
      builds: {
        'linux-x64': build,
        'linux-x64-musl': build,
        'linux-arm64': build,
        'linux-arm64-musl': build,
        'darwin-x64': build,
        'darwin-arm64': build,
      },
    },
    { kind: 'command', command: 'gemini' },
  ],
  versionPattern: /^(\d+\.\d+\.\d+\S*)$/m,
};
