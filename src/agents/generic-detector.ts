// Status of a program we know nothing about. Only what is certain is concluded: its own OSC 7501 report; title glyphs,
// progress and notification words that several agents share; a question drawn as numbered choices. Otherwise `unknown`.
import { plainLine } from '../domain/plain-text.ts';
import type { Signal } from '../domain/status.ts';
import type { AgentSignal, Detector, StatusChange } from './agent.ts';
import { readNumberedQuestion } from './numbered-choices.ts';
import { parseProgramStatus } from './program-status.ts';

/** Braille patterns and quarter circles turn in titles while a program works. */
const workingTitle = /^\s*(?:[\u2801-\u28ff]|[◐◓◑◒])\s|^\s*[✦⏲]\s+Working/u;
const waitingTitle = /^\s*(?:\[ [!.] \]|✋)\s*Action Required/u;

const asksPermission =
  /\b(?:needs?|requires?|wants?|waiting for|requests?) (?:your )?(?:permission|approval)\b|\bapproval (?:needed|required)\b|\bpermission (?:needed|required)\b/iu;
const asksInput = /\b(?:is )?(?:waiting for|needs?|requires?) your (?:input|answer|attention|reply)\b/iu;
const permissionWords = /\b(?:allow|permission|permit|approve|proceed|trust|run this|make this edit)\b/iu;

export function genericDetector(): Detector {
  let reports = false;
  /** What the last conclusion rested on; when that goes away, so does the conclusion. */
  let basis: Signal | null = null;

  const conclude = (signal: Signal, change: StatusChange | null): StatusChange[] => {
    if (change === null) return [];
    basis = signal;
    return [change];
  };
  const withdraw = (signal: Signal, rule: string): StatusChange[] => {
    if (basis !== signal) return [];
    return conclude(signal, { state: 'unknown', evidence: { signal, rule }, message: null });
  };

  return {
    push(signal: AgentSignal): StatusChange[] {
      if (signal.kind === 'report') {
        const change = parseProgramStatus(signal.text);
        if (change !== null) reports = true;
        return conclude('report', change);
      }
      // A program that speaks for itself is not second-guessed.
      if (reports) return [];
      switch (signal.kind) {
        case 'title': {
          const change = fromTitle(signal.text);
          return change === null ? withdraw('title', 'the title no longer shows a state') : conclude('title', change);
        }
        case 'progress':
          return signal.state === 1 || signal.state === 3
            ? conclude('progress', {
                state: 'working',
                evidence: { signal: 'progress', rule: `OSC 9;4 state ${signal.state}` },
                message: null,
              })
            : withdraw('progress', `OSC 9;4 state ${signal.state}: the progress ended`);
        case 'notification':
          return conclude('notification', fromNotification(signal.text));
        case 'input':
          return signal.submitted ? withdraw('notification', 'input was given after the notification') : [];
        case 'screen':
          return onScreen(signal.rows);
        case 'bell':
        case 'activity':
        case 'hook':
        case 'file':
        case 'event':
        case 'connection':
          return [];
      }
    },
    learn: () => [],
  };

  function onScreen(rows: readonly string[]): StatusChange[] {
    const question = readNumberedQuestion(rows);
    if (question !== null && basis !== 'title') {
      return conclude('screen', {
        state: 'waiting',
        wait: permissionWords.test(question.text) ? 'permission' : 'question',
        evidence: { signal: 'screen', rule: `numbered choices 1 to ${question.choices.length}, one of them selected` },
        message: question.text === '' ? null : question.text,
      });
    }
    if (question === null && basis === 'screen') return withdraw('screen', 'the question is no longer on the screen');
    // A blank screen says only that the program has not drawn yet.
    if (basis !== null || rows.every((row) => row.trim() === '')) return [];
    return conclude('pty', {
      state: 'unknown',
      evidence: { signal: 'pty', rule: 'it draws, but does not say what it is doing' },
      message: null,
    });
  }
}

function fromTitle(text: string): StatusChange | null {
  const title = plainLine(text).slice(0, 200);
  if (workingTitle.test(title)) {
    return {
      state: 'working',
      evidence: { signal: 'title', rule: `title begins with ${title.slice(0, 1)}` },
      message: null,
    };
  }
  if (waitingTitle.test(title)) {
    return {
      state: 'waiting',
      wait: 'permission',
      evidence: { signal: 'title', rule: 'title says Action Required' },
      message: null,
    };
  }
  return null;
}

function fromNotification(text: string): StatusChange | null {
  const message = plainLine(text).slice(0, 300);
  const wait = asksPermission.test(message) ? 'permission' : asksInput.test(message) ? 'question' : null;
  return wait === null
    ? null
    : {
        state: 'waiting',
        wait,
        evidence: { signal: 'notification', rule: `notification says: ${message.slice(0, 80)}` },
        message,
      };
}
