// The composer: a prompt, and everything else with a default. Also the first screen in a repository.

import { showKey } from '../../keymap/key-name.ts';
import type { Keymap } from '../../keymap/keymap.ts';
import { bodyOf } from '../../layout/panes.ts';
import type { Rect } from '../../layout/rect.ts';
import type { AppState, ComposerForm } from '../../state/app-state.ts';
import { branchPreview, composerObstacle, totalCount } from '../../state/composer-form.ts';
import type { Role } from '../../theme/roles.ts';
import type { Canvas, Span } from '../../widgets/canvas.ts';
import { drawEditor, editorRows } from '../../widgets/editor-box.ts';
import { wrapWords } from '../../widgets/toasts.ts';
import { drawOptions, optionRows } from './options.ts';

const labelWidth = 9;

export function drawComposer(canvas: Canvas, state: AppState, keymap: Keymap): void {
  const form = state.composer;
  const body = bodyOf(state.size);
  const width = Math.min(body.width, 110);
  const inside = width - 4;
  const optionHeight = optionRows(state, inside);
  // The border, two blank lines, four fields and three lines of verdict.
  const others = optionHeight + 11;
  const agentRows = Math.max(1, Math.min(state.agents.length, Math.max(1, body.height - others - 2)));
  const promptRows = editorRows(form.prompt, inside - 2, Math.max(1, body.height - agentRows - others));
  const needed = promptRows + agentRows + others;
  const gap = needed < body.height ? 1 : 0;
  const height = Math.min(body.height, needed + gap);
  const rect: Rect = {
    x: Math.floor((body.width - width) / 2),
    y: body.y + Math.max(0, Math.floor((body.height - height) / 3)),
    width,
    height,
  };
  canvas.fill(rect, 'dialog');
  canvas.box(rect, 'dialog.border');
  canvas.text(rect.x + 2, rect.y, ' new session ', 'dialog.title', width - 4);
  const x = rect.x + 2;
  let y = rect.y + 1;
  canvas.text(x, y, '>', form.field === 'prompt' ? 'dialog.key' : 'dialog.dim');
  drawEditor(canvas, { x: x + 2, y, width: inside - 2, height: promptRows }, form.prompt, {
    focused: form.field === 'prompt',
    placeholder: 'what should the agents do?',
  });
  y += promptRows + 1;
  y += drawAgents(canvas, state, { x, y, width: inside, height: agentRows }) + 1;
  y += drawOptions(canvas, state, { x, y, width: inside, height: optionHeight }) + gap;
  const line = { x, width: inside, height: 1 };
  if (form.branch === null) y += drawField(canvas, form, 'base', { ...line, y }, baseHint(form));
  else y += label(canvas, x, y, 'base', 'where the branch stands', inside);
  y += drawField(canvas, form, 'repo', { ...line, y }, '');
  const branch =
    form.branch === null ? (branchPreview(form) ?? '—') : `${form.branch}, itself: what is committed goes there`;
  y += label(canvas, x, y, 'branch', branch, inside);
  y += drawRecipe(canvas, form, { ...line, y });
  drawVerdict(canvas, state, keymap, { x, y, width: inside, height: Math.max(1, rect.y + rect.height - 1 - y) });
}

function drawAgents(canvas: Canvas, state: AppState, rect: Rect): number {
  const form = state.composer;
  const focused = form.field === 'agents';
  canvas.text(rect.x, rect.y, 'agents', focused ? 'dialog.key' : 'dialog.dim', labelWidth);
  const x = rect.x + labelWidth;
  const width = rect.width - labelWidth;
  if (state.agents.length === 0) {
    canvas.text(
      x,
      rect.y,
      state.connection.state === 'ready' ? 'no agent is known' : 'asking the server…',
      'dialog.dim',
      width,
    );
    return 1;
  }
  const first = Math.max(0, Math.min(form.agent - rect.height + 1, state.agents.length - rect.height));
  state.agents.slice(first, first + rect.height).forEach((agent, row) => {
    const index = first + row;
    const count = form.counts.get(agent.id) ?? 0;
    const here = focused && index === form.agent;
    const y = rect.y + row;
    if (here) canvas.fill({ x, y, width, height: 1 }, 'dialog.selection');
    const ground: Role | undefined = here ? 'dialog.selection' : undefined;
    const box = agent.available.ok ? (count > 0 ? '[x]' : '[ ]') : '[!]';
    const base: Role = here ? 'dialog.selection' : 'dialog';
    const spans: Span[] = [{ text: `${box}${index + 1} ${agent.name}`, role: base }];
    if (count > 1) spans.push({ text: ` ×${count}`, role: here ? 'dialog.selection' : 'dialog.key' });
    if (agent.available.ok)
      spans.push({ text: `  ${agent.available.version}`, role: here ? 'dialog.selection' : 'dialog.dim' });
    else spans.push({ text: `  ${agent.available.reason}`, role: here ? 'dialog.selection' : 'dialog.warning' });
    canvas.spans(x, y, spans, width, ground);
  });
  return Math.min(rect.height, state.agents.length);
}

