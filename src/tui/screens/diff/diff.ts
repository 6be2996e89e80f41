// What a session changed: the files left, the shown file right.
import type { FileChange } from '../../../domain/diff.ts';
import { type DiffRow, diffRows } from '../../layout/diff-rows.ts';
import { bodyOf } from '../../layout/panes.ts';
import type { Rect } from '../../layout/rect.ts';
import type { AppState, DiffView } from '../../state/app-state.ts';
import type { Role } from '../../theme/roles.ts';
import type { Canvas, Span } from '../../widgets/canvas.ts';
import { dropColumns } from '../../widgets/columns.ts';
import { diffSpans, statusSpan } from '../../widgets/status-text.ts';

export function drawDiff(canvas: Canvas, state: AppState, diff: DiffView): void {
  const body = bodyOf(state.size);
  const session = state.sessions?.get(diff.session);
  const { summary } = diff;
  const title: Span[] = [
    { text: ` diff${place(diff)}  ${session?.label ?? ''}  `, role: 'title' },
    { text: `${session?.title ?? diff.session}  `, role: 'text' },
  ];
  if (session !== undefined) title.push(statusSpan(session, state.now), { text: '  ', role: 'text' });
  if (summary.state === 'ready')
    title.push(...diffSpans(summary.value.stat), { text: ` since ${summary.value.base.slice(0, 8)}`, role: 'dim' });
  canvas.spans(0, body.y, title, body.width);
  canvas.text(0, body.y + 1, '─'.repeat(body.width), 'border');
  const rect: Rect = { x: 0, y: body.y + 2, width: body.width, height: body.height - 2 };
  if (summary.state === 'loading') {
    canvas.text(1, rect.y, 'reading the changes…', 'dim');
    return;
  }
  if (summary.state === 'failed') {
    canvas.text(1, rect.y, summary.failure.message, 'status.failed', rect.width - 2);
    canvas.text(1, rect.y + 1, `${summary.failure.remedy}; r reads it again`, 'text', rect.width - 2);
    return;
  }
  if (summary.value.files.length === 0) {
    canvas.text(1, rect.y, 'nothing has changed since the session began', 'dim', rect.width - 2);
    return;
  }
  const width = Math.max(20, Math.min(50, Math.floor(rect.width * 0.3)));
  drawFiles(canvas, diff, summary.value.files, { ...rect, width });
  for (let y = rect.y; y < rect.y + rect.height; y++) canvas.text(width, y, '│', 'border');
  drawFile(canvas, diff, summary.value.files, { ...rect, x: width + 1, width: rect.width - width - 1 });
}

/** `2/3` among several sessions. */
function place({ among, session }: DiffView): string {
  return among.length < 2 ? '' : ` ${among.indexOf(session) + 1}/${among.length}`;
}

function drawFiles(canvas: Canvas, diff: DiffView, files: readonly FileChange[], rect: Rect): void {
  const first = Math.max(0, Math.min(diff.file - Math.floor(rect.height / 2), files.length - rect.height));
  files.slice(first, first + rect.height).forEach((file, row) => {
    const y = rect.y + row;
    const selected = first + row === diff.file;
    const ground: Role | undefined = selected ? 'selection' : undefined;
    if (selected) canvas.fill({ ...rect, y, height: 1 }, 'selection');
    const counts: Span[] = file.binary
      ? [{ text: file.large ? 'large' : 'binary', role: 'dim' }]
      : [
          { text: `+${file.insertions ?? 0}`, role: 'count.added' },
          { text: ` −${file.deletions ?? 0}`, role: 'count.removed' },
        ];
    const used = canvas.spansRight(rect.x + rect.width, y, counts, rect.width - 8, ground);
    const room = rect.width - used - 4;
    canvas.text(rect.x, y, changeMark(file), selected ? 'selection' : changeRole(file), 2);
    canvas.text(rect.x + 2, y, shortPath(file.path, room), selected ? 'selection' : 'text', room);
  });
}

function drawFile(canvas: Canvas, diff: DiffView, files: readonly FileChange[], rect: Rect): void {
  const file = files[diff.file];
  if (file === undefined) return;
  const name = file.from === null ? file.path : `${file.from} → ${file.path}`;
  const loaded = diff.files.get(file.path);
  canvas.text(rect.x + 1, rect.y, name, 'diff.file', rect.width - 2);
  const below: Rect = { ...rect, y: rect.y + 1, height: rect.height - 1 };
  if (loaded === undefined || loaded.state === 'loading') {
    canvas.text(below.x + 1, below.y, 'loading…', 'dim');
    return;
  }
  if (loaded.state === 'failed') {
    canvas.text(below.x + 1, below.y, loaded.failure.message, 'status.failed', below.width - 2);
    canvas.text(below.x + 1, below.y + 1, loaded.failure.remedy, 'text', below.width - 2);
    return;
  }
  const rows = diffRows(diff);
  const highest = rows.reduce((most, row) => Math.max(most, row.oldLine ?? 0, row.newLine ?? 0), 0);
  const digits = Math.max(2, String(highest).length);
  rows.slice(diff.top, diff.top + below.height).forEach((row, index) => {
    drawRow(canvas, row, diff.left, digits, { ...below, y: below.y + index, height: 1 });
  });
}

const looks: Record<DiffRow['kind'], { role: Role; sign: string }> = {
  hunk: { role: 'diff.hunk', sign: '' },
  context: { role: 'diff.context', sign: ' ' },
  add: { role: 'diff.added', sign: '+' },
  delete: { role: 'diff.removed', sign: '-' },
  note: { role: 'diff.note', sign: '' },
};

function drawRow(canvas: Canvas, row: DiffRow, left: number, digits: number, rect: Rect): void {
  const { role, sign } = looks[row.kind];
  if (row.kind === 'hunk' || row.kind === 'note') {
    canvas.text(rect.x, rect.y, row.text, role, rect.width);
    return;
  }
  const numbers =
    rect.width > 60
      ? `${pad(row.oldLine, digits)} ${pad(row.newLine, digits)} `
      : `${pad(row.newLine ?? row.oldLine, digits)} `;
  const x = rect.x + canvas.text(rect.x, rect.y, numbers, 'diff.line-number', rect.width);
  const width = rect.x + rect.width - x;
  canvas.fill({ x, y: rect.y, width, height: 1 }, role);
  canvas.text(x, rect.y, sign + dropColumns(row.text, left), role, width);
}

function pad(line: number | null, digits: number): string {
  return (line === null ? '' : String(line)).padStart(digits);
}

function changeMark(file: FileChange): string {
  switch (file.change) {
    case 'added':
      return 'A';
    case 'modified':
      return 'M';
    case 'deleted':
      return 'D';
    case 'renamed':
      return 'R';
    case 'copied':
      return 'C';
    case 'type':
      return 'T';
  }
}

function changeRole(file: FileChange): Role {
  if (file.change === 'added' || file.change === 'copied') return 'count.added';
  return file.change === 'deleted' ? 'count.removed' : 'dim';
}

/** The end of a path says more than its start. */
function shortPath(path: string, width: number): string {
  return path.length <= width || width < 2 ? path : `…${path.slice(1 - width)}`;
}
