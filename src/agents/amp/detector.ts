// Status of Amp. Its plugin reports the thread's state; the title turns while it works, which counts where there is no
// report (the user's own configuration). Neither tells of the approval dialog, nor how a turn ended: that is on the
// screen, once that has settled.
import { plainLine } from '../../domain/plain-text.ts';
import type { AgentSignal, Detector, Fact, StatusChange } from '../agent.ts';
import { parseProgramStatus } from '../program-status.ts';
import { readReport, type State } from './report.ts';
import { readScreen, type Screen } from './screen.ts';

const workingTitle = /^\s*[\u2801-\u28ff]/u;
/** A dialog that was answered may stand on so many screens until it is drawn over. */
const screensAfterAnswer = 2;
/** The title turns five times a second: an interrupt after which it goes on was none. */
const turnsAfterInterrupt = 10;

export function ampDetector(now: () => number = Date.now): Detector {
  /** What the thread does, by the report or else by the title. Null while nothing told. */
  let state: Exclude<State, 'lost'> | null = null;
  let reports = false;
  /** A turn began and its end was not concluded yet. */
  let inTurn = false;
  /** Turns of the title since the user interrupted; null when they did not. */
  let interrupted: number | null = null;
  /** The last settled screen since the state changed. */
  let screen: Screen | null = null;
  /** The dialog that was answered last, while it may still be on the screen. */
  let answered: { text: string; screens: number } | null = null;
  let lastWords: string | null = null;
  /** The error that is shown now, and when it is tried again. */
  let failure: { key: string; retryAt: number | null } | null = null;
  let said = '';

  const source = (): { signal: 'report' | 'title'; told: string } =>
    reports
      ? { signal: 'report', told: `its plugin says ${state}` }
      : { signal: 'title', told: `the title ${state === 'running' ? 'turns' : 'stands still'}` };

  /** Only what is new is said again. */
  const say = (change: StatusChange): StatusChange[] => {
    const key = JSON.stringify(change);
    if (key === said) return [];
    said = key;
    return [change];
  };
  const plain = (name: 'working' | 'idle' | 'done', more = '', message: string | null = null): StatusChange[] => {
    const { signal, told } = source();
    return say({ state: name, evidence: { signal, rule: `${told}${more}` }, message });
  };

  function enter(next: Exclude<State, 'lost'>): StatusChange[] {
    // What the title told is said again by the report, which counts more.
    if (next === state) return state === 'idle' && inTurn ? [] : conclude();
    const before = state;
    state = next;
    if (next === 'running') {
      // Between two attempts, or after a question, it is the same turn.
      if (!inTurn) lastWords = null;
      inTurn = true;
      if (before !== 'awaiting-approval') interrupted = null;
      screen = null;
      failure = null;
      return plain('working');
    }
    if (next === 'idle' && !inTurn) return plain('idle');
    // While it worked, the input box said so: a screen that still does is from before.
    if (screen !== null && isBusy(screen)) screen = null;
    return conclude();
  }

  function conclude(): StatusChange[] {
    const { signal, told } = state === null ? { signal: 'screen' as const, told: '' } : source();
    if (screen?.signIn === true) {
      const evidence = { signal, rule: 'the screen asks to log in to Amp' };
      return say({ state: 'waiting', wait: 'auth', evidence, message: 'log in to Amp' });
    }
    if (screen?.trouble != null && (inTurn || state === null)) return failed(screen.trouble, signal, told);
    switch (state) {
      case null:
        return screen?.welcome === true || (screen?.label ?? '') !== '' ? starting() : [];
      case 'running':
      case 'awaiting-approval':
        return ongoing(signal, told);
      case 'error':
      case 'idle': {
        if (screen === null || isBusy(screen)) return [];
        // What was concluded of the turn stands until the next one.
        if (!inTurn) return [];
        if (state === 'error')
          return failed({ reason: 'agent', message: 'the turn failed', retryInS: null }, signal, told);
        inTurn = false;
        if (failure !== null) return plain('idle', ' and the error is gone from the screen');
        if (interrupted !== null) return plain('idle', ' after an interrupt');
        return plain('done', '', lastWords);
      }
    }
  }

  function isAnswered(shown: Screen): boolean {
    if (answered === null) return false;
    if (dialogOf(shown) === answered.text && answered.screens-- > 0) return true;
    answered = null;
    return false;
  }

  /** What is typed before the thread is there begins another one. */
  function starting(): StatusChange[] {
    const evidence = { signal: 'screen' as const, rule: 'no thread is on the screen yet' };
    return say({ state: 'starting', evidence, message: null });
  }

  function ongoing(signal: 'report' | 'title' | 'screen', told: string): StatusChange[] {
    if (screen?.approval != null) {
      const evidence = { signal, rule: `${told}; the screen asks: Approval Required` };
      return say({ state: 'waiting', wait: 'permission', evidence, message: screen.approval.text });
    }
    if (state === 'awaiting-approval') {
      return say({ state: 'waiting', wait: 'permission', evidence: { signal, rule: told }, message: null });
    }
    if (screen?.asks != null) {
      const evidence = { signal, rule: `${told}; the screen asks in a box` };
      return say({ state: 'waiting', wait: 'question', evidence, message: screen.asks });
    }
    if (screen?.label === 'Disconnected' || screen?.label?.startsWith('Reconnecting') === true) {
      const evidence = { signal, rule: `${told}; the input box says ${screen.label.split(' ')[0] ?? ''}` };
      const message = 'the connection to Amp is lost; it connects again by itself';
      return say({ state: 'failed', reason: 'network', retryAt: null, evidence, message });
    }
    return plain('working');
  }

  function failed(
    trouble: NonNullable<Screen['trouble']>,
    signal: 'report' | 'title' | 'screen',
    told: string,
  ): StatusChange[] {
    const { reason, message, retryInS } = trouble;
    const key = `${reason} ${message} ${retryInS === null}`;
    // The seconds count down; when it is tried again was known the first time.
    if (failure?.key !== key) failure = { key, retryAt: retryInS === null ? null : now() + retryInS * 1000 };
    const rule = `${told === '' ? '' : `${told}; `}the screen shows an error`;
    return say({ state: 'failed', reason, retryAt: failure.retryAt, evidence: { signal, rule }, message });
  }

  function onTitle(text: string): StatusChange[] {
    const turns = workingTitle.test(plainLine(text).slice(0, 200));
    if (turns && interrupted !== null && ++interrupted > turnsAfterInterrupt) interrupted = null;
    if (reports) return [];
    if (turns) return enter('running');
    // Before the first turn it only names the directory.
    return state === null ? [] : enter('idle');
  }

  function onReport(text: string): StatusChange[] {
    const line = readReport(text);
    if (line === null || !('state' in line)) return [];
    if (line.text !== '') lastWords = lastLine(line.text);
    if (line.state === 'lost') {
      reports = false;
      return [];
    }
    reports = true;
    return enter(line.state);
  }

  return {
    push(signal: AgentSignal): StatusChange[] {
      switch (signal.kind) {
        case 'report': {
          const change = parseProgramStatus(signal.text);
          return change === null ? [] : [change];
        }
        case 'hook':
          return onReport(signal.line);
        case 'title':
          return onTitle(signal.text);
        case 'screen':
          screen = readScreen(signal.rows);
          return isAnswered(screen) ? [] : conclude();
        case 'input':
          if (signal.interrupt === true && inTurn) interrupted = 0;
          if (!signal.submitted || screen === null || dialogOf(screen) === null) return [];
          answered = { text: dialogOf(screen) ?? '', screens: screensAfterAnswer };
          screen = null;
          return state === null ? [] : conclude();
        case 'notification':
        case 'progress':
        case 'bell':
        case 'activity':
        case 'file':
        case 'event':
        case 'connection':
          return [];
      }
    },
    learn(signal: AgentSignal): Fact[] {
      if (signal.kind === 'hook') {
        const line = readReport(signal.line);
        return line !== null && 'thread' in line ? [{ kind: 'conversation', id: line.thread }] : [];
      }
      const id = signal.kind === 'screen' ? readScreen(signal.rows).thread : null;
      return id === null ? [] : [{ kind: 'conversation', id }];
    },
  };
}

/** What the dialog on the screen wants to know. */
function dialogOf({ approval, asks }: Screen): string | null {
  return approval?.text ?? asks;
}

/** The input box says that something goes on, or there is nothing to read yet. */
function isBusy({ label, trouble }: Screen): boolean {
  return trouble === null && label !== '';
}

function lastLine(text: string): string | null {
  return plainLine(text.trim().split('\n').at(-1) ?? '').slice(0, 300) || null;
}
