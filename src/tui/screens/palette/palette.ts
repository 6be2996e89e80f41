// Sessions and commands by name.

import type { Keymap } from '../../keymap/keymap.ts';
import { bodyOf } from '../../layout/panes.ts';
import { centered } from '../../layout/rect.ts';
import type { AppState, Overlay } from '../../state/app-state.ts';
import { paletteItems } from '../../state/palette.ts';
import { numberOf } from '../../state/select.ts';
import type { Canvas } from '../../widgets/canvas.ts';
import { drawEditor } from '../../widgets/editor-box.ts';
import { drawFrame } from '../../widgets/frame.ts';
import { statusSpan } from '../../widgets/status-text.ts';
import { compactKeys } from '../help/help.ts';

export function drawPalette(
  canvas: Canvas,
  state: AppState,
  overlay: Extract<Overlay, { kind: 'palette' }>,
  keymap: Keymap,
): void {
  const body = bodyOf(state.size);
  const items = paletteItems(state, keymap);
  const inside = drawFrame(canvas, centered(body, 76, Math.min(body.height, 22)), 'go to');
  drawEditor(canvas, { ...inside, height: 1 }, overlay.query, {
    focused: true,
    placeholder: 'session, or > for commands only',
  });
  const room = inside.height - 2;
  const selected = Math.min(overlay.selected, items.length - 1);
  const first = Math.max(0, Math.min(selected - Math.floor(room / 2), items.length - room));
  items.slice(first, first + room).forEach((item, index) => {
    const y = inside.y + 2 + index;
    const here = first + index === selected;
    const ground = here ? ('dialog.selection' as const) : ('dialog' as const);
    if (here) canvas.fill({ ...inside, y, height: 1 }, 'dialog.selection');
    if (item.kind === 'session') {
      const { session } = item;
      const used = canvas.spansRight(inside.x + inside.width, y, [statusSpan(session, state.now)], 30, ground);
      const text = `${numberOf(state, session.id)} ${session.label}  ${session.title}`;
      canvas.text(inside.x, y, text, here ? 'dialog.selection' : 'dialog', inside.width - used - 1);
      canvas.zone({ ...inside, y, height: 1 }, { kind: 'session', session: session.id });
      return;
    }
    const { action, disabled } = item;
    const bound = keymap.keysOf(action.id);
    const keys = bound.length === 0 ? '' : compactKeys(bound);
    const used = canvas.spansRight(inside.x + inside.width, y, [{ text: keys, role: 'dialog.key' }], 20, ground);
    const text = `> ${action.title}: ${disabled ?? firstSentence(action.description)}`;
    const role = here ? 'dialog.selection' : disabled === null ? 'dialog' : 'dialog.dim';
    canvas.text(inside.x, y, text, role, inside.width - used - 1);
    canvas.zone({ ...inside, y, height: 1 }, { kind: 'action', id: action.id, key: bound[0] ?? '', closes: true });
  });
  if (items.length === 0) canvas.text(inside.x, inside.y + 2, 'nothing has these words', 'dialog.dim', inside.width);
}

/** The rest is in the help. */
function firstSentence(text: string): string {
  return text.slice(0, text.indexOf('. ') + 1) || text;
}
