import { describe, expect, test } from 'vitest';
import {
  agents,
  apply,
  baseState,
  makeSession,
  now,
  sessionId,
  sessions,
  statusOf,
} from '../../../test/golden/fixture.ts';
import type { EventBody, SesameEvent } from '../../domain/event.ts';
import { AgentId } from '../../domain/ids.ts';
import type { PhaseLine } from '../../domain/session.ts';
import type { AppState } from './app-state.ts';
import { contextsOf } from './contexts.ts';
import { createEditor } from './editor.ts';
import type { Message } from './message.ts';
import { groupedSessions, numberOf, shownSessions, visitOrder, waitingSessions } from './select.ts';

const size = { cols: 80, rows: 24 };
const base = baseState(size);
const event = (body: EventBody): Message => ({
  kind: 'event.received',
  event: { ...body, seq: 1, at: now } as SesameEvent,
});
const archived = (id: string): Message => event({ kind: 'session.archived', session: sessionId(id), at: now });

describe('the selection', () => {
  test('starts with the first session and remembers the last one', () => {
    expect(base.selected).toBe('s1aa');
    const state = apply(base, { kind: 'session.selected', session: sessionId('s3cc') });
    expect(state).toMatchObject({ selected: 's3cc', lastSelected: 's1aa' });
  });

  test('goes to the next session when its own is hidden, to the one before at the end', () => {
    expect(apply(base, archived('s1aa')).selected).toBe('s2bb');
    const last = apply(base, { kind: 'session.selected', session: sessionId('s4dd') }, archived('s4dd'));
    expect(last.selected).toBe('s3cc');
  });

  test('leaves TERM when the session is gone, so that no key meant for it is a command', () => {
    const state = apply(base, { kind: 'mode.set', mode: 'term' }, archived('s1aa'));
    expect(state.mode).toBe('cmd');
    expect(apply(base, { kind: 'mode.set', mode: 'term' }, archived('s3cc')).mode).toBe('term');
  });

  test('stays in TERM when the program ends: the keys that are still typed must not become commands', () => {
    const ended = event({ kind: 'run.status', session: sessionId('s1aa'), status: statusOf('exited') });
    expect(apply(base, { kind: 'mode.set', mode: 'term' }, ended).mode).toBe('term');
  });

  test('without any session the composer opens, and its text survives', () => {
    const only = baseState(size, [makeSession('s1aa')]);
    const state = apply(only, archived('s1aa'));
    expect(state.screen.kind).toBe('composer');
    const typed = apply(
      state,
      { kind: 'text.edited', operation: { op: 'insert', text: 'hello' } },
      { kind: 'screen.closed' },
    );
    expect(apply(typed, { kind: 'screen.opened', screen: { kind: 'composer' } }).composer.prompt.text).toBe('hello');
  });

  test('marks of sessions that are gone go too', () => {
    const state = apply(
      base,
      { kind: 'marks.set', marks: new Set([sessionId('s1aa'), sessionId('s2bb')]) },
      archived('s1aa'),
    );
    expect([...state.marks]).toEqual(['s2bb']);
  });
});

describe('the order', () => {
  test('numbers follow the order of creation whatever waits', () => {
    expect(shownSessions(base).map(({ id }) => numberOf(base, id))).toEqual([1, 2, 3, 4]);
  });

  test('the sidebar keeps a race together with the waiting one on top', () => {
    const groups = groupedSessions(base).map(({ title, sessions: rows }) => [title, rows.map(({ id }) => id)]);
    expect(groups).toEqual([
      ['login form', ['s2bb', 's1aa', 's3cc']],
      [null, ['s4dd']],
    ]);
    const focus = apply(base, { kind: 'arrangement.set', arrangement: 'focus' });
    expect(visitOrder(focus).map(({ id }) => id)).toEqual(['s2bb', 's1aa', 's3cc', 's4dd']);
  });

  test('who waits longest comes first', () => {
    const state = baseState(size, [
      makeSession('s1aa', { status: statusOf('waiting', { since: now - 5 }) }),
      makeSession('s2bb', { status: statusOf('waiting', { since: now - 500 }) }),
      makeSession('s3cc'),
    ]);
    expect(waitingSessions(state).map(({ id }) => id)).toEqual(['s2bb', 's1aa']);
  });
});

