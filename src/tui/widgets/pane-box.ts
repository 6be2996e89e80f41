// One pane: the cells of its program, or what there is to say while there are none.

import { progressText } from '../../domain/bootstrap-progress.ts';
import { isLive } from '../../domain/live.ts';
import type { PhaseLine, Session } from '../../domain/session.ts';
import { PaneMode } from '../../terminal/engine.ts';
import type { PanePlacement } from '../layout/panes.ts';
import type { Rect } from '../layout/rect.ts';
import type { PaneSource, PaneView } from '../pane-source.ts';
import type { AppState } from '../state/app-state.ts';
import { selectedColumns, selectionOf } from '../state/copy-mode.ts';
import { firstRow, paneTop } from '../state/pane-top.ts';
import { numberOf, sentenceOf } from '../state/select.ts';
import type { Role } from '../theme/roles.ts';
import type { Canvas, Span } from './canvas.ts';
import { failureKeys, failureSentence } from './failure-text.ts';
import { drawSearchMarks } from './search-marks.ts';
import { diffSpans, shipSpan, statusSpan } from './status-text.ts';
import { wrapWords } from './toasts.ts';

/** Border, header and footer around the program's cells, for the grid. */
export function drawFramedPane(
  canvas: Canvas,
  state: AppState,
  panes: PaneSource,
  session: Session,
  placement: PanePlacement,
): void {
  const { frame, inner, footer } = placement;
  const selected = state.selected === session.id;
  const border: Role = selected ? 'border.focus' : session.status.state === 'waiting' ? 'border.waiting' : 'border';
  canvas.fill(frame, 'text');
  canvas.box(frame, border);
  drawCaption(canvas, state, session, { x: frame.x + 1, y: frame.y, width: frame.width - 2, height: 1 }, selected);
  drawPaneCells(canvas, state, panes, session, inner);
  const below = inner.y + inner.height;
  const sentence = sentenceOf(session).split('\n', 1)[0] ?? '';
  const waits = session.status.state === 'waiting';
  const facts = factSpans(session);
  if (footer === 2) {
    canvas.text(inner.x, below, sentence, waits ? 'status.waiting' : 'dim', inner.width);
    canvas.spans(inner.x, below + 1, facts, inner.width);
  } else if (footer === 1) {
    if (waits || facts.length === 0)
      canvas.text(inner.x, below, sentence, waits ? 'status.waiting' : 'dim', inner.width);
    else canvas.spans(inner.x, below, facts, inner.width);
  }
  canvas.zone(frame, { kind: 'session', session: session.id });
}

/** `1 claude  login-form            ● working 42s` in one line. */
export function drawCaption(canvas: Canvas, state: AppState, session: Session, rect: Rect, selected: boolean): void {
  const mark = state.marks.has(session.id) ? '*' : '';
  const name: Role = selected ? 'selection' : 'title';
  const badge: Span[] =
    state.copy?.session === session.id
      ? [
          { text: ' COPY ', role: 'badge' },
          { text: ' ', role: 'text' },
        ]
      : scrolledBadge(state, session);
  const status: Span[] = [
    { text: ' ', role: 'text' },
    ...fullBadge(session),
    ...badge,
    { ...statusSpan(session, state.now), text: `${statusSpan(session, state.now).text} ` },
  ];
  const right = canvas.spansRight(rect.x + rect.width, rect.y, status, rect.width - 8);
  const left: Span[] = [
    { text: ` ${numberOf(state, session.id)}${mark} ${session.label} `, role: name },
    { text: ` ${session.title} `, role: 'text' },
  ];
  canvas.spans(rect.x, rect.y, left, rect.width - right);
}

/**
 * The program's cells, scrolled and selected as the state says; or a text instead of them. `changedOnly`: they were drawn
 * for this very state before, and then only rows of the program have changed.
 */
