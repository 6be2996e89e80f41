// What the mouse does: keys of the bar, panes, their history, and a selection inside one pane.

import type { SessionId } from '../domain/ids.ts';
import { PaneMode } from '../terminal/engine.ts';
import { type Mouse, MouseButton, makeKey } from '../terminal/keys.ts';
import type { ActionContext } from './actions/action.ts';
import { copySelection } from './actions/copy.ts';
import { moveList } from './actions/list.ts';
import type { Token } from './input/token.ts';
import { type PanePlacement, paneAt, paneLayout } from './layout/panes.ts';
import { contains } from './layout/rect.ts';
import type { MouseMode } from './out/modes.ts';
import type { PaneView } from './pane-source.ts';
import { firstRow, paneTop } from './state/pane-top.ts';
import { selectedSession, takesKeys } from './state/select.ts';
import type { Zone } from './widgets/canvas.ts';

export interface MouseHost {
  readonly context: ActionContext;
  zones(): readonly Zone[];
  perform(id: string, key: string): void;
  /** A mouse event in cells of the pane, or a key, encoded for what its program asked for. */
  toPane(session: SessionId, token: Token): void;
}

const wheelLines = 3;
/** Of PaneMode's mouse bits: every movement. */
const anyMotion = 4;

export class MouseHandler {
  readonly #host: MouseHost;
  /** Where a press began that may become a selection. */
  #press: { session: SessionId; line: number; col: number } | null = null;

  constructor(host: MouseHost) {
    this.#host = host;
  }

  /** Movements without a button are asked for only while a program that wants them has the keys. */
  wantedMode(): MouseMode {
    const { mode, selected } = this.#host.context.state();
    const view = mode === 'term' && selected !== null ? this.#host.context.panes.pane(selected) : null;
    const wanted = view === null ? 0 : (view.modes & PaneMode.mouseMask) >> PaneMode.mouseShift;
    return wanted === anyMotion ? 'motion' : 'buttons';
  }

  handle(token: Extract<Token, { kind: 'mouse' }>): void {
    const { mouse } = token;
    const { context } = this.#host;
    const state = context.state();
    const zone = this.#host.zones().findLast((candidate) => contains(candidate.rect, mouse.x, mouse.y));
    if (zone?.target.kind === 'action' && !isWheel(mouse)) {
      if (mouse.action !== 'press') return;
      if (zone.target.closes === true) context.dispatch({ kind: 'overlay.closed' });
      this.#host.perform(zone.target.id, zone.target.key);
      return;
    }
    if (state.overlay !== null || state.screen.kind !== 'panes') {
      this.#elsewhere(mouse, zone);
      return;
    }
    const placement = paneAt(paneLayout(state), mouse.x, mouse.y);
    if (placement === null) {
      if (mouse.action === 'press' && zone !== undefined)
        this.#click(zone.target.kind === 'session' ? (zone.target.session as SessionId) : null);
      return;
    }
    this.#overPane(token, placement);
  }

