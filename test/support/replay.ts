// Feeds a recording through the real emulator to an agent's detector, its bytes in pieces of any size.
import type { Agent, AgentSignal } from '../../src/agents/agent.ts';
import { createVtEngine } from '../../src/terminal/vt/vt-engine.ts';
import type { Recording } from './recorded-output.ts';

/** The screen is shown to the detector after every so many bytes, wherever the pieces end. */
const lookEvery = 2048;

/** The states concluded, each once in a row: `working waiting:permission done`. */
export async function replay(
  agent: Agent,
  { cols, rows, bytes, signals, resumes = false }: Recording,
  pieceBytes: number,
): Promise<string> {
  const detector = agent.detector({ resumes });
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
  const waiting = [...signals];
  let fed = 0;
  const feedTo = (end: number): void => {
    for (; fed < end; fed += pieceBytes) engine.feed(bytes.subarray(fed, Math.min(end, fed + pieceBytes)));
    fed = end;
  };
  for (let block = 0; block < bytes.length; block += lookEvery) {
    const end = Math.min(bytes.length, block + lookEvery);
    for (let next = waiting[0]; next !== undefined && next.at <= end; next = waiting[0]) {
      waiting.shift();
      feedTo(next.at);
      hear(next.signal);
    }
    feedTo(end);
    hear({ kind: 'screen', rows: engine.screenText() });
  }
  engine.dispose();
  return words.join(' ');
}
