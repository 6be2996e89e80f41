// Time of an emulator alone, ms per MB, for each corpus, ours beside xterm.js: `node test/bench/engine-micro.ts [corpus]`.
// The least of many runs, so that it tells something on a busy machine too.
import type { CreateEngine, VtListener } from '../../src/terminal/engine.ts';
import { createVtEngine } from '../../src/terminal/vt/vt-engine.ts';
import { loadXterm } from '../support/xterm/engine.ts';
import { corpora } from './corpora.ts';

const pieceBytes = 1 << 14;
const runs = 40;
const quiet = (): void => undefined;
const listener: VtListener = {
  reply: quiet,
  title: quiet,
  bell: quiet,
  notification: quiet,
  progress: quiet,
  programStatus: quiet,
  clipboard: quiet,
  osc: quiet,
};

function leastTime(create: CreateEngine, bytes: Uint8Array): number {
  const engine = create({ cols: 80, rows: 24, scrollback: 10_000, listener });
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = process.hrtime.bigint();
    for (let at = 0; at < bytes.length; at += pieceBytes) engine.feed(bytes.subarray(at, at + pieceBytes));
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1e6);
  }
  engine.dispose();
  return least / (bytes.length / 1e6);
}

const createXterm = await loadXterm();
for (const [name, make] of Object.entries(corpora)) {
  if (process.argv[2] && process.argv[2] !== name) continue;
  const bytes = make(name === 'region' ? 0.2 : 2, '\r\n');
  const ours = leastTime(createVtEngine, bytes);
  const theirs = leastTime(createXterm, bytes);
  console.log(
    `${name.padEnd(10)} ${ours.toFixed(1).padStart(6)} ms/MB   xterm.js ${theirs.toFixed(1).padStart(6)}   ${(ours / theirs).toFixed(2)}x`,
  );
}
