// Copilot's state stands in its conversation's file: turns, permissions, errors, and a note of each hook that ran. The
// screen tells only what comes before a conversation, and that the prompt is free.

import type { Usage } from '../../domain/agent-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { AgentSignal, Detector, Fact, StatusChange } from '../agent.ts';
import { readNumberedQuestion } from '../numbered-choices.ts';
import { parseProgramStatus } from '../program-status.ts';
import { type CopilotEvent, readEvent } from './events.ts';
import { readFailure } from './failure.ts';

const freePrompt = /· \/ commands · \? help/;
const asksForTrust = /Confirm folder trust/;
const notLoggedIn = /Please use \/login to sign in|✗ You must be logged in/;
const failedStart = /^\s*✗ (Failed to load models.*|Authentication failed.*|Access denied.*|No model is selected.*)/;

export function copilotDetector(now: () => number = Date.now): Detector {
  let message: string | null = null;
  /** The model's last answer of this turn asked for no tool: the turn ends with it. */
  let hasAnswered = false;
  let isWaiting = false;
  /** A permission that was asked for, by its id, until it is known to be waited for. */
  let asked: string | null = null;
  let hasSpoken = false;
  const usage: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: null };

  return {
    push(signal: AgentSignal): StatusChange[] {
      if (signal.kind === 'screen') return onScreen(signal.rows);
      // Not of this version, but its own word when it comes.
      const report = signal.kind === 'report' ? parseProgramStatus(signal.text) : null;
      if (report !== null) return [report];
      const event = signal.kind === 'file' ? readEvent(signal.line) : null;
      if (event === null) return [];
      const change = onEvent(event);
      if (change === null) return [];
      hasSpoken = true;
      isWaiting = change.state === 'waiting';
      return [change];
    },
    learn(signal: AgentSignal): Fact[] {
      const event = signal.kind === 'file' ? readEvent(signal.line) : null;
      if (event?.type !== 'session.usage_record') return [];
      const { inputTokens, outputTokens, cacheReadTokens } = event.data.usage;
      usage.inputTokens += Math.max(0, inputTokens - cacheReadTokens);
      usage.outputTokens += outputTokens;
      usage.cachedTokens += cacheReadTokens;
      return [{ kind: 'usage', usage: { ...usage } }];
    },
  };

  function onEvent(event: CopilotEvent): StatusChange | null {
    switch (event.type) {
      case 'user.message':
        message = null;
        return says('working', event.type);
      case 'assistant.turn_start':
        hasAnswered = false;
        return says('working', event.type);
      case 'assistant.message':
        hasAnswered = event.data.toolRequests.length === 0;
        message = plainLine(event.data.content) || message;
        return null;
      case 'assistant.turn_end':
        return hasAnswered ? says('done', `${event.type} after an answer`) : null;
      case 'permission.requested':
        asked = event.data.requestId;
        return null;
      case 'permission.completed':
        asked = null;
        return isWaiting ? says('working', event.type) : null;
      case 'tool.execution_complete':
        return isWaiting ? says('working', event.type) : null;
      case 'hook.start':
        return onHook(event.data.hookType, event.data.input);
      case 'session.error': {
        const { errorType, statusCode = null, message: text } = event.data;
        const evidence = { signal: 'report', rule: `its log says session.error ${errorType}` } as const;
        return {
          state: 'failed',
          ...readFailure({ errorType, statusCode, message: text }, now()),
          evidence,
          message: plainLine(text),
        };
      }
      case 'abort':
      case 'session.resume':
        return says('idle', event.type);
      default:
        return null;
    }
  }

  function onHook(type: string, input: { notificationType?: string | undefined; message?: string | undefined }) {
    if (type === 'agentStop') return says('done', 'hook agentStop');
    if (type !== 'notification') return null;
    if (input.notificationType === 'permission_prompt')
      return waits('permission', 'hook permission_prompt', input.message);
    if (input.notificationType === 'elicitation_dialog')
      return waits('question', 'hook elicitation_dialog', input.message);
    return null;
  }

  function says(state: 'working' | 'done' | 'idle', what: string): StatusChange {
    return {
      state,
      evidence: { signal: 'report', rule: `its log says ${what}` },
      message: state === 'done' ? message : null,
    };
  }

  function onScreen(rows: readonly string[]): StatusChange[] {
    // With the user's own configuration there is no hook: what was asked for waits once it is on the screen.
    if (asked !== null && !isWaiting && readNumberedQuestion(rows) !== null) {
      isWaiting = true;
      return [waits('permission', 'permission.requested, and the screen shows it')];
    }
    if (hasSpoken) return [];
    if (rows.some((row) => asksForTrust.test(row))) {
      return [
        fromScreen(
          { state: 'waiting', wait: 'trust' },
          'Confirm folder trust',
          'Copilot asks whether to trust this folder',
        ),
      ];
    }
    if (rows.some((row) => notLoggedIn.test(row))) {
      return [
        fromScreen({ state: 'failed', reason: 'auth', retryAt: null }, 'Please use /login', 'Copilot is not signed in'),
      ];
    }
    const failure = rows.map((row) => failedStart.exec(row)?.[1]).find((text) => text !== undefined);
    if (failure !== undefined) {
      const found = readFailure({ errorType: null, statusCode: null, message: failure }, now());
      return [fromScreen({ state: 'failed', ...found }, failure.slice(0, 60), plainLine(failure))];
    }
    return rows.some((row) => freePrompt.test(row)) ? [fromScreen({ state: 'idle' }, '/ commands · ? help', null)] : [];
  }
}

function waits(wait: 'permission' | 'question', what: string, message?: string): StatusChange {
  const text = message === undefined ? null : plainLine(message);
  return { state: 'waiting', wait, evidence: { signal: 'report', rule: `its log says ${what}` }, message: text };
}

type Without = StatusChange extends infer C
  ? C extends StatusChange
    ? Omit<C, 'evidence' | 'message'>
    : never
  : never;

function fromScreen(change: Without, text: string, message: string | null): StatusChange {
  return { ...change, evidence: { signal: 'screen', rule: `the screen says: ${text}` }, message };
}
