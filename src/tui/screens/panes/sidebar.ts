// The list of sessions in the focus arrangement: grouped by race, who waits longest on top.
import type { Session } from '../../../domain/session.ts';
import { textWidth } from '../../../terminal/width.ts';
import type { Rect } from '../../layout/rect.ts';
import type { AppState } from '../../state/app-state.ts';
import { groupedSessions, numberOf, selectedSession, sentenceOf } from '../../state/select.ts';
import type { Role } from '../../theme/roles.ts';
import type { Canvas } from '../../widgets/canvas.ts';
import { failureKeys } from '../../widgets/failure-text.ts';
import { factSpans } from '../../widgets/pane-box.ts';
import { statusSpan } from '../../widgets/status-text.ts';
import { wrapWords } from '../../widgets/toasts.ts';

type Row = { kind: 'group'; title: string } | { kind: 'session'; session: Session; indent: number };

export function drawSidebar(canvas: Canvas, state: AppState, rect: Rect): void {
  const rows = sidebarRows(state);
  const detailHeight = Math.min(5, Math.floor(rect.height / 4));
  const listHeight = rect.height - detailHeight;
  const at = rows.findIndex((row) => row.kind === 'session' && row.session.id === state.selected);
  const heights = rows.map((row) => (row.kind === 'group' ? 1 : 2));
  let first = 0;
  const heightOf = (from: number, to: number): number =>
    heights.slice(from, to).reduce((sum, height) => sum + height, 0);
  while (heightOf(first, at + 1) > listHeight) first++;
  let y = rect.y;
  for (const [index, row] of rows.entries()) {
    if (index < first) continue;
    const height = heights[index] ?? 1;
    if (y + height > rect.y + listHeight) break;
    drawRow(canvas, state, row, { ...rect, y, height });
    y += height;
  }
  drawDetail(canvas, state, { ...rect, y: rect.y + listHeight, height: detailHeight });
}

function sidebarRows(state: AppState): Row[] {
  return groupedSessions(state).flatMap((group): Row[] => [
    ...(group.title === null ? [] : [{ kind: 'group', title: group.title } as const]),
    ...group.sessions.map((session): Row => ({ kind: 'session', session, indent: group.title === null ? 0 : 1 })),
  ]);
}

function drawRow(canvas: Canvas, state: AppState, row: Row, rect: Rect): void {
  if (row.kind === 'group') {
    canvas.text(rect.x, rect.y, ` ${row.title}`, 'title', rect.width);
    return;
  }
  const { session, indent } = row;
  const selected = session.id === state.selected;
  const ground: Role | undefined = selected ? 'selection' : undefined;
  if (selected) canvas.fill(rect, 'selection');
  const mark = state.marks.has(session.id) ? '*' : '';
  const label = ` ${numberOf(state, session.id)}${mark} ${session.label}`;
  // Whose status it is counts more than how long it lasts.
  const room = rect.width - indent - 2 - textWidth(label);
  const long = statusSpan(session, state.now);
  const status = textWidth(long.text) <= room ? long : statusSpan(session, null);
  const used = canvas.spansRight(rect.x + rect.width - 1, rect.y, [status], rect.width - 6, ground);
  const x = rect.x + indent;
  canvas.text(
    x,
    rect.y,
    indent > 0 ? label : `${label} ${session.title}`,
    selected ? 'selection' : 'text',
    rect.width - used - indent - 2,
  );
  const waits = session.status.state === 'waiting';
  const role: Role = selected ? 'selection.dim' : waits ? 'status.waiting' : 'dim';
  canvas.text(x + 3, rect.y + 1, secondLine(session), role, rect.width - indent - 4);
  canvas.zone(rect, { kind: 'session', session: session.id });
}

function secondLine(session: Session): string {
  const { status, problem } = session;
  if (problem === null && status.state === 'failed') return `${failureKeys(session, status)} · ${sentenceOf(session)}`;
  return sentenceOf(session).split('\n', 1)[0] ?? '';
}

function drawDetail(canvas: Canvas, state: AppState, rect: Rect): void {
  const session = selectedSession(state);
  if (session === null || rect.height < 2) return;
  canvas.text(rect.x, rect.y, '─'.repeat(rect.width), 'border', rect.width);
  const branch = session.workplace.kind === 'worktree' ? session.workplace.branch : session.workplace.path;
  canvas.text(rect.x + 1, rect.y + 1, branch, 'dim', rect.width - 2);
  canvas.spans(rect.x + 1, rect.y + 2, factSpans(session), rect.width - 2);
  wrapWords(session.prompt, rect.width - 2)
    .slice(0, Math.max(0, rect.height - 3))
    .forEach((line, index) => {
      canvas.text(rect.x + 1, rect.y + 3 + index, line, 'dim', rect.width - 2);
    });
}
