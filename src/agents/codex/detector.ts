// Codex reports its state itself (OSC 7501) from the moment its prompt works. The report has no words: what failed
// stands on the screen below a square. Before that, and while it waits for a network, only the screen tells.
import { plainLine } from '../../domain/plain-text.ts';
import type { AgentSignal, Detector, Fact, StatusChange } from '../agent.ts';
import { parseProgramStatus } from '../program-status.ts';
import { readFailure } from './failure.ts';
import { readHistoryLine, readTokenCount } from './records.ts';

const noNetwork = /Reconnecting\.\.\. waiting for network/;

/** Screens that come instead of the prompt. */
const obstacles = [
  { text: 'Choose how you want to use Codex', wait: 'auth', message: 'Codex asks you to sign in' },
  { text: 'Trust this folder?', wait: 'trust', message: 'Codex asks whether to trust this folder' },
  { text: 'Hooks need review', wait: 'trust', message: 'Codex asks whether to trust new hooks' },
] as const;

export function codexDetector(now: () => number = Date.now): Detector {
  /** The last report. A failure is told once the screen with its reason has settled. */
  let reported: StatusChange | null = null;
  let failureIsOpen = false;
  let isOffline = false;

  return {
    push(signal: AgentSignal): StatusChange[] {
      if (signal.kind === 'screen') return onScreen(signal.rows);
      const change = signal.kind === 'report' ? parseProgramStatus(signal.text) : null;
      if (change === null) return [];
      reported = change;
      isOffline = false;
      failureIsOpen = change.state === 'failed';
      return failureIsOpen ? [] : [change];
    },
    learn(signal: AgentSignal): Fact[] {
      if (signal.kind !== 'file') return [];
      const id = readHistoryLine(signal.line);
      if (id !== null) return [{ kind: 'conversation', id }];
      const usage = readTokenCount(signal.line);
      return usage === null ? [] : [{ kind: 'usage', usage }];
    },
  };

  function onScreen(rows: readonly string[]): StatusChange[] {
    if (reported === null) return beforePrompt(rows);
    if (reported.state === 'failed' && failureIsOpen) {
      failureIsOpen = false;
      const message = lastNotice(rows);
      return [{ ...reported, ...(message === null ? {} : readFailure(message, now())), message }];
    }
    if (reported.state !== 'working') return [];
    const offline = rows.some((row) => noNetwork.test(row));
    if (offline === isOffline) return [];
    isOffline = offline;
    if (!offline) return [reported];
    return [
      {
        state: 'failed',
        reason: 'network',
        retryAt: null,
        evidence: { signal: 'report', rule: 'it says that it waits for the network' },
        message: 'no connection to the model; it goes on by itself when there is one',
      },
    ];
  }
}

function beforePrompt(rows: readonly string[]): StatusChange[] {
  const found = obstacles.find(({ text }) => rows.some((row) => row.includes(text)));
  if (found === undefined) return [];
  const { text, wait, message } = found;
  return [{ state: 'waiting', wait, evidence: { signal: 'screen', rule: `the screen says: ${text}` }, message }];
}

/** The last paragraph that begins with a square, as one line. */
function lastNotice(rows: readonly string[]): string | null {
  const start = rows.findLastIndex((row) => row.startsWith('■ '));
  if (start < 0) return null;
  const length = rows.slice(start).findIndex((row) => row.trim() === '');
  const paragraph = rows.slice(start, length < 0 ? undefined : start + length);
  // A row is broken between words, or within an address after a slash.
  return plainLine(paragraph.map((row) => row.trim()).join(' ')).replace(/^■ /, '');
}
