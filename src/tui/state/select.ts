// Questions to the state: which sessions are shown, in which order, who waits.
import type { SessionId } from '../../domain/ids.ts';
import { isLive } from '../../domain/live.ts';
import type { Session } from '../../domain/session.ts';
import type { AppState, Connection } from './app-state.ts';
import type { SearchState } from './search.ts';

/** There is a server, and it says nothing. */
export function isSilent(connection: Connection): boolean {
  return connection.state === 'lost' && connection.failure.code === 'server-hangs';
}

/** Sessions on screen, in the order they were made. Their position is the number people press. */
export function shownSessions(state: AppState): Session[] {
  if (state.sessions === null) return [];
  return [...state.sessions.values()].filter((session) => session.archivedAt === null && session.trash === null);
}

export function selectedSession(state: AppState): Session | null {
  if (state.selected === null || state.sessions === null) return null;
  return state.sessions.get(state.selected) ?? null;
}

/** 1-based number of a session, 0 when it is not shown. */
export function numberOf(state: AppState, id: SessionId): number {
  return shownSessions(state).findIndex((session) => session.id === id) + 1;
}

/** Who waits for the user, the longest first. */
export function waitingSessions(state: AppState): Session[] {
  return shownSessions(state)
    .filter((session) => session.status.state === 'waiting')
    .sort((a, b) => a.status.since - b.status.since);
}

export interface SessionGroup {
  /** The prompt the sessions answer, or null for single sessions. */
  readonly title: string | null;
  readonly sessions: readonly Session[];
}

/** For the sidebar: races together, groups and sessions with a waiting one first, the longest wait on top. */
export function groupedSessions(state: AppState): SessionGroup[] {
  const groups = new Map<string, Session[]>();
  for (const session of shownSessions(state)) {
    const key = session.race ?? session.id;
    groups.set(key, [...(groups.get(key) ?? []), session]);
  }
  return [...groups.values()]
    .map((sessions) => ({ sessions: sessions.toSorted(byUrgency) }))
    .sort((a, b) => compareFirst(a.sessions, b.sessions))
    .map(({ sessions }) => ({
      title: sessions.length > 1 ? (sessions[0]?.title ?? null) : null,
      sessions,
    }));
}

/** Sessions in the order the arrow keys visit them. */
export function visitOrder(state: AppState): Session[] {
  if (state.arrangement === 'grid') return shownSessions(state);
  return groupedSessions(state).flatMap((group) => group.sessions);
}

/** Whether keys can be sent to the session's program. */
export function takesKeys(session: Session | null): session is Session {
  return hasProgram(session) && session.mode === 'interactive' && !isPaused(session);
}

/** Whether a program of the session runs, also one that takes no keys. */
export function hasProgram(session: Session | null): session is Session {
  return session !== null && session.run !== null && session.run.pid !== null && isLive(session.status);
}

export function isPaused(session: Session): boolean {
  return session.run?.paused === true && session.run.pid !== null;
}

/** The search that is being typed, or null. */
export function typedSearch(state: AppState): SearchState | null {
  const search = state.screen.kind === 'panes' ? state.copy?.search : undefined;
  return search?.typing === true ? search : null;
}

/** What one line says about a session: the question, else the last sentence, else what it is. */
export function sentenceOf(session: Session): string {
  if (session.problem !== null) return session.problem.message;
  const { status } = session;
  if (status.state === 'waiting' && status.question !== null) return status.question.text;
  return status.message ?? session.prompt;
}

function byUrgency(a: Session, b: Session): number {
  const waits = Number(b.status.state === 'waiting') - Number(a.status.state === 'waiting');
  if (waits !== 0) return waits;
  if (a.status.state === 'waiting') return a.status.since - b.status.since;
  return a.createdAt - b.createdAt || a.variant - b.variant;
}

function compareFirst(a: readonly Session[], b: readonly Session[]): number {
  const [first, second] = [a[0], b[0]];
  return first === undefined || second === undefined ? 0 : byUrgency(first, second);
}
