// Why a status is what it is: the signal, the rule, and what was concluded before.
import type { Session } from '../../../domain/session.ts';
import type { Status } from '../../../domain/status.ts';
import { bodyOf } from '../../layout/panes.ts';
import type { AppState, Screen } from '../../state/app-state.ts';
import type { Role } from '../../theme/roles.ts';
import type { Canvas, Span } from '../../widgets/canvas.ts';
import { formatAge, statusLook } from '../../widgets/status-text.ts';
import { wrapWords } from '../../widgets/toasts.ts';

type WhyScreen = Extract<Screen, { kind: 'why' }>;

export function drawWhy(canvas: Canvas, state: AppState, screen: WhyScreen): void {
  const body = bodyOf(state.size);
  const session = state.sessions?.get(screen.session);
  if (session === undefined) return;
  canvas.text(1, body.y, `why  ${session.label}  ${session.title}`, 'title', body.width - 2);
  canvas.text(0, body.y + 1, '─'.repeat(body.width), 'border');
  const lines = whyLines(state, screen, session, body.width - 4);
  const room = body.height - 2;
  const top = Math.max(0, Math.min(screen.top, lines.length - room));
  lines.slice(top, top + room).forEach((line, index) => {
    canvas.text(2, body.y + 2 + index, line.text, line.role, body.width - 4);
  });
}

/** The furthest the screen can be scrolled. */
export function whyLast(state: AppState, screen: WhyScreen): number {
  const body = bodyOf(state.size);
  const session = state.sessions?.get(screen.session);
  return session === undefined
    ? 0
    : Math.max(0, whyLines(state, screen, session, body.width - 4).length - body.height + 2);
}

function whyLines(state: AppState, screen: WhyScreen, session: Session, width: number): Span[] {
  const status = screen.report.state === 'ready' ? screen.report.value.status : session.status;
  const history = screen.report.state === 'ready' ? screen.report.value.history : [];
  const lines: Span[] = [...describe(status, state.now, width)];
  if (session.problem !== null) {
    lines.push(
      { text: session.problem.message, role: 'status.failed' },
      { text: session.problem.remedy, role: 'text' },
    );
  }
  lines.push(
    { text: '', role: 'text' },
    { text: screen.report.state === 'loading' ? 'loading what was before…' : 'before', role: 'title' },
  );
  for (const earlier of history.toReversed()) {
    const look = statusLook(earlier);
    const age = formatAge(state.now - earlier.since).padStart(6);
    lines.push({
      text: `${age} ago  ${look.mark} ${look.word}  ${earlier.evidence.signal}: ${earlier.evidence.rule}`,
      role: 'dim',
    });
  }
  return lines;
}

function describe(status: Status, now: number, width: number): Span[] {
  const look = statusLook(status);
  const wrap = (text: string, role: Role): Span[] => wrapWords(text, width).map((part) => ({ text: part, role }));
  return [
    { text: `${look.mark} ${look.word} for ${formatAge(now - status.since)}`, role: look.role },
    ...wrap(`signal  ${signalWords[status.evidence.signal]}`, 'text'),
    ...wrap(`rule    ${status.evidence.rule}`, 'text'),
    ...(status.message === null ? [] : wrap(`says    ${status.message}`, 'text')),
  ];
}

const signalWords: Record<Status['evidence']['signal'], string> = {
  report: "the program's own report",
  title: 'the title it set',
  notification: 'a notification it sent',
  progress: 'a progress report',
  bell: 'the bell',
  pty: 'what its terminal did',
  screen: 'what stands on its screen',
  user: 'what you did',
  server: 'what the server did',
};
