// What a server may ask, parsed once. Everything that is not exactly that throws a ProtocolError. Written by hand: the
// holder is never upgraded while it has PTYs, so the less is in it the better.
import type { HolderSpawn } from '../protocol/holder.ts';
import { ProtocolError, readJson, readOffset } from '../protocol/holder-codec.ts';

const signals = ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGKILL', 'SIGSTOP', 'SIGCONT'] as const;
type AllowedSignal = (typeof signals)[number];

export function parseHello(payload: Buffer): { version: number } {
  const { version } = record(payload);
  if (typeof version !== 'number') throw new ProtocolError('hello has no version');
  return { version };
}

export function parseSpawn(payload: Buffer): HolderSpawn {
  const { tag, name, argv, cwd, env, cols, rows } = record(payload);
  if (typeof tag !== 'string' || typeof name !== 'string' || typeof cwd !== 'string') {
    throw new ProtocolError('spawn lacks a text');
  }
  if (!Array.isArray(argv) || argv.length === 0 || !argv.every((word) => typeof word === 'string')) {
    throw new ProtocolError('spawn has no program');
  }
  if (typeof env !== 'object' || env === null) throw new ProtocolError('spawn has no environment');
  const variables: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) {
    if (typeof value !== 'string') throw new ProtocolError('a variable is not a text');
    variables[key] = value;
  }
  return { tag, name, argv, cwd, env: variables, cols: side(cols), rows: side(rows) };
}

export function parseResize(payload: Buffer): { cols: number; rows: number } {
  expectLength(payload, 4);
  return { cols: side(payload.readUInt16LE(0)), rows: side(payload.readUInt16LE(2)) };
}

export function parseAck(payload: Buffer): { offset: number; windowBytes: number } {
  expectLength(payload, 12);
  return { offset: readOffset(payload, 0), windowBytes: payload.readUInt32LE(8) };
}

export function parseSignal(payload: Buffer): AllowedSignal | 'end' {
  const { signal, end } = record(payload);
  if (end === true) return 'end';
  const known = signals.find((name) => name === signal);
  if (known === undefined) throw new ProtocolError('an unknown signal');
  return known;
}

function record(payload: Buffer): Record<string, unknown> {
  const value = readJson(payload);
  if (typeof value !== 'object' || value === null) throw new ProtocolError('a message is not an object');
  return { ...value };
}

/** Columns or rows. */
function side(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 0xffff) {
    throw new ProtocolError('a terminal size is out of range');
  }
  return value;
}

function expectLength(payload: Buffer, length: number): void {
  if (payload.length !== length) throw new ProtocolError(`${payload.length} bytes instead of ${length}`);
}
