// Feeds recorded bytes through the real emulator to an agent's detector, in pieces of any size.
import type { Agent, AgentSignal } from '../../src/agents/agent.ts';
import { createVtEngine } from '../../src/terminal/vt/vt-engine.ts';
import type { Recording } from './recorded-output.ts';

/** The screen is shown to the detector after every so many bytes, wherever the pieces end. */
const lookEvery = 2048;

/** The states concluded, each once in a row: `working waiting:permission done`. */
export async function replay(
  agent: Agent,
  { cols, rows, bytes }: Recording & { bytes: Uint8Array },
  pieceBytes: number,
): Promise<string> {
  const detector = agent.detector();
  const words: string[] = [];
  const hear = (signal: AgentSignal): void => {
    for (const change of detector.push(signal)) {
      const word =
        change.state === 'waiting'
          ? `waiting:${change.wait}`
          : change.state === 'failed'
            ? `failed:${change.reason}`
            : change.state;
      if (words.at(-1) !== word) words.push(word);
    }
  };
  const engine = createVtEngine({
    cols,
    rows,
    scrollback: 1000,
    listener: {
      reply: () => undefined,
      title: (text) => hear({ kind: 'title', text }),
      bell: () => hear({ kind: 'bell' }),
      notification: (text) => hear({ kind: 'notification', text }),
      progress: (state, percent) => hear({ kind: 'progress', state, percent }),
      programStatus: (text) => hear({ kind: 'report', text }),
      clipboard: () => undefined,
      osc: () => undefined,
    },
  });
  for (let block = 0; block < bytes.length; block += lookEvery) {
    const end = Math.min(bytes.length, block + lookEvery);
    for (let at = block; at < end; at += pieceBytes) engine.feed(bytes.subarray(at, Math.min(end, at + pieceBytes)));
    hear({ kind: 'screen', rows: engine.screenText() });
  }
  engine.dispose();
  return words.join(' ');
}
