// What a server may ask, parsed once. Everything that is not exactly that throws a ProtocolError. Written by hand: the
// holder is never upgraded while it has PTYs, so the less is in it the better.
import type { HolderSpawn } from '../protocol/holder.ts';
import { ProtocolError, readJson, readOffset } from '../protocol/holder-codec.ts';

const signals = ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGKILL', 'SIGSTOP', 'SIGCONT', 'end'] as const;

export function parseHello(payload: Buffer): number {
  const { version } = readObject(payload);
  return typeof version === 'number' ? version : wrong('hello has no version');
}

export function parseSpawn(payload: Buffer): HolderSpawn {
  const { tag, name, argv, cwd, env, cols, rows } = readObject(payload);
  if (!isText(tag) || !isText(name) || !isText(cwd)) wrong('spawn lacks a text');
  if (!Array.isArray(argv) || argv.length === 0 || !argv.every(isText)) wrong('spawn has no program');
  if (!isTexts(env)) wrong('spawn has no environment');
  return { tag, name, argv, cwd, env, cols: side(cols), rows: side(rows) };
}

export function parseResize(payload: Buffer): { cols: number; rows: number } {
  if (payload.length !== 4) wrong('a resize has another length');
  return { cols: side(payload.readUInt16LE(0)), rows: side(payload.readUInt16LE(2)) };
}

export function parseAck(payload: Buffer): { offset: number; windowBytes: number } {
  if (payload.length !== 12) wrong('an ack has another length');
  return { offset: readOffset(payload, 0), windowBytes: payload.readUInt32LE(8) };
}

export function parseSignal(payload: Buffer): (typeof signals)[number] {
  const { signal, end } = readObject(payload);
  return signals.find((name) => name === (end === true ? 'end' : signal)) ?? wrong('an unknown signal');
}

function readObject(payload: Buffer): Record<string, unknown> {
  const value = readJson(payload);
  return typeof value === 'object' && value !== null ? { ...value } : wrong('a message is not an object');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every(isText);
}

/** Columns or rows. */
function side(value: unknown): number {
  const isSide = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0xffff;
  return isSide ? value : wrong('a terminal size is out of range');
}

function wrong(what: string): never {
  throw new ProtocolError(what);
}
