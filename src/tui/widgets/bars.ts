// The line on top and the line at the bottom. The bottom one always says who gets the keys.

import { costOn } from '../../domain/day.ts';
import { textWidth } from '../../terminal/width.ts';
import type { Action } from '../actions/action.ts';
import { showKey } from '../keymap/key-name.ts';
import type { Keymap } from '../keymap/keymap.ts';
import type { AppState } from '../state/app-state.ts';
import { contextsOf } from '../state/contexts.ts';
import { isPaused, selectedSession, shownSessions, takesKeys, typedSearch, waitingSessions } from '../state/select.ts';
import type { Role } from '../theme/roles.ts';
import type { Canvas, Span } from './canvas.ts';
import { drawSearchBar } from './search-bar.ts';
import { formatAge } from './status-text.ts';

export function drawTopBar(canvas: Canvas, state: AppState): void {
  const width = canvas.grid.cols;
  canvas.fill({ x: 0, y: 0, width, height: 1 }, 'header');
  const counts = countSpans(state);
  const used = canvas.spansRight(width - 1, 0, counts, width - 10, 'header');
  const left: Span[] = [{ text: ' sesame', role: 'header.strong' }];
  const { project } = state.composer;
  if (project.state === 'ready') {
    const { project: repository, branch, ahead, behind, dirty } = project.value;
    left.push({ text: `  ${repository.name}`, role: 'header' });
    left.push({ text: `  ${branch ?? 'detached'}${dirty ? '*' : ''}`, role: 'header.dim' });
    if (ahead !== null && behind !== null) left.push({ text: ` ↑${ahead} ↓${behind}`, role: 'header.dim' });
  }
  canvas.spans(0, 0, left, width - used - 2, 'header');
}

export function drawBottomBar(canvas: Canvas, state: AppState, keymap: Keymap): void {
  const search = typedSearch(state);
  if (search !== null && state.overlay === null) {
    drawSearchBar(canvas, search, keymap);
    return;
  }
  const { cols: width, rows } = canvas.grid;
  const y = rows - 1;
  canvas.fill({ x: 0, y, width, height: 1 }, 'bar');
  let x = drawMode(canvas, state, y);
  if (state.mode === 'term') {
    drawTermHints(canvas, state, x, y);
    return;
  }
  for (const hint of fitting(barHints(state, keymap), width - x)) {
    const from = x;
    x += canvas.text(x, y, ` ${hint.key}`, hint.enabled ? 'bar.key' : 'bar.disabled');
    x += canvas.text(x, y, ` ${hint.title} `, hint.enabled ? 'bar' : 'bar.disabled');
    canvas.zone({ x: from, y, width: x - from, height: 1 }, { kind: 'action', id: hint.action.id, key: hint.pressed });
  }
}

/** From this place on a hint says how to leave or find out more: room is kept for those first. */
const leavingBar = 80;

/** The hints that fit, in their order: those for leaving first, then by place. */
function fitting(hints: readonly BarHint[], width: number): BarHint[] {
  const kept = new Set<BarHint>();
  let used = 0;
  const isLeaving = (hint: BarHint): boolean => (hint.action.bar ?? 0) >= leavingBar;
  for (const hint of [...hints.filter(isLeaving), ...hints.filter((hint) => !isLeaving(hint))]) {
    const needed = textWidth(hint.key) + textWidth(hint.title) + 3;
    if (used + needed > width) continue;
    used += needed;
    kept.add(hint);
  }
  return hints.filter((hint) => kept.has(hint));
}

interface BarHint {
  readonly action: Action;
  readonly pressed: string;
  readonly key: string;
  readonly title: string;
  readonly enabled: boolean;
}

/** What the bar offers, in its order. */
export function barHints(state: AppState, keymap: Keymap): BarHint[] {
  const contexts = contextsOf(state);
  return keymap.actions
    .filter((action) => action.bar !== undefined && action.contexts.some((context) => contexts.includes(context)))
    .sort((a, b) => (a.bar ?? 0) - (b.bar ?? 0))
    .flatMap((action): BarHint[] => {
      const pressed = keymap.keysOf(action.id)[0];
      if (pressed === undefined) return [];
      const count = keymap.keysOf(action.id).length;
      const digits = /(^|\+)1$/.test(pressed) && count >= 9;
      const key = digits ? `${showKey(pressed)}-9` : showKey(pressed);
      return [{ action, pressed, key, title: action.title, enabled: action.enabled(state) === true }];
    });
}

function drawMode(canvas: Canvas, state: AppState, y: number): number {
  const [text, role]: [string, Role] =
    state.mode === 'term'
      ? [' TERM ', 'mode.term']
      : state.copy !== null && state.screen.kind === 'panes'
        ? [' COPY ', 'mode.copy']
        : [' CMD ', 'mode.cmd'];
  return canvas.text(0, y, text, role);
}

function drawTermHints(canvas: Canvas, state: AppState, x: number, y: number): void {
  const session = selectedSession(state);
  const leader = state.leader;
  const hint = ` ${leader}`;
  const right = canvas.grid.cols;
  const label =
    state.unsent !== null
      ? ` the keys go nowhere: ${state.unsent.why}`
      : takesKeys(session)
        ? ` keys go to ${session.label} · ${session.title}`
        : session !== null && isPaused(session)
          ? ' the program is paused: the keys go nowhere'
          : ' the program is not running: the keys go nowhere';
  const tail: Span[] = [
    { text: hint, role: 'bar.key' },
    { text: state.unsent === null ? ' commands ' : ' enter: type again ', role: 'bar' },
  ];
  const used = canvas.spansRight(right, y, tail, right - x);
  canvas.zone({ x: right - used, y, width: used, height: 1 }, { kind: 'action', id: 'mode.command', key: leader });
  canvas.text(x, y, label, state.unsent === null ? 'bar' : 'badge.warning', right - x - used);
}

function countSpans(state: AppState): Span[] {
  const sessions = shownSessions(state);
  const count = (wanted: string): number => sessions.filter((session) => session.status.state === wanted).length;
  const waiting = waitingSessions(state);
  const longest = waiting[0];
  const spans: Span[] = [];
  const add = (text: string, role: Role): void => {
    spans.push({ text: spans.length === 0 ? text : `  ${text}`, role });
  };
  if (count('working') > 0) add(`${count('working')} run`, 'header');
  if (longest !== undefined)
    add(`${waiting.length} wait ${formatAge(state.now - longest.status.since)}`, 'badge.warning');
  if (count('done') > 0) add(`${count('done')} done`, 'header');
  if (count('failed') > 0) add(`${count('failed')} failed`, 'badge.warning');
  const cost = costOn(state.now, state.cost);
  if (cost !== null) add(`$${cost.toFixed(2)} today`, 'header');
  if (state.marks.size > 0) add(`${state.marks.size} marked`, 'header.strong');
  return spans;
}
