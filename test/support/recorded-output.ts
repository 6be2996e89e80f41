// Terminal bytes of real agents, kept as fixtures: `src/agents/<agent>/fixtures/<name>.bin`, with the size of the screen
// and the agent's version in `recorded.json`. Recorded by UPDATE_FIXTURES=1 npm run test:agents.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Recording {
  version: string;
  cols: number;
  rows: number;
}

const mostBytes = 200_000;

/** Saves the bytes without the places of this machine. Longer ones lose their end. */
export function saveRecording(agent: string, name: string, bytes: Buffer, workDir: string, recording: Recording): void {
  const directory = join('src/agents', agent, 'fixtures');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${name}.bin`), withoutPlaces(bytes, workDir).subarray(0, mostBytes));
  const all = { ...readIndex(directory), [name]: recording };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(directory, 'recorded.json'), `${JSON.stringify(sorted, null, 2)}\n`);
}

export function readRecordings(agent: string): Array<Recording & { name: string; bytes: Buffer }> {
  const directory = join('src/agents', agent, 'fixtures');
  return Object.entries(readIndex(directory)).map(([name, recording]) => ({
    ...recording,
    name,
    bytes: readFileSync(join(directory, `${name}.bin`)),
  }));
}

/** The work directory's path becomes another of the same length, also inside base64 of reports, so that nothing moves. */
function withoutPlaces(bytes: Buffer, workDir: string): Buffer {
  const neutral = `/w${'/project'.repeat(20)}`.slice(0, workDir.length);
  const folder = (path: string): string => path.replace(/[^a-zA-Z0-9]/g, '-');
  const clean = (text: string): string =>
    text.replaceAll(workDir, neutral).replaceAll(folder(workDir), folder(neutral));
  const text = bytes
    .toString('latin1')
    .replace(/(\u001b\]7501;[^\u0007\u001b]*msg=)([A-Za-z0-9+/=]+)/g, (_, before: string, message: string) => {
      return (
        before + Buffer.from(clean(Buffer.from(message, 'base64').toString('latin1')), 'latin1').toString('base64')
      );
    });
  return Buffer.from(clean(text), 'latin1');
}

function readIndex(directory: string): Record<string, Recording> {
  try {
    return JSON.parse(readFileSync(join(directory, 'recorded.json'), 'utf8')) as Record<string, Recording>;
  } catch {
    return {};
  }
}