describe('the composer', () => {
  const empty = baseState(size, []);

  test('marks the first agent that can be started, or the configured ones', () => {
    expect([...empty.composer.counts]).toEqual([['claude', 1]]);
    const loaded = apply(baseState(size, []), { kind: 'agents.loaded', agents, defaults: ['codex', 'copilot'] });
    expect([...loaded.composer.counts]).toEqual([['codex', 1]]);
    expect(agents[loaded.composer.agent]?.id).toBe('codex');
  });

  test("the user's own marks stay when the agents are listed again", () => {
    const state = apply(
      empty,
      { kind: 'composer.count', agent: 'gemini', count: 2 },
      { kind: 'agents.loaded', agents, defaults: [] },
    );
    expect([...state.composer.counts]).toEqual([
      ['claude', 1],
      ['gemini', 2],
    ]);
  });

  test.each([
    [0, undefined],
    [-3, undefined],
    [5, 5],
    [99, 16],
  ])('a count of %i becomes %s', (count, kept) => {
    expect(apply(empty, { kind: 'composer.count', agent: 'codex', count }).composer.counts.get('codex')).toBe(kept);
  });

  test('cannot be edited while it is being sent', () => {
    const state = apply(
      empty,
      { kind: 'composer.sending' },
      { kind: 'text.edited', operation: { op: 'insert', text: 'x' } },
    );
    expect(state.composer.prompt.text).toBe('');
  });

  test('starting selects the first new session and shows the panes', () => {
    const fresh = makeSession('s7new', { createdAt: now });
    const state = apply(base, { kind: 'composer.sent' }, { kind: 'sessions.started', sessions: [fresh] });
    expect(state).toMatchObject({ selected: 's7new', lastSelected: 's1aa', screen: { kind: 'panes' }, mode: 'cmd' });
  });
});

describe('who gets the keys', () => {
  const palette: Message = { kind: 'overlay.opened', overlay: { kind: 'palette', query: createEditor(), selected: 0 } };
  test.each<[string, AppState, readonly string[]]>([
    ['panes', base, ['panes']],
    ['an overlay before its screen', apply(base, palette), ['palette', 'text']],
    ['the composer', baseState(size, []), ['composer', 'text']],
    [
      'the list of agents',
      apply(baseState(size, []), { kind: 'composer.field', field: 'agents' }),
      ['composer.agents', 'composer'],
    ],
  ])('%s', (_, state, contexts) => {
    expect(contextsOf(state)).toEqual(contexts);
  });

  test('an overlay or another screen ends TERM', () => {
    const typing = apply(base, { kind: 'mode.set', mode: 'term' });
    expect(apply(typing, palette).mode).toBe('cmd');
    expect(apply(typing, { kind: 'screen.opened', screen: { kind: 'inbox', selected: null } }).mode).toBe('cmd');
  });
});

describe('setup', () => {
  const phasesOf = (state: AppState): readonly PhaseLine[] => state.sessions?.get(sessionId('s1aa'))?.phases ?? [];
  test('its phases are kept in order, each with its last state, and begin anew on a retry', () => {
    const phase = (name: 'worktree' | 'setup', state: 'started' | 'done' | 'failed'): Message =>
      event({ kind: 'worktree.phase', session: sessionId('s1aa'), phase: name, state, detail: null });
    const failed = apply(
      base,
      phase('worktree', 'started'),
      phase('worktree', 'done'),
      phase('setup', 'started'),
      phase('setup', 'failed'),
    );
    expect(phasesOf(failed).map(({ phase: name, state }) => `${name} ${state}`)).toEqual([
      'worktree done',
      'setup failed',
    ]);
    expect(phasesOf(apply(failed, phase('worktree', 'started')))).toHaveLength(1);
  });
});

describe('toasts', () => {
  test('are few, and go one by one', () => {
    const shown = Array.from(
      { length: 7 },
      (_, id): Message => ({
        kind: 'toast.shown',
        toast: { id, kind: 'info', text: `toast ${id}`, remedy: null },
      }),
    );
    const state = apply(base, ...shown);
    expect(state.toasts.map(({ id }) => id)).toEqual([3, 4, 5, 6]);
    expect(apply(state, { kind: 'toast.expired', id: 5 }).toasts.map(({ id }) => id)).toEqual([3, 4, 6]);
  });
});

test('an event about an unknown session changes nothing', () => {
  expect(apply(base, archived('none'))).toBe(base);
});

test('a session that comes back from the server replaces the one known', () => {
  const renamed = { ...sessions[0]!, title: 'another title' };
  expect(apply(base, { kind: 'sessions.loaded', sessions: [renamed] }).sessions?.size).toBe(1);
});

test('how far an installation is is known until it ends or the server is lost', () => {
  const agent = AgentId.parse('other');
  const progress = { step: 'unpack', version: '1.2.3', host: null, doneBytes: 0, totalBytes: null } as const;
  const known = apply(base, event({ kind: 'bootstrap.progress', session: null, agent, progress }));
  expect([...known.installing]).toEqual([[agent, progress]]);
  const failure = { code: 'x', message: 'y', remedy: 'z' };
  expect(apply(known, event({ kind: 'bootstrap.failed', session: null, agent, failure })).installing.size).toBe(0);
  expect(apply(known, { kind: 'connection.changed', connection: { state: 'lost', failure } }).installing.size).toBe(0);
});
