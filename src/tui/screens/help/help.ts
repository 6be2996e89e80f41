// Every key of the place one came from, with its name in the configuration. Filtered by typing.

import { textWidth } from '../../../terminal/width.ts';
import type { Action, Context } from '../../actions/action.ts';
import { showKey } from '../../keymap/key-name.ts';
import type { Keymap } from '../../keymap/keymap.ts';
import { bodyOf } from '../../layout/panes.ts';
import { centered, type Rect } from '../../layout/rect.ts';
import type { AppState, Overlay } from '../../state/app-state.ts';
import type { Role } from '../../theme/roles.ts';
import type { Canvas } from '../../widgets/canvas.ts';
import { drawEditor } from '../../widgets/editor-box.ts';
import { drawFrame } from '../../widgets/frame.ts';
import { wrapWords } from '../../widgets/toasts.ts';

type HelpOverlay = Extract<Overlay, { kind: 'help' }>;

/** Columns of the keys. */
const keysWidth = 15;
/** Above the list: the filter and an empty line. */
const above = 2;

export function drawHelp(canvas: Canvas, state: AppState, overlay: HelpOverlay, keymap: Keymap): void {
  const inside = drawFrame(canvas, frameOf(state), 'help');
  canvas.text(inside.x, inside.y, 'filter', 'dialog.dim');
  drawEditor(canvas, { ...inside, x: inside.x + 7, width: inside.width - 7, height: 1 }, overlay.filter, {
    focused: true,
    placeholder: 'type to filter; esc closes',
  });
  const lines = helpLines(state, overlay, keymap, inside.width);
  const room = inside.height - above;
  const top = Math.max(0, Math.min(overlay.top, lines.length - room));
  lines.slice(top, top + room).forEach((line, index) => {
    const y = inside.y + above + index;
    canvas.text(inside.x, y, line.keys, 'dialog.key', keysWidth - 1);
    const used = canvas.spansRight(inside.x + inside.width, y, [{ text: line.name, role: 'dialog.dim' }], inside.width);
    canvas.text(inside.x + keysWidth, y, line.text, line.role, inside.width - keysWidth - used);
    const { id, key } = line;
    if (key !== undefined) canvas.zone({ ...inside, y, height: 1 }, { kind: 'action', id, key, closes: true });
  });
  if (lines.length === 0)
    canvas.text(inside.x, inside.y + above, 'no key fits these words', 'dialog.dim', inside.width);
}

/** The furthest the list can be scrolled. */
export function helpLast(state: AppState, overlay: HelpOverlay, keymap: Keymap): number {
  const frame = frameOf(state);
  return Math.max(0, helpLines(state, overlay, keymap, frame.width - 4).length - (frame.height - 2 - above));
}

function frameOf(state: AppState): Rect {
  const body = bodyOf(state.size);
  return centered(body, 100, body.height);
}

interface HelpLine {
  readonly keys: string;
  readonly text: string;
  readonly role: Role;
  /** The name in the configuration, at the right. */
  readonly name: string;
  readonly id: string;
  /** The key a click stands for. */
  readonly key: string | undefined;
}

/** A description that is too long goes on in the next line; its name is shown where there is room for it. */
function helpLines(state: AppState, overlay: HelpOverlay, keymap: Keymap, width: number): HelpLine[] {
  const room = width - keysWidth;
  return helpRows(state, overlay, keymap).flatMap((row) => {
    const { id, title, description } = row.action;
    const text = row.disabled === null ? description : `${title}: not now, ${row.disabled}`;
    const role: Role = row.disabled === null ? 'dialog' : 'dialog.dim';
    const parts = wrapWords(text, room);
    const fits = textWidth(parts.at(-1) ?? '') + 2 + textWidth(id) <= room;
    return parts.map((part, index) => ({
      keys: index === 0 ? row.keys : '',
      text: part,
      role,
      name: fits && index === parts.length - 1 ? id : '',
      id,
      key: keymap.keysOf(id)[0],
    }));
  });
}

interface HelpRow {
  readonly action: Action;
  readonly keys: string;
  readonly disabled: string | null;
}

function helpRows(state: AppState, overlay: HelpOverlay, keymap: Keymap): HelpRow[] {
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
