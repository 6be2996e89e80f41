// What the user is told without looking: the bell and a notification when a session starts to wait, toasts for the rest.
import type { SesameEvent } from '../domain/event.ts';
import type { Session } from '../domain/session.ts';
import type { AppState, Toast } from './state/app-state.ts';
import { sentenceOf } from './state/select.ts';

export interface Notice {
  readonly toast: Pick<Toast, 'kind' | 'text' | 'remedy'> | null;
  /** Rings the bell and is sent as OSC 9. */
  readonly alert: string | null;
}

/** What an event is worth saying, given the state before it. */
export function noticeOf(event: SesameEvent, before: AppState, session: Session | null): Notice | null {
  switch (event.kind) {
    case 'run.status': {
      const was = before.sessions?.get(event.session)?.status.state;
      if (session === null || event.status.state !== 'waiting' || was === 'waiting') return null;
      return { toast: null, alert: `${session.label} waits: ${sentenceOf({ ...session, status: event.status })}` };
    }
    case 'run.notified': {
      if (session === null || event.text === '' || before.selected === session.id) return null;
      return { toast: { kind: 'info', text: `${session.label}: ${event.text}`, remedy: null }, alert: null };
    }
    case 'run.clipboard': {
      const name = session?.label ?? event.session;
      const text = `${name} asks to put ${event.text.length} characters on the clipboard`;
      return { toast: { kind: 'info', text, remedy: 'Y takes them' }, alert: null };
    }
    case 'error':
      if (isShown(event.failure.message, before, session)) return null;
      return { toast: { kind: 'error', text: event.failure.message, remedy: event.failure.remedy }, alert: null };
    case 'bootstrap.failed':
    case 'bootstrap.progress':
    case 'bootstrap.ready':
    case 'session.created':
    case 'session.renamed':
    case 'session.archived':
    case 'session.discarded':
    case 'session.restored':
    case 'session.forgotten':
    case 'session.problem':
    case 'session.conversation':
    case 'agent.event':
    case 'usage':
    case 'worktree.phase':
    case 'worktree.ready':
    case 'run.started':
    case 'run.paused':
    case 'run.resized':
    case 'run.exited':
    case 'files.changed':
    case 'ship.step':
    case 'ship.done':
    case 'ship.failed':
      return null;
  }
}

/** The pane in front of the user says so already, or a toast does: sessions of a race fail for the same reason. */
function isShown(message: string, { toasts, selected, screen, overlay }: AppState, session: Session | null): boolean {
  if (toasts.some(({ text }) => text === message)) return true;
  const isInFront = session !== null && selected === session.id && screen.kind === 'panes' && overlay === null;
  return (
    isInFront &&
    session.run === null &&
    session.status.state === 'failed' &&
    (session.status.message ?? '').startsWith(message)
  );
}
