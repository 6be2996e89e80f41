// The next state after a message. Pure: no clock, no input or output.
import { applyEvent } from '../../domain/apply-event.ts';
import { costOf } from '../../domain/day.ts';
import type { SesameEvent } from '../../domain/event.ts';
import type { AgentId, SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import type { AppState, CopyState, Overlay } from './app-state.ts';
import { clearPrompt, focusedEditor, markDefaults, setCount } from './composer-form.ts';
import { withOption } from './composer-options.ts';
import { type CopyExtent, keepInside } from './copy-mode.ts';
import { type EditorOperation, type EditorState, edit } from './editor.ts';
import type { Message } from './message.ts';
import { acceptSearch, answerSearch, leaveSearch, searchOn, typeSearch } from './search.ts';
import { shownSessions, typedSearch } from './select.ts';

const toastLimit = 4;

export function reduce(state: AppState, message: Message): AppState {
  switch (message.kind) {
    case 'resized':
      return { ...state, size: message.size, copy: state.copy?.mouse === true ? null : state.copy };
    case 'ticked':
      return { ...state, now: message.now };
    case 'connection.changed':
      // Installations end with their server; who goes on is told anew.
      return {
        ...state,
        connection: message.connection,
        installing: message.connection.state === 'ready' ? state.installing : new Map(),
      };
    case 'sessions.loaded':
      return settle(
        {
          ...state,
          sessions: new Map(message.sessions.map((session) => [session.id, session])),
          cost: message.cost ?? state.cost,
        },
        state.sessions === null,
      );
    case 'event.received':
      return applySessionEvent(state, message.event);
    case 'agents.loaded':
      return {
        ...state,
        agents: message.agents,
        composer: markDefaults(state.composer, message.agents, message.defaults),
      };
    case 'mode.set':
      return { ...state, mode: message.mode, unsent: null, copy: null };
    case 'typing.refused':
      if (state.mode !== 'term' || state.selected !== message.session || state.unsent !== null) return state;
      return { ...state, unsent: { session: message.session, why: message.why } };
    case 'arrangement.set':
      return arrange(state, message.arrangement);
    case 'session.selected':
      return select(state, message.session);
    case 'marks.set':
      return { ...state, marks: message.marks };
    case 'screen.opened':
      return { ...state, screen: message.screen, overlay: null, mode: 'cmd', copy: null };
    case 'screen.closed':
      return { ...state, screen: { kind: 'panes' }, overlay: null };
    case 'overlay.opened':
      return { ...state, overlay: message.overlay, mode: 'cmd' };
    case 'overlay.closed':
      return { ...state, overlay: null };
    case 'text.edited':
      return editFocused(state, message.operation);
    case 'list.moved':
      return moveList(state, message.by, message.last);
    case 'composer.field':
      return { ...state, composer: { ...state.composer, field: message.field } };
    case 'composer.agent':
      return { ...state, composer: { ...state.composer, agent: message.index } };
    case 'composer.count':
      return { ...state, composer: setCount(state.composer, message.agent, message.count) };
    case 'composer.branch':
      return { ...state, composer: { ...state.composer, branch: message.branch, error: null } };
    case 'composer.option':
      return { ...state, composer: withOption(state.composer, message.field, message.value) };
    case 'composer.project':
      return { ...state, composer: { ...state.composer, project: message.project } };
    case 'composer.sending':
      return { ...state, composer: { ...state.composer, sending: true, error: null } };
    case 'composer.failed':
      return { ...state, composer: { ...state.composer, sending: false, error: message.failure } };
    case 'composer.sent':
      return { ...state, composer: clearPrompt(state.composer) };
    case 'sessions.started':
      return started(state, message.sessions);
    case 'diff.summary':
      return onDiff(state, message.session, (diff) => ({ ...diff, summary: message.summary }));
    case 'diff.file':
      return onDiff(state, message.session, (diff) => ({
        ...diff,
        files: new Map(diff.files).set(message.path, message.diff),
      }));
    case 'diff.shown':
      return onDiff(state, null, (diff) => ({ ...diff, file: message.file, top: 0, left: 0 }));
    case 'diff.scrolled':
      return onDiff(state, null, (diff) => ({ ...diff, top: message.top, left: message.left }));
    case 'inbox.selected':
      return { ...state, screen: { kind: 'inbox', selected: message.session } };
    case 'why.loaded':
      return state.screen.kind === 'why' && state.screen.session === message.session
        ? { ...state, screen: { ...state.screen, report: message.report } }
        : state;
    case 'ship.push-set':
      return state.overlay?.kind === 'ship' ? { ...state, overlay: { ...state.overlay, push: message.push } } : state;
    case 'ship.refused':
      return state.screen.kind === 'ship' && state.screen.session === message.session
        ? { ...state, screen: { ...state.screen, refused: message.failure } }
        : state;
    case 'copy.set':
      return { ...state, copy: message.copy };
    case 'search.asked':
      return state.copy === null
        ? state
        : goOnSearching(state, searchOn(state.copy, message.direction, state.lastSearch));
    case 'search.answered':
      return { ...state, copy: answerSearch(state.copy, message.ask, message.answer) };
    case 'search.accepted':
      return acceptTyped(state);
    case 'search.left':
      return state.copy === null ? state : { ...state, copy: leaveSearch(state.copy) };
    case 'pane.scrolled':
      return { ...state, scroll: scrolled(state, message.session, message.top) };
    case 'pane.trimmed':
      return trim(state, message.session, message.extent);
    case 'toast.shown':
      return { ...state, toasts: [...state.toasts.slice(1 - toastLimit), message.toast] };
    case 'toast.expired':
      return { ...state, toasts: state.toasts.filter((toast) => toast.id !== message.id) };
    case 'clipboard.asked':
      return { ...state, clipboard: message.ask };
    case 'theme.set':
      return { ...state, theme: message.theme };
  }
}

function applySessionEvent(state: AppState, event: SesameEvent): AppState {
  switch (event.kind) {
    case 'bootstrap.progress':
      return { ...state, installing: new Map(state.installing).set(event.agent, event.progress) };
    case 'bootstrap.ready':
    case 'bootstrap.failed':
      return { ...state, installing: without(state.installing, event.agent) };
  }
  if (state.sessions === null || event.session === null) return state;
  const id = event.session;
  const before = state.sessions.get(id) ?? null;
  const after = applyEvent(before, event);
  if (after === before) return state;
  const sessions = new Map(state.sessions);
  if (after === null) sessions.delete(id);
  else sessions.set(id, after);
  const cost = event.kind === 'usage' ? costOf(event) : state.cost;
  return settle({ ...state, sessions, cost }, false);
}

function without(installing: AppState['installing'], agent: AgentId): AppState['installing'] {
  const left = new Map(installing);
  left.delete(agent);
  return left;
}

/** Keeps the selection and the screens on sessions that exist. `first`: the list has just become known. */
function settle(state: AppState, first: boolean): AppState {
  const shown = shownSessions(state);
  const has = (id: SessionId | null): boolean => id !== null && shown.some((session) => session.id === id);
  const selected = has(state.selected) ? state.selected : (successor(state, shown) ?? null);
  const next: AppState = {
    ...state,
    selected,
    lastSelected: has(state.lastSelected) ? state.lastSelected : null,
    marks: keepOnly(state.marks, has),
    mode: selected === state.selected ? state.mode : 'cmd',
    copy: state.copy !== null && has(state.copy.session) ? state.copy : null,
  };
  if (shown.length === 0 && next.screen.kind === 'panes' && !next.bare) {
    return { ...next, screen: { kind: 'composer' }, mode: 'cmd' };
  }
  if (first && shown.length > 0 && next.screen.kind === 'composer' && next.composer.prompt.text === '') {
    return { ...next, screen: { kind: 'panes' } };
  }
  return next;
}

/** The neighbour of a selection that is gone. */
function successor(state: AppState, shown: readonly Session[]): SessionId | undefined {
  if (state.selected === null || state.sessions === null) return shown[0]?.id;
  const gone = state.sessions.get(state.selected);
  const after = gone === undefined ? undefined : shown.find((session) => session.createdAt > gone.createdAt);
  return (after ?? shown.at(-1))?.id;
}

function keepOnly(marks: ReadonlySet<SessionId>, has: (id: SessionId) => boolean): ReadonlySet<SessionId> {
  return [...marks].every(has) ? marks : new Set([...marks].filter(has));
}

function arrange(state: AppState, arrangement: AppState['arrangement']): AppState {
  const unzoomed = state.arrangement === 'zoom' ? state.unzoomed : state.arrangement;
  return { ...state, arrangement, unzoomed, copy: null, screen: { kind: 'panes' } };
}

function select(state: AppState, session: SessionId): AppState {
  if (session === state.selected) return state;
  return { ...state, selected: session, lastSelected: state.selected, mode: 'cmd', copy: null };
}

function started(state: AppState, sessions: readonly Session[]): AppState {
  const known = new Map(state.sessions ?? []);
  for (const session of sessions) if (!known.has(session.id)) known.set(session.id, session);
  const first = sessions[0];
  return {
    ...state,
    sessions: known,
    screen: { kind: 'panes' },
    arrangement: known.size > 1 && state.arrangement === 'zoom' ? state.unzoomed : state.arrangement,
    lastSelected: state.selected,
    selected: first?.id ?? state.selected,
    mode: 'cmd',
  };
}

function onDiff(
  state: AppState,
  session: SessionId | null,
  change: (diff: Extract<AppState['screen'], { kind: 'diff' }>['diff']) => typeof diff,
): AppState {
  const { screen } = state;
  if (screen.kind !== 'diff' || (session !== null && screen.diff.session !== session)) return state;
  return { ...state, screen: { kind: 'diff', diff: change(screen.diff) } };
}

function scrolled(state: AppState, session: SessionId, top: number | null): AppState['scroll'] {
  const scroll = new Map(state.scroll);
  if (top === null) scroll.delete(session);
  else scroll.set(session, Math.max(0, top));
  return scroll;
}

/** Whoever reads lines that are gone goes on with the oldest there are. */
function trim(state: AppState, session: SessionId, extent: CopyExtent): AppState {
  const copy = state.copy?.session === session ? keepInside(state.copy, extent) : state.copy;
  const before = state.scroll.get(session);
  if (before === undefined) return copy === state.copy ? state : { ...state, copy };
  const top = Math.max(before, extent.oldest);
  const isBack = top < extent.screenTop;
  if (copy === state.copy && isBack && top === before) return state;
  return { ...state, copy, scroll: scrolled(state, session, isBack ? top : null) };
}

function editFocused(state: AppState, operation: EditorOperation): AppState {
  const { overlay } = state;
  if (overlay !== null) return { ...state, overlay: editOverlay(overlay, operation) };
  if (state.screen.kind === 'panes') {
    const search = typedSearch(state);
    if (search === null || state.copy === null) return state;
    return { ...state, copy: typeSearch(state.copy, edit(search.text, operation)) };
  }
  if (state.screen.kind !== 'composer' || state.composer.sending) return state;
  const form = state.composer;
  const editor = focusedEditor(form);
  if (editor === null) return state;
  return { ...state, composer: { ...form, [form.field]: edit(editor, operation), error: null } };
}

function editOverlay(overlay: Overlay, operation: EditorOperation): Overlay {
  switch (overlay.kind) {
    case 'help':
      return { ...overlay, filter: edit(overlay.filter, operation), top: 0 };
    case 'palette':
      return { ...overlay, query: edit(overlay.query, operation), selected: 0 };
    case 'broadcast':
      return { ...overlay, text: edit(overlay.text, operation) };
    case 'ship':
      return { ...overlay, message: edit(overlay.message, operation) };
    case 'rename':
      return { ...overlay, title: edit(overlay.title, operation) };
    case 'fork':
      return { ...overlay, text: edit(overlay.text, operation) };
  }
}

function goOnSearching(state: AppState, copy: CopyState): AppState {
  return { ...state, copy, lastSearch: copy.search?.text.text ?? state.lastSearch };
}

/** Without a text the last one is looked for; what was not found leaves everything as it was. */
function acceptTyped(state: AppState): AppState {
  const { copy, lastSearch } = state;
  if (copy?.search === undefined) return state;
  if (copy.search.text.text !== '' && copy.search.outcome !== 'missing')
    return goOnSearching(state, acceptSearch(copy));
  if (copy.search.text.text === '' && lastSearch !== '') return goOnSearching(state, searchOn(copy, 'up', lastSearch));
  return { ...state, copy: leaveSearch(copy) };
}

/** The field that has the keys, or null. */
export function focusedText(state: AppState): EditorState | null {
  switch (state.overlay?.kind) {
    case 'help':
      return state.overlay.filter;
    case 'palette':
      return state.overlay.query;
    case 'broadcast':
      return state.overlay.text;
    case 'ship':
      return state.overlay.message;
    case 'rename':
      return state.overlay.title;
    case 'fork':
      return state.overlay.text;
    case undefined:
      if (state.screen.kind === 'composer') return focusedEditor(state.composer);
      return typedSearch(state)?.text ?? null;
  }
}

function moveList(state: AppState, by: number, last: number): AppState {
  const { overlay, screen } = state;
  const moved = (from: number): number => Math.max(0, Math.min(last, Math.min(last, from) + by));
  if (overlay?.kind === 'help') return { ...state, overlay: { ...overlay, top: moved(overlay.top) } };
  if (overlay?.kind === 'palette') return { ...state, overlay: { ...overlay, selected: moved(overlay.selected) } };
  if (screen.kind === 'why') return { ...state, screen: { ...screen, top: moved(screen.top) } };
  return state;
}
