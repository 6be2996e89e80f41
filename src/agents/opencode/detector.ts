// OpenCode's own server tells everything. Sessions of its sub-agents share the stream: the root sessions count for the
// state, a question of any session counts, because the user has to answer it.
//
// A session stays `busy` while it waits for the user, and an error is followed by `idle`, so both are remembered.
import { plainLine } from '../../domain/plain-text.ts';
import type { AgentSignal, Detector, Fact, StatusChange } from '../agent.ts';
import { parseProgramStatus } from '../program-status.ts';
import { readTold, type ServerEvent, type SessionStatus, type Told } from './events.ts';
import { isAbort, readError, readRetry, type Trouble } from './trouble.ts';
import { usageOf } from './usage.ts';

interface Pending {
  wait: 'permission' | 'question';
  message: string;
}

const composer = /Ask anything|ctrl\+p commands/;

/** More are forgotten, the oldest first. */
const rememberedLimit = 500;

export function opencodeDetector(): Detector {
  const children = new Set<string>();
  const busy = new Set<string>();
  const pending = new Map<string, Pending>();
  let retry: { trouble: Trouble; at: number | null } | null = null;
  /** How the running turn went wrong; `interrupted` by the user. */
  let trouble: Trouble | 'interrupted' | null = null;
  let worked = false;
  /** Its composer was on the screen: before that a text would be lost, whatever its server says. */
  let drawn = false;
  /** Of the root session's last message by the model. */
  let answer = { message: '', text: '' };

  const evidence = (rule: string) => ({ evidence: { signal: 'report' as const, rule } });

  /** The state that all of this comes to. */
  function conclude(rule: string): StatusChange[] {
    const [waiting] = pending.values();
    if (waiting !== undefined) return [{ state: 'waiting', ...waiting, ...evidence(rule) }];
    if (retry !== null && busy.size > 0) {
      return [{ state: 'failed', ...retry.trouble, retryAt: retry.at, ...evidence(rule) }];
    }
    if (busy.size > 0) return [{ state: 'working', message: null, ...evidence(rule) }];
    if (!worked) return drawn ? [{ state: 'idle', message: null, ...evidence(rule) }] : [];
    if (trouble === 'interrupted') return [{ state: 'idle', message: 'you interrupted it', ...evidence(rule) }];
    if (trouble !== null) return [{ state: 'failed', ...trouble, retryAt: null, ...evidence(rule) }];
    return [{ state: 'done', message: lastSentence(answer.text), ...evidence(rule) }];
  }

  function onStatus(id: string, status: SessionStatus, rule: string): StatusChange[] {
    if (children.has(id)) return [];
    if (status.type === 'idle') {
      if (!busy.delete(id) && !worked) return [];
      retry = null;
      return conclude(rule);
    }
    if (busy.size === 0) trouble = null;
    busy.add(id);
    worked = true;
    retry = status.type === 'retry' ? { trouble: readRetry(status.message), at: status.next ?? null } : null;
    return conclude(status.type === 'retry' ? `${rule}, attempt ${status.attempt ?? '?'}` : rule);
  }

  function onEvent(event: ServerEvent): StatusChange[] {
    switch (event.type) {
      case 'session.created':
      case 'session.updated': {
        const { info } = event.properties;
        if (info.parentID != null) remember(children, info.id);
        return [];
      }
      case 'session.status':
        return onStatus(
          event.properties.sessionID,
          event.properties.status,
          `its server: session is ${event.properties.status.type}`,
        );
      case 'session.idle':
        return onStatus(event.properties.sessionID, { type: 'idle' }, 'its server: session.idle');
      case 'session.error': {
        const { sessionID, error } = event.properties;
        if (error === undefined || (sessionID !== undefined && children.has(sessionID))) return [];
        trouble = isAbort(error) ? 'interrupted' : readError(error);
        worked = true;
        return conclude(`its server: ${error.name}`);
      }
      case 'permission.asked':
        ask(event.properties.id, permissionOf(event.properties));
        return conclude('its server: permission.asked');
      case 'question.asked':
        ask(event.properties.id, questionOf(event.properties));
        return conclude('its server: question.asked');
      case 'permission.replied':
      case 'question.replied':
      case 'question.rejected':
        return pending.delete(event.properties.requestID) ? conclude(`its server: ${event.type}`) : [];
      case 'message.updated': {
        const { id, role, sessionID } = event.properties.info;
        if (role === 'assistant' && !children.has(sessionID) && id !== answer.message)
          answer = { message: id, text: '' };
        return [];
      }
      case 'message.part.updated': {
        const { part } = event.properties;
        if (part.messageID === answer.message) answer = { message: part.messageID, text: part.text };
        return [];
      }
    }
  }

  function ask(id: string, what: Pending): void {
    pending.set(id, what);
    const [oldest] = pending.keys();
    if (pending.size > rememberedLimit && oldest !== undefined) pending.delete(oldest);
  }

  /** After each connection: what was missed while there was none. */
  function onSnapshot(told: Exclude<Told, { kind: 'event' }>): StatusChange[] {
    switch (told.kind) {
      case 'statuses': {
        const roots = [...told.statuses].filter(([id]) => !children.has(id));
        for (const id of [...busy]) if (!told.statuses.has(id)) busy.delete(id);
        for (const [id, status] of roots) onStatus(id, status, 'its server was asked');
        return conclude('its server was asked for sessions');
      }
      case 'permissions':
      case 'questions': {
        const wait = told.kind === 'permissions' ? 'permission' : 'question';
        const before = [...pending].filter(([, what]) => what.wait === wait).map(([id]) => id);
        for (const id of before) pending.delete(id);
        if (told.kind === 'permissions') for (const one of told.pending) ask(one.id, permissionOf(one));
        else for (const one of told.pending) ask(one.id, questionOf(one));
        return before.length + told.pending.length === 0 ? [] : conclude(`its server was asked for ${told.kind}`);
      }
    }
  }

  function onScreen(rows: readonly string[]): StatusChange[] {
    if (drawn || !rows.some((row) => composer.test(row))) return [];
    drawn = true;
    return conclude('its composer is on the screen');
  }

  return {
    push(signal: AgentSignal): StatusChange[] {
      if (signal.kind === 'report') {
        const change = parseProgramStatus(signal.text);
        return change === null ? [] : [change];
      }
      if (signal.kind === 'screen') return onScreen(signal.rows);
      if (signal.kind !== 'event') return [];
      const told = readTold(signal.url, signal.data);
      if (told === null) return [];
      return told.kind === 'event' ? onEvent(told.event) : onSnapshot(told);
    },
    learn(signal: AgentSignal): Fact[] {
      if (signal.kind !== 'event') return [];
      const told = readTold(signal.url, signal.data);
      if (told?.kind !== 'event') return [];
      const { event } = told;
      if (event.type !== 'session.created' && event.type !== 'session.updated') return [];
      const { info } = event.properties;
      if (info.parentID != null) return [];
      const facts: Fact[] = [{ kind: 'conversation', id: info.id }];
      if (info.tokens !== undefined) facts.push({ kind: 'usage', usage: usageOf(info.tokens, info.cost ?? null) });
      return facts;
    },
  };
}

function permissionOf(asked: { permission: string; patterns: readonly string[] }): Pending {
  const message = plainLine(`${asked.permission}: ${asked.patterns.join(', ')}`).slice(0, 300);
  return { wait: 'permission', message };
}

function questionOf(asked: { questions: ReadonlyArray<{ question: string }> }): Pending {
  return { wait: 'question', message: plainLine(asked.questions[0]?.question ?? 'it asks').slice(0, 300) };
}

function remember(set: Set<string>, id: string): void {
  set.add(id);
  const [oldest] = set;
  if (set.size > rememberedLimit && oldest !== undefined) set.delete(oldest);
}

function lastSentence(text: string): string | null {
  const last = text
    .split('\n')
    .map(plainLine)
    .findLast((line) => line !== '');
  return last === undefined ? null : last.slice(0, 300);
}
