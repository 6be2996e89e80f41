// Every question that waits for the user, the oldest first.
import type { Session } from '../../../domain/session.ts';
import { inboxSession } from '../../actions/answers.ts';
import { bodyOf } from '../../layout/panes.ts';
import type { AppState } from '../../state/app-state.ts';
import { numberOf, sentenceOf, waitingSessions } from '../../state/select.ts';
import type { Canvas } from '../../widgets/canvas.ts';
import { formatAge } from '../../widgets/status-text.ts';
import { wrapWords } from '../../widgets/toasts.ts';

export function drawInbox(canvas: Canvas, state: AppState): void {
  const body = bodyOf(state.size);
  const waiting = waitingSessions(state);
  const count = waiting.length === 1 ? 'one question' : `${waiting.length} questions`;
  canvas.text(1, body.y, `inbox  ${waiting.length === 0 ? 'nobody waits for you' : count}`, 'title');
  canvas.text(0, body.y + 1, '─'.repeat(body.width), 'border');
  const selected = inboxSession(state);
  if (selected === null) {
    canvas.text(1, body.y + 2, 'sessions that need an answer appear here; q goes back', 'dim', body.width - 2);
    return;
  }
  const detail = questionLines(selected, body.width - 4);
  const listHeight = Math.max(1, body.height - 3 - detail.length);
  const at = waiting.indexOf(selected);
  const first = Math.max(0, Math.min(at - Math.floor(listHeight / 2), waiting.length - listHeight));
  let y = body.y + 2;
  for (const session of waiting.slice(first, first + listHeight)) {
    const here = session === selected;
    const role = here ? 'selection' : 'text';
    if (here) canvas.fill({ x: 0, y, width: body.width, height: 1 }, 'selection');
    const age = formatAge(state.now - session.status.since).padStart(6);
    const line = `${age}  ${numberOf(state, session.id)} ${session.label}  ${session.title}: ${sentenceOf(session).split('\n', 1)[0] ?? ''}`;
    canvas.text(0, y, line, role, body.width);
    canvas.zone({ x: 0, y, width: body.width, height: 1 }, { kind: 'session', session: session.id });
    y++;
  }
  canvas.text(0, y, '─'.repeat(body.width), 'border');
  y++;
  for (const line of detail) {
    if (y >= body.y + body.height) return;
    canvas.text(2, y, line.text, line.strong ? 'strong' : 'text', body.width - 4);
    if (line.digit !== null) {
      canvas.zone(
        { x: 2, y, width: body.width - 4, height: 1 },
        { kind: 'action', id: 'inbox.answer', key: line.digit },
      );
    }
    y++;
  }
}

function questionLines(
  session: Session,
  width: number,
): Array<{ text: string; strong: boolean; digit: string | null }> {
  const { status } = session;
  if (status.state !== 'waiting') return [];
  const text = status.question?.text ?? status.message ?? 'it waits for you';
  const lines = text.split('\n').flatMap((line) => wrapWords(line, width));
  const question = lines.slice(0, 6).map((line) => ({ text: line, strong: true, digit: null }));
  const choices = status.question?.choices ?? [];
  if (choices.length === 0) {
    const hint = 'the choices cannot be read with certainty: enter goes to the pane';
    return [...question, { text: hint, strong: false, digit: null }];
  }
  return [...question, ...choices.map(({ digit, label }) => ({ text: `${digit}  ${label}`, strong: false, digit }))];
}
