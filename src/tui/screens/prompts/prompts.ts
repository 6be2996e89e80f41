// Small overlays that ask for a text: broadcast, ship with a message, rename, fork.
import type { SessionId } from '../../../domain/ids.ts';
import { asksFirst } from '../../../domain/live.ts';
import { bodyOf } from '../../layout/panes.ts';
import { centered, type Rect } from '../../layout/rect.ts';
import type { AppState, Overlay } from '../../state/app-state.ts';
import type { EditorState } from '../../state/editor.ts';
import { numberOf } from '../../state/select.ts';
import type { Canvas } from '../../widgets/canvas.ts';
import { drawEditor, editorRows } from '../../widgets/editor-box.ts';
import { drawFrame } from '../../widgets/frame.ts';

export function drawBroadcast(canvas: Canvas, state: AppState, overlay: Extract<Overlay, { kind: 'broadcast' }>): void {
  const nameOf = (id: SessionId): string => `${numberOf(state, id)} ${state.sessions?.get(id)?.label ?? id}`;
  const asking = overlay.to.filter((id) => {
    const session = state.sessions?.get(id);
    return session !== undefined && asksFirst(session.status);
  });
  const names = overlay.to.filter((id) => !asking.includes(id)).map(nameOf);
  const left = asking.length === 0 ? '' : `not to ${asking.map(nameOf).join(', ')}: answer what is asked there first`;
  const all = overlay.to.length;
  const title =
    names.length < all
      ? `send to ${names.length} of ${all} sessions`
      : all === 1
        ? 'send to one session'
        : `send to ${all} sessions`;
  const inside = drawPrompt(
    canvas,
    title,
    overlay.text,
    overlay.to.length === 1 ? 'what should it be told?' : 'what should they all be told?',
    2,
  );
  const y = inside.y + inside.height - 1;
  if (names.length > 0)
    canvas.text(inside.x, left === '' ? y : y - 1, `to ${names.join(', ')}`, 'dialog.dim', inside.width);
  if (left !== '') canvas.text(inside.x, y, left, 'dialog.warning', inside.width);
}

export function drawShipDialog(canvas: Canvas, state: AppState, overlay: Extract<Overlay, { kind: 'ship' }>): void {
  const session = state.sessions?.get(overlay.session);
  const branch = session?.workplace.kind === 'worktree' ? session.workplace.branch : '';
  const hint = 'commit message; empty: made from the prompt and the diff';
  const inside = drawPrompt(canvas, `ship ${session?.title ?? ''}`, overlay.message, hint, 3);
  const y = inside.y + inside.height - 2;
  canvas.text(inside.x, y, `branch ${branch}`, 'dialog.dim', inside.width);
  const box = overlay.push ? '[x]' : '[ ]';
  const width = canvas.text(inside.x, y + 1, `${box} push`, 'dialog', inside.width);
  canvas.zone({ x: inside.x, y: y + 1, width, height: 1 }, { kind: 'action', id: 'ship.toggle-push', key: 'tab' });
  canvas.text(inside.x + width + 2, y + 1, 'tab changes it', 'dialog.dim', inside.width - width - 2);
}

export function drawFork(canvas: Canvas, state: AppState, overlay: Extract<Overlay, { kind: 'fork' }>): void {
  const session = state.sessions?.get(overlay.session);
  const full = session?.permissions === 'full';
  const title = `fork ${session?.title ?? ''}`;
  const inside = drawPrompt(canvas, title, overlay.text, 'what next? empty: it waits for you', full ? 3 : 2);
  const y = inside.y + inside.height - 1;
  canvas.text(inside.x, y, 'its files and a copy of its conversation go on by themselves', 'dialog.dim', inside.width);
  if (full) canvas.text(inside.x, y - 1, 'it has full permissions, as this one has', 'dialog.warning', inside.width);
}

export function drawRename(canvas: Canvas, overlay: Extract<Overlay, { kind: 'rename' }>): void {
  drawPrompt(canvas, 'rename', overlay.title, 'title', 0);
}

function drawPrompt(canvas: Canvas, title: string, editor: EditorState, placeholder: string, below: number): Rect {
  const body = bodyOf({ cols: canvas.grid.cols, rows: canvas.grid.rows });
  const width = Math.min(body.width - 4, 80);
  const rows = editorRows(editor, width - 4, Math.max(1, body.height - below - 4));
  const inside = drawFrame(canvas, centered(body, width, rows + below + 2), title);
  drawEditor(canvas, { ...inside, height: rows }, editor, { focused: true, placeholder });
  return inside;
}
