// The whole screen from the state: which parts, in which order.
import type { Keymap } from '../keymap/keymap.ts';
import { isTooSmall } from '../layout/panes.ts';
import type { PaneSource } from '../pane-source.ts';
import type { AppState } from '../state/app-state.ts';
import { drawBottomBar, drawTopBar } from '../widgets/bars.ts';
import type { Canvas } from '../widgets/canvas.ts';
import { drawToasts } from '../widgets/toasts.ts';
import { drawBanner } from './banner.ts';
import { drawComposer } from './composer/composer.ts';
import { drawDiff } from './diff/diff.ts';
import { drawHelp } from './help/help.ts';
import { drawInbox } from './inbox/inbox.ts';
import { drawPalette } from './palette/palette.ts';
import { drawBare, drawPanes } from './panes/panes.ts';
import { drawBroadcast, drawFork, drawRename, drawShipDialog } from './prompts/prompts.ts';
import { drawShip } from './ship/ship.ts';
import { drawTooSmall } from './too-small.ts';
import { drawWhy } from './why/why.ts';

export function drawApp(canvas: Canvas, state: AppState, panes: PaneSource, keymap: Keymap): void {
  if (isBare(state)) {
    drawBare(canvas, state, panes);
    drawBanner(canvas, state, keymap);
    if (state.mode === 'cmd') drawBottomBar(canvas, state, keymap);
    drawToasts(canvas, state);
    return;
  }
  canvas.fill(canvas.whole, 'text');
  if (isTooSmall(state.size)) {
    drawTooSmall(canvas, state);
    return;
  }
  drawTopBar(canvas, state);
  drawScreen(canvas, state, panes, keymap);
  drawBanner(canvas, state, keymap);
  drawBottomBar(canvas, state, keymap);
  drawOverlay(canvas, state, keymap);
  drawToasts(canvas, state);
}

/** One pane without chrome, until the user opens something else. */
function isBare(state: AppState): boolean {
  return state.bare && state.screen.kind === 'panes' && state.overlay === null;
}

function drawScreen(canvas: Canvas, state: AppState, panes: PaneSource, keymap: Keymap): void {
  const { screen } = state;
  switch (screen.kind) {
    case 'panes':
      drawPanes(canvas, state, panes);
      return;
    case 'composer':
      drawComposer(canvas, state, keymap);
      return;
    case 'diff':
      drawDiff(canvas, state, screen.diff);
      return;
    case 'inbox':
      drawInbox(canvas, state);
      return;
    case 'ship':
      drawShip(canvas, state, screen);
      return;
    case 'why':
      drawWhy(canvas, state, screen);
      return;
  }
}

function drawOverlay(canvas: Canvas, state: AppState, keymap: Keymap): void {
  const { overlay } = state;
  if (overlay === null) return;
  canvas.cursor = null;
  // The bottom bar shows the keys of what lies over the screen.
  canvas.cover(canvas.grid.rows - 1);
  switch (overlay.kind) {
    case 'help':
      drawHelp(canvas, state, overlay, keymap);
      return;
    case 'palette':
      drawPalette(canvas, state, overlay, keymap);
      return;
    case 'broadcast':
      drawBroadcast(canvas, state, overlay);
      return;
    case 'ship':
      drawShipDialog(canvas, state, overlay);
      return;
    case 'rename':
      drawRename(canvas, overlay);
      return;
    case 'fork':
      drawFork(canvas, state, overlay);
      return;
  }
}
