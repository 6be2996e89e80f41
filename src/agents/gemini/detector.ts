// Its title says what it does: `◇  Ready`, `✦  Working…`, `✋  Action Required`. A notification tells a permission from a
// question, its log tells why a request is tried again, and the screen how a turn ended: an errored turn ends `Ready`.
//
// All of these are the agent's own word and correct each other, so all count as its report.
import { plainLine } from '../../domain/plain-text.ts';
import type { WaitKind } from '../../domain/status.ts';
import type { AgentSignal, Detector, Fact, RunStart, StatusChange } from '../agent.ts';
import { parseProgramStatus } from '../program-status.ts';
import { readLog } from './log.ts';
import { readScreen } from './screen.ts';
import type { Trouble } from './trouble.ts';
import { readUsage } from './usage.ts';

type State =
  /** It says `Ready` before it takes a text: that is when its composer is drawn, and under the conversation it resumes. */
  | 'starting'
  /** Nothing runs. */
  | 'ready'
  | 'working'
  /** A request failed and is tried again. */
  | 'retrying'
  /** The limit is used up: it asks whether to go on. */
  | 'limit'
  /** The title says that it needs the user; what for comes with the notification or the screen. */
  | 'asking'
  /** The title says that the turn ended; how is on the screen once that has settled. */
  | 'ended';

export function geminiDetector({ resumes }: RunStart): Detector {
  let state: State = 'starting';
  /** Why the running turn cannot succeed. */
  let trouble: Trouble | null = null;
  let interrupted = false;
  const log = readLog();

  const say = (change: { state: 'working' | 'idle' | 'done' }, rule: string, message: string | null = null) => [
    { ...change, evidence: { signal: 'report' as const, rule }, message },
  ];
  const failed = ({ reason, message }: Trouble, retryAt: number | null, rule: string): StatusChange[] => [
    { state: 'failed', reason, retryAt, evidence: { signal: 'report', rule }, message },
  ];
  const waits = (wait: WaitKind, rule: string, message: string | null): StatusChange[] => [
    { state: 'waiting', wait, evidence: { signal: 'report', rule }, message },
  ];

  function onTitle(title: string): StatusChange[] {
    if (/^[✦⏲]\s+Working/u.test(title)) {
      if (state === 'starting' || state === 'ready' || state === 'ended') {
        trouble = null;
        interrupted = false;
      }
      state = 'working';
      return say({ state: 'working' }, `title ${title.slice(0, 10)}`);
    }
    if (/^✋\s+Action Required/u.test(title)) {
      state = 'asking';
      return [];
    }
    const works = state !== 'starting' && state !== 'ready';
    if (/^◇\s+Ready/u.test(title) && works) state = 'ended';
    return [];
  }

  function onNotification(text: string): StatusChange[] {
    if (state !== 'asking') return [];
    const [, what, detail] = plainLine(text).split(' | ');
    const message = detail ?? null;
    if (what === 'Approval required') {
      return waits('permission', 'title ✋ Action Required, notification: approval', message);
    }
    // The question itself is on the screen.
    return what === 'Answer requested by agent'
      ? waits('question', 'title ✋ Action Required, notification: answer', null)
      : [];
  }

  function onScreen(rows: readonly string[]): StatusChange[] {
    const screen = readScreen(rows);
    if (screen.dialog === 'auth' || screen.dialog === 'trust') {
      return waits(screen.dialog, `the screen shows its dialog: ${screen.dialog}`, null);
    }
    if (screen.dialog === 'limit') {
      if (state === 'starting' || state === 'ready') return [];
      state = 'limit';
      const message = `${screen.text}: press 1 to try again, 2 to stop`;
      return failed({ reason: 'rate-limit', message }, null, 'the screen shows: Usage limit reached');
    }
    if (state === 'asking' && screen.dialog !== null) {
      return waits(screen.dialog, `title ✋ Action Required, the screen asks: ${screen.dialog}`, screen.text);
    }
    if (state === 'starting' && resumes && (screen.loading || (screen.composer && !screen.conversation))) {
      // Its composer is drawn before the conversation is loaded. What is entered then may be asked without it, and while
      // it is loaded an enter is lost.
      const rule = 'it has not loaded its conversation yet';
      return [{ state: 'starting', evidence: { signal: 'screen', rule }, message: null }];
    }
    if (state === 'starting' && screen.composer) {
      state = 'ready';
      return say({ state: 'idle' }, 'its composer is on the screen');
    }
    if (state !== 'ended') return [];
    state = 'ready';
    const end = trouble ?? screen.trouble;
    if (interrupted || screen.cancelled) return say({ state: 'idle' }, 'title ◇ Ready after an interrupt');
    if (end !== null) return failed(end, null, 'title ◇ Ready after ✕ [API Error]');
    return say({ state: 'done' }, 'title ◇ Ready after ✦ Working', screen.text);
  }

  function onLog(line: string): StatusChange[] {
    const entry = log(line);
    if (entry === null || state === 'ready') return [];
    switch (entry.kind) {
      case 'fatal':
        trouble = entry.trouble;
        return [];
      case 'retry':
        if (state !== 'working' && state !== 'retrying') return [];
        state = 'retrying';
        return failed(entry.trouble, entry.at, `its log: ${entry.rule}`);
      case 'progress':
        if (state !== 'retrying') return [];
        state = 'working';
        return say({ state: 'working' }, 'its log: it goes on');
    }
  }

  return {
    push(signal: AgentSignal): StatusChange[] {
      switch (signal.kind) {
        case 'report': {
          const change = parseProgramStatus(signal.text);
          return change === null ? [] : [change];
        }
        case 'title':
          return onTitle(plainLine(signal.text).slice(0, 200));
        case 'notification':
          return onNotification(signal.text);
        case 'screen':
          return onScreen(signal.rows);
        case 'file':
          return onLog(signal.line);
        case 'input':
          if (signal.interrupt === true && state !== 'ready') interrupted = true;
          if (state !== 'limit') return [];
          // Its dialog was answered; when it was not, the screen says so.
          state = 'working';
          return say({ state: 'working' }, 'the limit was answered');
        case 'progress':
        case 'bell':
        case 'activity':
        case 'hook':
        case 'event':
        case 'connection':
          return [];
      }
    },
    learn(signal: AgentSignal): Fact[] {
      const usage = signal.kind === 'hook' ? readUsage(signal.line) : null;
      return usage === null ? [] : [{ kind: 'usage', usage }];
    },
  };
}
