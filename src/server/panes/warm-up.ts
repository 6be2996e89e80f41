// Makes the engine compile the way from output to frames before the first agent prints much: parsing runs forty times
// slower at first, and compiling it in the middle of a flood takes a processor away from the program that prints. About
// 0.2 s of work in small steps, on a screen that nobody sees.
import { setTimeout as pause } from 'node:timers/promises';
import { encodeFrameMessage } from '../../protocol/frame-codec.ts';
import { DamageTracker } from '../../terminal/damage.ts';
import { ScreenDiffer } from '../../terminal/differ.ts';
import type { CreateEngine, VtEngine, VtListener } from '../../terminal/engine.ts';

/** The kinds of output are mixed from the first piece on: code compiled for one kind is thrown away by the next. */
const rounds = 100;
const pieceBytes = 4 << 10;
/** After so long it is somebody else's turn. A single piece may take a few milliseconds before it is compiled. */
const stepMs = 1.5;
const restMs = 3;
const cols = 80;
const rows = 24;
const historyLines = 1000;

const nobody = (): void => undefined;
const deaf: VtListener = {
  reply: nobody,
  title: nobody,
  bell: nobody,
  notification: nobody,
  progress: nobody,
  programStatus: nobody,
  clipboard: nobody,
  osc: nobody,
};

/** Resolves when it is done, or soon after the signal. Never rejects for the signal's sake. */
export async function warmUp(createEngine: CreateEngine, signal: AbortSignal): Promise<void> {
  const engine = createEngine({ cols, rows, scrollback: historyLines, listener: deaf });
  const differ = new ScreenDiffer(new DamageTracker(engine).watch());
  const pieces = [logLines(), colours(), longLine(), repaint()].map((text) => Buffer.from(text));
  let until = performance.now() + stepMs;
  const rest = async (): Promise<void> => {
    if (performance.now() < until) return;
    await pause(restMs, undefined, { signal, ref: false }).catch(nobody);
    until = performance.now() + stepMs;
  };
  try {
    for (let round = 0; round < rounds && !signal.aborted; round++) {
      // What runs for the first time is slow: little of it at once.
      const share = Math.min(1, (1 + round) / 16);
      for (const piece of pieces) {
        step(engine, differ, piece, round, share);
        await rest();
      }
      // Taken of a flood every few megabytes.
      if (round % 10 !== 9) continue;
      engine.snapshot((round * round) >> 3);
      await rest();
    }
  } finally {
    differ.close();
    engine.dispose();
  }
}

function step(engine: VtEngine, differ: ScreenDiffer, piece: Buffer, round: number, share: number): void {
  // Pieces end anywhere, as those of a terminal do.
  const from = (round * 997) % (piece.length >> 1);
  engine.feed(piece.subarray(from, from + (piece.length >> 1) * share));
  const frame = differ.diff();
  if (frame !== null) encodeFrameMessage(1, frame);
}

function logLines(): string {
  const lines = Array.from({ length: 40 }, (_, i) => {
    const text = `2026-01-01T12:00:${i} src/module-${i}.ts compiled ${'dependency '.repeat(i % 9)}`;
    if (i % 5 === 0) return `\u001b[3${i % 8}m[${i}]\u001b[0m ${text}`;
    if (i % 5 === 1) return `${text} ✓ “déjà vu” 日本語 👩‍💻`;
    return i % 5 === 2 ? `  \u001b[2m${text}\u001b[22m` : text;
  });
  return `${lines.join('\r\n')}\r\n`;
}

function colours(): string {
  let text = '\u001b[H';
  for (let i = 0; text.length < 2 * pieceBytes; i++) {
    text += `\u001b[38;2;${i % 256};${(i * 7) % 256};${(i * 13) % 256}m`;
    if (i % 3 === 0) text += `\u001b[48;2;${(i * 3) % 256};${i % 256};${(i * 5) % 256}m`;
    text += 'abcdefghi'.slice(i % 9);
    if (i % 12 === 0) text += `\u001b[0m\u001b[${1 + ((i / 12) % rows)};1H`;
  }
  return `${text}\u001b[0m`;
}

function longLine(): string {
  return 'a line of output that goes on and on {"k":[1,2,3],"v":"x"} '.repeat((2 * pieceBytes) / 60);
}

/** What full-screen programs do: synchronized updates, a scroll region, moving about, erasing. */
function repaint(): string {
  let text = '';
  for (let i = 0; text.length < 2 * pieceBytes; i++) {
    text += `\u001b[?2026h\u001b[?25l\u001b[${1 + (i % rows)};${1 + (i % cols)}H\u001b[K\u001b[1m● working\u001b[22m ${i}s\u001b[1A\u001b[2C─┐`;
    if (i % 8 === 0) text += `\u001b[2;20r\u001b[20;1H${'line\n'.repeat(4)}\u001b[r\u001b[2J`;
    text += '\u001b[?25h\u001b[?2026l';
  }
  return text;
}