  #elsewhere(mouse: Mouse, zone: Zone | undefined): void {
    const { context } = this.#host;
    const state = context.state();
    const step = mouse.action === 'wheel-down' ? 1 : mouse.action === 'wheel-up' ? -1 : 0;
    if (step !== 0) {
      if (state.screen.kind === 'diff' && state.overlay === null) {
        for (let line = 0; line < wheelLines; line++) this.#host.perform(step > 0 ? 'diff.down' : 'diff.up', '');
      } else {
        moveList(context, state.overlay?.kind === 'palette' ? step : step * wheelLines);
      }
      return;
    }
    if (mouse.action !== 'press' || zone?.target.kind !== 'session') return;
    const session = zone.target.session as SessionId;
    if (state.overlay?.kind === 'palette') {
      context.dispatch({ kind: 'screen.closed' });
      context.dispatch({ kind: 'session.selected', session });
    } else if (state.screen.kind === 'inbox') {
      context.dispatch({ kind: 'inbox.selected', session });
    }
  }

  #overPane(token: Extract<Token, { kind: 'mouse' }>, placement: PanePlacement): void {
    const { mouse } = token;
    const { context } = this.#host;
    const { session, inner } = placement;
    const view = context.panes.pane(session);
    const typing = context.state().mode === 'term' && context.state().selected === session;
    const inside = contains(inner, mouse.x, mouse.y);
    const wants = view !== null && (view.modes & PaneMode.mouseMask) !== 0 && !mouse.shift;
    if (typing && inside && wants) {
      this.#host.toPane(session, {
        ...token,
        mouse: { ...mouse, x: mouse.x - inner.x, y: mouse.y - inner.y + firstRow(view, inner.height) },
      });
      return;
    }
    switch (mouse.action) {
      case 'press':
        if (mouse.button !== MouseButton.left) return;
        this.#press = null;
        if (view !== null && inside) this.#press = { session, ...this.#cellOf(mouse, placement, view) };
        this.#click(session);
        return;
      case 'drag':
        this.#drag(mouse, view);
        return;
      case 'release':
        this.#press = null;
        if (context.state().copy?.mouse === true) void copySelection(context);
        return;
      case 'wheel-up':
      case 'wheel-down':
        if (view !== null) this.#wheel(session, view, mouse.action === 'wheel-up' ? -1 : 1, typing);
        return;
      case 'move':
      case 'wheel-left':
      case 'wheel-right':
        return;
    }
  }

  /** Selects; a click on the selected pane, or from TERM into another, types there. */
  #click(session: SessionId | null): void {
    if (session === null) return;
    const { context } = this.#host;
    const { mode, selected } = context.state();
    const types = mode === 'term' || selected === session;
    context.dispatch({ kind: 'session.selected', session });
    if (types && takesKeys(selectedSession(context.state())) && context.state().copy === null) {
      context.dispatch({ kind: 'mode.set', mode: 'term' });
    }
  }

  #drag(mouse: Mouse, view: PaneView | null): void {
    const { context } = this.#host;
    const press = this.#press;
    const placement = paneLayout(context.state()).panes.find((pane) => pane.session === press?.session);
    if (press === null || placement === undefined || view === null) return;
    const { inner } = placement;
    const x = Math.max(inner.x, Math.min(inner.x + inner.width - 1, mouse.x));
    const y = Math.max(inner.y, Math.min(inner.y + inner.height - 1, mouse.y));
    const at = this.#cellOf({ ...mouse, x, y }, placement, view);
    const top = this.#topOf(placement, view);
    const anchor = { line: press.line, col: press.col };
    context.dispatch({
      kind: 'copy.set',
      copy: { session: press.session, top, ...at, anchor, linewise: false, mouse: true },
    });
  }

  #topOf({ session, inner }: PanePlacement, view: PaneView): number {
    return paneTop(this.#host.context.state(), session) ?? view.screenTop + firstRow(view, inner.height);
  }

  #cellOf(mouse: Mouse, placement: PanePlacement, view: PaneView): { line: number; col: number } {
    const { inner } = placement;
    const top = this.#topOf(placement, view);
    return { line: top + mouse.y - inner.y, col: Math.min(view.cols - 1, mouse.x - inner.x) };
  }

  #wheel(session: SessionId, view: PaneView, direction: -1 | 1, typing: boolean): void {
    const { context } = this.#host;
    if ((view.modes & PaneMode.alternateScreen) !== 0) {
      // A full-screen program has no history of ours; most scroll on arrows.
      if (!typing) return;
      const key = makeKey(direction < 0 ? 'up' : 'down');
      for (let line = 0; line < wheelLines; line++) this.#host.toPane(session, { kind: 'key', key });
      return;
    }
    const top = paneTop(context.state(), session) ?? view.screenTop;
    const next = Math.max(view.oldest, Math.min(view.screenTop, top + direction * wheelLines));
    if (context.state().copy?.session === session) {
      const { copy } = context.state();
      if (copy !== null) context.dispatch({ kind: 'copy.set', copy: { ...copy, top: next } });
      return;
    }
    context.dispatch({ kind: 'pane.scrolled', session, top: next >= view.screenTop ? null : next });
  }
}

function isWheel({ action }: Mouse): boolean {
  return action.startsWith('wheel-');
}
