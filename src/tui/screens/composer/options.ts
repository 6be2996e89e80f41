// The line of the composer that says how the agents are run: fields of a few values, and the model. One line at 80 columns
// with the defaults; longer values go on in the next one.
import { textWidth } from '../../../terminal/width.ts';
import type { Rect } from '../../layout/rect.ts';
import type { AppState, ComposerField, ComposerForm } from '../../state/app-state.ts';
import { fieldsOf } from '../../state/composer-form.ts';
import { chosenValue, isOption, modelObstacle, optionObstacle, optionTitles } from '../../state/composer-options.ts';
import type { Role } from '../../theme/roles.ts';
import type { Canvas } from '../../widgets/canvas.ts';
import { drawEditor } from '../../widgets/editor-box.ts';

interface Cell {
  readonly field: ComposerField;
  readonly title: string;
  readonly text: string;
  readonly role: Role;
  readonly row: number;
  readonly x: number;
  readonly width: number;
}

const gap = 2;
const modelHint = 'default';
const widestModel = 30;

/** Rows the fields need at this width. */
export function optionRows(state: AppState, width: number): number {
  return (placeCells(state, width).at(-1)?.row ?? 0) + 1;
}

export function drawOptions(canvas: Canvas, state: AppState, rect: Rect): number {
  const form = state.composer;
  const cells = placeCells(state, rect.width);
  for (const cell of cells) {
    const focused = form.field === cell.field;
    const [x, y] = [rect.x + cell.x, rect.y + cell.row];
    const titleWidth = canvas.text(x, y, cell.title, focused ? 'dialog.key' : 'dialog.dim', cell.width) + 1;
    const place: Rect = { x: x + titleWidth, y, width: cell.width - titleWidth, height: 1 };
    if (cell.field === 'model') {
      drawEditor(canvas, place, form.model, {
        focused,
        placeholder: modelHint,
        role: focused ? 'input' : cell.role,
      });
    } else {
      canvas.text(place.x, y, cell.text, focused ? 'dialog.selection' : cell.role, place.width);
    }
    canvas.zone(
      { x, y, width: cell.width, height: 1 },
      { kind: 'action', id: 'composer.go-to-field', key: cell.field },
    );
  }
  return (cells.at(-1)?.row ?? 0) + 1;
}

function placeCells(state: AppState, width: number): Cell[] {
  const form = state.composer;
  const cells: Cell[] = [];
  let [row, x] = [0, 0];
  for (const field of fieldsOf(form)) {
    const cell = cellOf(state, form, field);
    if (cell === null) continue;
    const wanted = Math.min(width, cell.width);
    if (x > 0 && x + wanted > width) [row, x] = [row + 1, 0];
    cells.push({ ...cell, row, x, width: wanted });
    x += wanted + gap;
  }
  return cells;
}

function cellOf(
  state: AppState,
  form: ComposerForm,
  field: ComposerField,
): Pick<Cell, 'field' | 'title' | 'text' | 'role' | 'width'> | null {
  if (field === 'model') {
    const text = form.model.text === '' ? modelHint : form.model.text;
    const role: Role = form.model.text !== '' && modelObstacle(state) !== null ? 'dialog.error' : 'dialog';
    // One column more for the cursor behind the last letter.
    const room = Math.min(widestModel, textWidth(text) + (form.model.text === '' ? 0 : 1));
    return { field, title: 'model', text, role, width: 'model '.length + room };
  }
  if (!isOption(field)) return null;
  const { word, value } = chosenValue(form, field);
  const title = optionTitles[field];
  const role: Role =
    optionObstacle(state, field, value) !== null ? 'dialog.error' : value === 'full' ? 'badge.warning' : 'dialog';
  const text = `${word} ▾`;
  return { field, title, text, role, width: title.length + 1 + textWidth(text) };
}
