// Real runs of real agents, kept as fixtures below `src/agents/<agent>/fixtures`:
//
//   <name>.bin            the bytes of the terminal
//   <name>.signals.jsonl  what the agent said elsewhere meanwhile, each with the number of bytes before it
//   recorded.json         version, size of the screen, and the statuses all of this comes to
//
// Recorded by UPDATE_FIXTURES=1 npm run test:agents; statuses that changed are looked at like code.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent, AgentSignal } from '../../src/agents/agent.ts';
import { replay } from './replay.ts';

export interface PlacedSignal {
  at: number;
  signal: AgentSignal;
}

export interface Recording {
  name: string;
  version: string;
  cols: number;
  rows: number;
  bytes: Uint8Array;
  signals: readonly PlacedSignal[];
  /** The program went on with an earlier conversation. */
  resumes?: boolean;
}

interface Entry {
  version: string;
  cols: number;
  rows: number;
  resumes?: boolean;
  /** As `replay` says them. */
  statuses: string;
}

const mostBytes = 200_000;

/**
 * Saves it without the places of this machine (`places`: paths, the longer first) and without most of what only spins.
 * Longer ones lose their end.
 */
export async function saveRecording(agent: Agent, recording: Recording, places: readonly string[]): Promise<void> {
  const { name, version, cols, rows, resumes } = recording;
  const still = withoutAnimation(recording);
  const directory = directoryOf(agent);
  mkdirSync(directory, { recursive: true });
  const bytes = withoutPlaces(still.bytes, places).subarray(0, mostBytes);
  const signals = still.signals
    .filter(({ at }) => at <= bytes.length)
    .map((placed) => withoutPlaces(Buffer.from(JSON.stringify(placed)), places).toString());
  writeFileSync(join(directory, `${name}.bin`), bytes);
  const signalsFile = join(directory, `${name}.signals.jsonl`);
  if (signals.length > 0) writeFileSync(signalsFile, `${signals.join('\n')}\n`);
  else rmSync(signalsFile, { force: true });
  const clean = { ...recording, bytes, signals: signals.map((line) => JSON.parse(line) as PlacedSignal) };
  const statuses = await replay(agent, clean, bytes.length);
  const entry = { version, cols, rows, ...(resumes === true ? { resumes } : {}), statuses };
  const all: Record<string, Entry> = { ...readIndex(directory), [name]: entry };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(directory, 'recorded.json'), `${JSON.stringify(sorted, null, 2)}\n`);
}

export function readRecordings(agent: Agent): Array<Recording & { statuses: string }> {
  const directory = directoryOf(agent);
  return Object.entries(readIndex(directory)).map(([name, entry]) => {
    const signalsFile = join(directory, `${name}.signals.jsonl`);
    const lines = existsSync(signalsFile) ? readFileSync(signalsFile, 'utf8').trim().split('\n') : [];
    return {
      ...entry,
      name,
      bytes: readFileSync(join(directory, `${name}.bin`)),
      signals: lines.map((line) => JSON.parse(line) as PlacedSignal),
    };
  });
}

/** A frame of a program that draws frames. */
const frame = /\u001b\[\?2026h.*?\u001b\[\?2026l/gs;
/** Not printed: control sequences. */
const control = /\u001b\[[0-?]*[ -/]*[@-~]/g;
const spinner = /^[\s⬝■⠀-⣿]*[⬝■⠀-⣿][\s⬝■⠀-⣿]*$/u;
const spinsKept = 8;

/** Leaves out the frames that draw nothing but a spinner, after the first few. */
function withoutAnimation({ bytes, signals }: Recording): { bytes: Buffer; signals: readonly PlacedSignal[] } {
  const all = Buffer.from(bytes);
  const spins = [...all.toString('latin1').matchAll(frame)]
    .filter(([text]) => spinner.test(Buffer.from(text.replace(control, ''), 'latin1').toString('utf8')))
    .slice(spinsKept)
    .map(({ index, 0: text }) => ({ from: index, to: index + text.length }));
  const kept: Buffer[] = [];
  let end = 0;
  for (const { from, to } of spins) {
    kept.push(all.subarray(end, from));
    end = to;
  }
  kept.push(all.subarray(end));
  const before = (at: number): number =>
    at - spins.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(at, to) - from), 0);
  return { bytes: Buffer.concat(kept), signals: signals.map(({ at, signal }) => ({ at: before(at), signal })) };
}

/** Each path becomes another of the same length, also inside base64 of reports: nothing moves. */
function withoutPlaces(bytes: Buffer, places: readonly string[]): Buffer {
  const folder = (path: string): string => path.replace(/[^a-zA-Z0-9]/g, '-');
  // The bytes of the path, one character each. A program that draws only what is new may leave out its beginning.
  const all = places.flatMap((place) => {
    const from = Buffer.from(place).toString('latin1');
    const to = `/home/dev${'/project'.repeat(20)}`.slice(0, from.length).replace(/\/$/, 'x');
    const name = from.slice(from.lastIndexOf('/') + 1);
    const alone = { from: name, to: 'project-'.repeat(20).slice(0, name.length) };
    // Only a name made at random is no word.
    return [{ from, to }, { from: from.slice(1), to: to.slice(1) }, ...(/\W\w{6}$/.test(name) ? [alone] : [])];
  });
  const clean = (text: string): string =>
    all.reduce((rest, { from, to }) => rest.replaceAll(from, to).replaceAll(folder(from), folder(to)), text);
  const text = bytes
    .toString('latin1')
    .replace(/(\u001b\]7501;[^\u0007\u001b]*msg=)([A-Za-z0-9+/=]+)/g, (_, before: string, message: string) => {
      return (
        before + Buffer.from(clean(Buffer.from(message, 'base64').toString('latin1')), 'latin1').toString('base64')
      );
    });
  return Buffer.from(clean(text), 'latin1');
}

function directoryOf(agent: Agent): string {
  return join('src/agents', agent.id, 'fixtures');
}

function readIndex(directory: string): Record<string, Entry> {
  try {
    return JSON.parse(readFileSync(join(directory, 'recorded.json'), 'utf8')) as Record<string, Entry>;
  } catch {
    return {};
  }
}