function drawField(canvas: Canvas, form: ComposerForm, field: 'base' | 'repo', rect: Rect, hint: string): number {
  const focused = form.field === field;
  canvas.text(rect.x, rect.y, field, focused ? 'dialog.key' : 'dialog.dim', labelWidth);
  const x = rect.x + labelWidth;
  drawEditor(canvas, { x, y: rect.y, width: rect.width - labelWidth, height: 1 }, form[field], {
    focused,
    placeholder: hint,
    role: focused ? 'input' : 'dialog',
  });
  return 1;
}

function label(
  canvas: Canvas,
  x: number,
  y: number,
  name: string,
  text: string,
  width: number,
  role: Role = 'dialog',
): number {
  canvas.text(x, y, name, 'dialog.dim', labelWidth);
  canvas.text(x + labelWidth, y, text, role, width - labelWidth);
  return 1;
}

function baseHint(form: ComposerForm): string {
  if (form.project.state !== 'ready') return 'HEAD';
  const { branch, head, dirty } = form.project.value;
  const name = head === null ? 'no commit yet' : `${branch ?? 'detached HEAD'} ${head.slice(0, 8)}`;
  return dirty ? `${name} (your uncommitted changes stay where they are)` : name;
}

function drawRecipe(canvas: Canvas, form: ComposerForm, rect: Rect): number {
  if (form.project.state !== 'ready') return 0;
  const { setup, check } = form.project.value;
  if (setup === null && check === null) return 0;
  const parts = [setup === null ? null : `setup ${setup}`, check === null ? null : `check ${check}`];
  return label(canvas, rect.x, rect.y, 'runs', parts.filter((part) => part !== null).join('   '), rect.width);
}

/** What stops the start, or what enter does. */
function drawVerdict(canvas: Canvas, state: AppState, keymap: Keymap, rect: Rect): void {
  const form = state.composer;
  const failure = form.error ?? (form.project.state === 'failed' ? form.project.failure : null);
  const lines: Span[] = [];
  if (failure !== null) {
    lines.push({ text: failure.message, role: 'dialog.error' });
    lines.push({
      text: form.error === null ? `${failure.remedy}; or type another path in the repo field (tab)` : failure.remedy,
      role: 'dialog',
    });
  } else if (form.sending) {
    lines.push({ text: `starting ${countWords(form)}…`, role: 'dialog.key' });
  } else {
    const obstacle = composerObstacle(state);
    const key = keymap.keysOf('composer.start')[0];
    const full = form.options.permissions === 'full';
    if (full) {
      lines.push({
        text: 'full permissions: nothing asks before files are edited and commands are run',
        role: 'dialog.warning',
      });
    }
    if (obstacle !== null) lines.push({ text: obstacle, role: 'dialog.dim' });
    else if (key !== undefined) {
      const how = full ? ' with full permissions' : '';
      lines.push({ text: `${showKey(key)} starts ${countWords(form)}${how}`, role: 'dialog.key' });
    }
  }
  const rows = lines.flatMap((line) => wrapWords(line.text, rect.width).map((text) => ({ text, role: line.role })));
  rows.slice(0, rect.height).forEach((row, index) => {
    canvas.text(rect.x, rect.y + index, row.text, row.role, rect.width);
  });
}

function countWords(form: ComposerForm): string {
  const count = totalCount(form);
  return count === 1 ? 'one session' : `${count} sessions`;
}