export function drawPaneCells(
  canvas: Canvas,
  state: AppState,
  panes: PaneSource,
  session: Session,
  rect: Rect,
  changedOnly = false,
): void {
  const view = panes.pane(session.id);
  if (view === null || session.run === null) {
    drawLines(canvas, rect, paneStory(state, session));
    return;
  }
  const scrolled = paneTop(state, session.id);
  const first = firstRow(view, rect.height);
  const top = scrolled ?? view.screenTop + first;
  // Of one that is higher than there is room for, other rows may be shown than before.
  if (scrolled === null && first === 0) canvas.blit(view.grid, rect, changedOnly && view.rows <= rect.height);
  else drawScrolled(canvas, view, rect, top);
  drawSelection(canvas, state, session, view, rect, top);
  const search = state.copy?.session === session.id ? state.copy.search : undefined;
  if (search !== undefined) drawSearchMarks(canvas, view, search, rect, top);
  const owns = state.selected === session.id && state.overlay === null && state.screen.kind === 'panes';
  if (owns && state.mode === 'term' && scrolled === null) placeCursor(canvas, view, rect, first);
  if (owns && state.copy?.session === session.id && !state.copy.mouse) {
    canvas.cursor = {
      x: rect.x + Math.min(state.copy.col, rect.width - 1),
      y: rect.y + state.copy.line - state.copy.top,
      style: 2,
    };
  }
  const ended = footerLine(session);
  if (ended !== null && rect.height > 1) {
    const y = rect.y + rect.height - 1;
    canvas.fill({ ...rect, y, height: 1 }, 'badge.warning');
    canvas.text(rect.x, y, ` ${ended}`, 'badge.warning', rect.width);
  }
}

export function factSpans(session: Session): Span[] {
  // The figures follow the files: of a turn that is under way, nothing measured yet says nothing.
  const early = session.status.state === 'working' || session.status.state === 'starting';
  const spans = early && session.diff?.files === 0 ? [] : diffSpans(session.diff);
  const ship = shipSpan(session);
  if (ship !== null) spans.push(...(spans.length > 0 ? [{ text: ' · ', role: 'dim' } as const] : []), ship);
  return spans;
}

/** What a session without a running program says: its setup, its failure, and what to press. */
export function paneStory(state: AppState, session: Session): Span[] {
  const { status, problem } = session;
  const lines: Span[] = session.phases.map((line) => phaseLine(withProgress(state, session, line)));
  if (problem !== null) {
    return [...lines, { text: problem.message, role: 'status.failed' }, { text: problem.remedy, role: 'text' }];
  }
  switch (status.state) {
    case 'failed':
      return [
        ...session.phases.map((line) => phaseLine(withoutRepeat(line, status.message))),
        { text: failureSentence(status), role: 'status.failed' },
        { text: `${failureKeys(session, status)}, x hides the session`, role: 'text' },
      ];
    case 'exited':
      return [...lines, { text: endedLine(session) ?? 'the program has ended', role: 'text' }];
    case 'starting':
      return lines.length > 0 ? lines : [{ text: status.message ?? 'starting…', role: 'dim' }];
    case 'working':
    case 'waiting':
    case 'done':
    case 'idle':
    case 'unknown':
      return [...lines, { text: 'connecting to the program…', role: 'dim' }];
  }
}

/** In every session that waits for the installation: they share one. */
function withProgress({ installing }: AppState, { agent }: Session, line: PhaseLine): PhaseLine {
  const progress = agent === null ? undefined : installing.get(agent);
  const waits = line.phase === 'bootstrap' && line.state === 'started';
  return waits && progress !== undefined ? { ...line, detail: progressText(progress) } : line;
}

/** The sentence that follows says it too. */
function withoutRepeat(line: PhaseLine, message: string | null): PhaseLine {
  const isRepeat = line.state === 'failed' && line.detail !== null && message?.includes(line.detail) === true;
  return isRepeat ? { ...line, detail: null } : line;
}

