import { expect, test } from 'vitest';
import { HolderFrameLimit, HolderReply, HolderRequest } from './holder.ts';
import {
  encodeAck,
  encodeFrame,
  encodeJsonFrame,
  encodeOutputHeader,
  encodeResize,
  FrameReader,
  ProtocolError,
  readJson,
  readOffset,
} from './holder-codec.ts';

const farOffset = 2 ** 45 + 12345;
const stream = Buffer.concat([
  encodeJsonFrame(HolderReply.hello, 0, { version: 1, pid: 77 }),
  encodeOutputHeader(3, farOffset, 5),
  Buffer.from('hello'),
  encodeFrame(HolderReply.spawned, 3, new Uint8Array()),
  encodeOutputHeader(4, 0, 0),
  encodeJsonFrame(HolderReply.exited, 3, { end: 5 }),
]);

function readIn(pieceBytes: number): { frames: unknown[]; output: string; offsets: number[] } {
  const read = { frames: [] as unknown[], output: '', offsets: [] as number[] };
  const reader = new FrameReader({
    frame: (type, pty, payload) => read.frames.push([type, pty, payload.toString('utf8')]),
    output: (_pty, offset, bytes) => {
      read.offsets.push(offset);
      read.output += bytes.toString('utf8');
    },
  });
  for (let at = 0; at < stream.length; at += pieceBytes) reader.push(stream.subarray(at, at + pieceBytes));
  return read;
}

test('frames mean the same wherever the stream is cut', () => {
  const whole = readIn(stream.length);
  expect(whole.frames).toEqual([
    [HolderReply.hello, 0, '{"version":1,"pid":77}'],
    [HolderReply.spawned, 3, ''],
    [HolderReply.exited, 3, '{"end":5}'],
  ]);
  expect(whole.offsets).toEqual([farOffset]);
  for (let pieceBytes = 1; pieceBytes < stream.length; pieceBytes += 1) {
    const cut = readIn(pieceBytes);
    expect(cut.frames).toEqual(whole.frames);
    expect(cut.output).toBe('hello');
    expect(cut.offsets[0]).toBe(farOffset);
  }
});

test('output is handed on before its frame is complete', () => {
  const seen: Array<[number, string]> = [];
  const reader = new FrameReader({
    frame: () => undefined,
    output: (_pty, offset, bytes) => seen.push([offset, bytes.toString('utf8')]),
  });
  reader.push(encodeOutputHeader(1, 100, 6));
  reader.push(Buffer.from('abc'));
  expect(seen).toEqual([[100, 'abc']]);
  reader.push(Buffer.from('def'));
  expect(seen[1]).toEqual([103, 'def']);
});

test('a frame that is too long or too short is refused before it is stored', () => {
  const refuse = (length: number): void => {
    const head = Buffer.alloc(9);
    head.writeUInt32LE(length, 0);
    expect(() => new FrameReader({ frame: () => undefined }).push(head)).toThrow(ProtocolError);
  };
  refuse(HolderFrameLimit + 1);
  refuse(0xffffffff);
  refuse(4);
  refuse(0);
});

test('an offset beyond what numbers hold is refused', () => {
  expect(() => readOffset(Buffer.alloc(8, 0xff), 0)).toThrow(ProtocolError);
  expect(() => readJson(Buffer.from('{'))).toThrow(ProtocolError);
});

// A holder that runs is never upgraded: every later server has to produce these very bytes.
test('version 1 on the wire is frozen', () => {
  expect(encodeAck(HolderRequest.ack, 2, 2 ** 32 + 1, 65536).toString('hex')).toBe(
    '11000000' + '05' + '02000000' + '0100000001000000' + '00000100',
  );
  expect(encodeResize(HolderRequest.resize, 1, 80, 24).toString('hex')).toBe(
    '09000000' + '04' + '01000000' + '50001800',
  );
  expect(encodeOutputHeader(7, 258, 1).toString('hex')).toBe('0e000000' + '68' + '07000000' + '0201000000000000');
});
