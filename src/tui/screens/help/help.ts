// Every key of the place one came from, with its name in the configuration. Filtered by typing.

import type { Action, Context } from '../../actions/action.ts';
import { showKey } from '../../keymap/key-name.ts';
import type { Keymap } from '../../keymap/keymap.ts';
import { bodyOf } from '../../layout/panes.ts';
import { centered } from '../../layout/rect.ts';
import type { AppState, Overlay } from '../../state/app-state.ts';
import type { Canvas } from '../../widgets/canvas.ts';
import { drawEditor } from '../../widgets/editor-box.ts';
import { drawFrame } from '../../widgets/frame.ts';

export function drawHelp(
  canvas: Canvas,
  state: AppState,
  overlay: Extract<Overlay, { kind: 'help' }>,
  keymap: Keymap,
): void {
  const body = bodyOf(state.size);
  const inside = drawFrame(canvas, centered(body, 100, body.height), 'help');
  canvas.text(inside.x, inside.y, 'filter', 'dialog.dim');
  drawEditor(canvas, { ...inside, x: inside.x + 7, width: inside.width - 7, height: 1 }, overlay.filter, {
    focused: true,
    placeholder: 'type to filter; esc closes',
  });
  const rows = helpRows(state, overlay, keymap);
  const room = inside.height - 2;
  const top = Math.max(0, Math.min(overlay.top, rows.length - room));
  rows.slice(top, top + room).forEach((row, index) => {
    const y = inside.y + 2 + index;
    canvas.text(inside.x, y, row.keys, 'dialog.key', 14);
    const x = inside.x + 15;
    const name = row.action.id;
    const right = inside.x + inside.width;
    const used = canvas.spansRight(right, y, [{ text: name, role: 'dialog.dim' }], inside.width - 40);
    const text = row.disabled === null ? row.action.description : `${row.action.title}: not now, ${row.disabled}`;
    canvas.text(x, y, text, row.disabled === null ? 'dialog' : 'dialog.dim', right - used - x - 1);
    const pressed = keymap.keysOf(name)[0];
    if (pressed !== undefined) canvas.zone({ ...inside, y, height: 1 }, { kind: 'action', id: name, key: pressed });
  });
  if (rows.length === 0) canvas.text(inside.x, inside.y + 2, 'no key fits these words', 'dialog.dim', inside.width);
}

interface HelpRow {
  readonly action: Action;
  readonly keys: string;
  readonly disabled: string | null;
}

function helpRows(state: AppState, overlay: Extract<Overlay, { kind: 'help' }>, keymap: Keymap): HelpRow[] {
  const words = overlay.filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const contexts = overlay.contexts as readonly Context[];
  const beneath = { ...state, overlay: null };
  return contexts.flatMap((context) =>
    keymap.actions
      .filter((action) => action.contexts.includes(context))
      .filter((action) => contexts.find((other) => action.contexts.includes(other)) === context)
      .map((action) => {
        const keys = compactKeys(keymap.keysOf(action.id));
        const enabled = action.enabled(beneath);
        return { action, keys, disabled: enabled === true ? null : enabled };
      })
      .filter(({ action, keys }) => {
        const text = `${keys} ${action.id} ${action.title} ${action.description}`.toLowerCase();
        return words.every((word) => text.includes(word));
      }),
  );
}

/** `1-9` for nine digits; a key that is not bound shows how to reach the action. */
export function compactKeys(keys: readonly string[]): string {
  if (keys.length === 0) return '(palette)';
  if (keys.length >= 9) return `${showKey(keys[0] ?? '')}-9`;
  return keys.map(showKey).join(' ');
}
