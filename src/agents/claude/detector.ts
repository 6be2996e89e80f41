// What Claude Code is doing. Its report (OSC 7501) tells the state. Two things it does not tell: while it repeats failed
// requests it says `working`, and the reason is only on its screen; and after a failure or the end of a turn the words
// and the time until a limit holds are in the transcript. Both refine the report and never contradict it.
import { plainLine } from '../../domain/plain-text.ts';
import type { AgentSignal, Detector, Fact, StatusChange } from '../agent.ts';
import { genericDetector } from '../generic-detector.ts';
import { parseProgramStatus } from '../program-status.ts';
import { reasonOf } from './failure.ts';
import { Transcript, type TranscriptLine } from './transcript.ts';

/** `✻ 401 authentication error · retrying in 2s · attempt 3/10`. The first two attempts only say "API error". */
const retrying = /^\s*\S\s(.+?) · retrying in \d+\w* · attempt (\d+\/\d+)\s*$/u;
/** The retry line stands just above the prompt's box; older ones may be in the answer above it. */
const rowsSearched = 14;
/** Screens that may come before the first report: it is asked for while the program starts. */
const screensBeforeReport = 4;
const sentenceLimit = 300;

type ErrorLine = Extract<TranscriptLine, { kind: 'error' }>;

export function claudeDetector(): Detector {
  const fallback = genericDetector();
  const transcript = new Transcript();
  /** The last report, as concluded. */
  let report: StatusChange | null = null;
  let isRetrying = false;
  let screens = 0;
  /** It worked since it was started: what the transcript tells from now on is new. */
  let worked = false;
  let sentence: string | null = null;
  let error: ErrorLine | null = null;

  const onReport = (text: string): StatusChange[] => {
    const change = parseProgramStatus(text);
    if (change === null) return [];
    report = change;
    // Of a very short turn only the end is reported.
    if (change.state === 'working' || change.state === 'done') worked = true;
    // A report of the same work does not end the trouble that the screen shows.
    if (change.state === 'working' && isRetrying) return [];
    isRetrying = false;
    return [refine(change, error, sentence)];
  };

  const onScreen = (signal: Extract<AgentSignal, { kind: 'screen' }>): StatusChange[] => {
    if (report === null) {
      if (++screens > screensBeforeReport) return fallback.push(signal);
      const rule = 'it draws and has not reported yet';
      return [{ state: 'starting', evidence: { signal: 'pty', rule }, message: null }];
    }
    if (report.state !== 'working') return [];
    const trouble = readRetry(signal.rows);
    const before = isRetrying;
    isRetrying = trouble !== null;
    if (trouble !== null) return [trouble];
    return before ? [report] : [];
  };

  const onLine = (line: TranscriptLine): StatusChange[] => {
    if (line.kind === 'other') return [];
    sentence = line.kind === 'text' ? plainLine(line.text).slice(-sentenceLimit) : null;
    error = line.kind === 'error' ? line : null;
    if (report === null || !worked || isRetrying) return [];
    const tells = line.kind === 'error' ? isFailure(report) : line.kind === 'text' && report.state === 'done';
    return tells ? [refine(report, error, sentence)] : [];
  };

  return {
    push(signal) {
      switch (signal.kind) {
        case 'report':
          return onReport(signal.text);
        case 'screen':
          return onScreen(signal);
        case 'file':
          return onLine(transcript.push(signal.line));
        default:
          // A program that speaks for itself is not second-guessed.
          return report === null ? fallback.push(signal) : [];
      }
    },
    // Before it works, the transcript of a resumed conversation is read again: its totals only grow to what they were.
    learn(signal): Fact[] {
      const tells = signal.kind === 'file' || (signal.kind === 'report' && report?.state === 'done');
      return tells && worked && transcript.usage.outputTokens > 0 ? [{ kind: 'usage', usage: transcript.usage }] : [];
    },
  };
}

/** The report in our vocabulary, with what the transcript knows of the same moment. */
function refine(report: StatusChange, error: ErrorLine | null, sentence: string | null): StatusChange {
  const { evidence } = report;
  if (isFailure(report)) {
    const text = report.message ?? '';
    const known = error !== null && isSame(error.text, text) ? error : null;
    return {
      state: 'failed',
      reason: known?.reason ?? failureOf(report, text),
      retryAt: known?.retryAt ?? null,
      evidence,
      message: report.message,
    };
  }
  if (report.state === 'waiting' && report.wait === 'permission' && report.message === 'trust this folder') {
    return { ...report, wait: 'trust' };
  }
  return report.state === 'done' ? { ...report, message: report.message ?? sentence } : report;
}

/** `blocked` for a credential is a failure: no answer in the dialog's sense helps, the credential has to change. */
function isFailure(report: StatusChange): boolean {
  return report.state === 'failed' || (report.state === 'waiting' && report.wait === 'auth');
}

function failureOf(report: StatusChange, text: string): ReturnType<typeof reasonOf> {
  const reason = reasonOf(text);
  if (report.state !== 'waiting') return reason;
  return reason === 'token-expired' ? reason : 'auth';
}

/** The report's message is bounded and on one line. */
function isSame(transcript: string, report: string): boolean {
  return report !== '' && plainLine(transcript).startsWith(plainLine(report).slice(0, 200));
}

function readRetry(rows: readonly string[]): StatusChange | null {
  const last = rows.findLastIndex((row) => row.trim() !== '');
  for (let row = last; row >= Math.max(0, last - rowsSearched); row--) {
    const match = retrying.exec(rows[row] ?? '');
    if (match === null) continue;
    const [, text = '', attempt = ''] = match;
    const reason = reasonOf(text);
    if (reason === 'agent') return null;
    return {
      state: 'failed',
      reason,
      retryAt: null,
      // The seconds count down on the screen; here they would make every second an event.
      evidence: { signal: 'report', rule: 'OSC 7501 state=working, and the screen says "retrying"' },
      message: `${plainLine(text)}; it tries again by itself, attempt ${attempt}`,
    };
  }
  return null;
}