function phaseLine(line: PhaseLine): Span {
  const marks = { started: '○', done: '✓', failed: '✗', skipped: '·' } as const;
  const roles = { started: 'status.working', done: 'status.done', failed: 'status.failed', skipped: 'dim' } as const;
  const detail = line.detail === null ? '' : `: ${line.detail}`;
  return {
    text: `${marks[line.state]} ${line.phase}${line.state === 'skipped' ? ' skipped' : ''}${detail}`,
    role: roles[line.state],
  };
}

/** What went wrong in a program that still runs, or that it ended; null while all is well. */
function footerLine(session: Session): string | null {
  const { status } = session;
  if (status.state === 'failed') return `${failureSentence(status)} · ${failureKeys(session, status)}`;
  const finished = session.mode === 'task' && (status.state === 'done' || status.state === 'idle');
  return finished ? null : endedLine(session);
}

function endedLine(session: Session): string | null {
  const { status } = session;
  if (isLive(status) && session.run?.pid !== null) return null;
  if (status.state === 'exited' && status.evidence.signal === 'user') return 'stopped: r starts it, x hides it';
  if (status.state === 'exited') {
    if (status.exitSignal !== null && status.exitSignal !== 0)
      return `ended by signal ${status.exitSignal}: r starts it again`;
    if (status.code !== null && status.code !== 0) return `ended with code ${status.code}: r starts it again`;
  }
  return 'ended: r starts it again, x hides it';
}

function drawLines(canvas: Canvas, rect: Rect, lines: readonly Span[]): void {
  canvas.fill(rect, 'text');
  let y = rect.y;
  for (const line of lines) {
    for (const text of line.text.split('\n').flatMap((part) => wrapWords(part, rect.width))) {
      if (y >= rect.y + rect.height) return;
      canvas.text(rect.x, y, text, line.role, rect.width);
      y++;
    }
  }
}

function drawScrolled(canvas: Canvas, view: PaneView, rect: Rect, top: number): void {
  canvas.fill(rect, 'text');
  for (let row = 0; row < Math.min(rect.height, view.rows); row++) {
    const words = view.line(top + row);
    if (words === null) canvas.text(rect.x, rect.y + row, row === 0 ? 'loading history…' : '', 'dim', rect.width);
    else canvas.row(words, rect.x, rect.y + row, rect.width);
  }
}

function drawSelection(
  canvas: Canvas,
  state: AppState,
  session: Session,
  view: PaneView,
  rect: Rect,
  top: number,
): void {
  if (state.copy === null || state.copy.session !== session.id) return;
  const selection = selectionOf(state.copy, view.cols);
  if (selection === null) return;
  for (let row = 0; row < rect.height; row++) {
    const columns = selectedColumns(selection, top + row, Math.min(view.cols, rect.width));
    if (columns !== null) canvas.restyle(rect.x + columns[0], rect.y + row, columns[1] - columns[0], 'copy.selection');
  }
}

function placeCursor(canvas: Canvas, view: PaneView, rect: Rect, first: number): void {
  if ((view.modes & PaneMode.cursorHidden) !== 0) return;
  if (view.cursorX >= rect.width || view.cursorY - first >= rect.height) return;
  const style = (view.modes & PaneMode.cursorStyleMask) >> PaneMode.cursorStyleShift;
  canvas.cursor = { x: rect.x + view.cursorX, y: rect.y + view.cursorY - first, style };
}

/** Always in sight: nothing asks before this agent acts. */
function fullBadge(session: Session): Span[] {
  if (session.permissions !== 'full') return [];
  return [
    { text: ' FULL ', role: 'badge.warning' },
    { text: ' ', role: 'text' },
  ];
}

function scrolledBadge(state: AppState, session: Session): Span[] {
  return state.scroll.has(session.id)
    ? [
        { text: ' SCROLL ', role: 'badge' },
        { text: ' ', role: 'text' },
      ]
    : [];
}
