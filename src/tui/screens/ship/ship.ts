// Ship: every step as it runs, what failed and what to do.
import type { FailureBody } from '../../../domain/failure.ts';
import type { ShipState, ShipStep } from '../../../domain/ship.ts';
import { bodyOf } from '../../layout/panes.ts';
import type { AppState, Screen } from '../../state/app-state.ts';
import type { Role } from '../../theme/roles.ts';
import type { Canvas, Span } from '../../widgets/canvas.ts';
import { wrapWords } from '../../widgets/toasts.ts';

const steps: readonly ShipStep[] = ['check', 'message', 'commit', 'push'];

const words: Record<ShipStep, string> = {
  check: 'check that it is safe',
  message: 'write the message',
  commit: 'commit, with hooks',
  push: 'push',
};

export function drawShip(canvas: Canvas, state: AppState, screen: Extract<Screen, { kind: 'ship' }>): void {
  const body = bodyOf(state.size);
  const session = state.sessions?.get(screen.session);
  if (session === undefined) return;
  const branch = session.workplace.kind === 'worktree' ? session.workplace.branch : '';
  canvas.text(1, body.y, `ship  ${session.label}  ${session.title}`, 'title', body.width - 2);
  canvas.text(1, body.y + 1, branch, 'dim', body.width - 2);
  canvas.text(0, body.y + 2, '─'.repeat(body.width), 'border');
  let y = body.y + 3;
  for (const step of steps) {
    const look = stepLook(session.ship, step);
    canvas.spans(
      2,
      y,
      [
        { text: `${look.mark} `, role: look.role },
        { text: words[step], role: look.role },
        { text: look.note, role: 'dim' },
      ],
      body.width - 4,
    );
    y++;
  }
  y++;
  const lines = outcome(session.ship, screen.refused, body.width - 4);
  const room = body.y + body.height - y;
  for (const line of lines.slice(Math.max(0, lines.length - room))) {
    canvas.text(2, y, line.text, line.role, body.width - 4);
    y++;
  }
}

function stepLook(ship: ShipState | null, step: ShipStep): { mark: string; role: Role; note: string } {
  const at = steps.indexOf(step);
  switch (ship?.state) {
    case undefined:
      return { mark: '○', role: 'dim', note: '' };
    case 'running': {
      const now = steps.indexOf(ship.step);
      if (at < now) return { mark: '✓', role: 'status.done', note: '' };
      return at === now
        ? { mark: '●', role: 'status.working', note: '  running' }
        : { mark: '○', role: 'dim', note: '' };
    }
    case 'failed': {
      const now = steps.indexOf(ship.step);
      if (at < now) return { mark: '✓', role: 'status.done', note: '' };
      return at === now ? { mark: '✗', role: 'status.failed', note: '  failed' } : { mark: '○', role: 'dim', note: '' };
    }
    case 'done': {
      const skipped = step === 'push' && !ship.result.pushed;
      return skipped ? { mark: '·', role: 'dim', note: '  not pushed' } : { mark: '✓', role: 'status.done', note: '' };
    }
  }
}

/** A step that failed says more than the refusal of the call, and both come of one failure. */
function outcome(ship: ShipState | null, refused: FailureBody | null, width: number): Span[] {
  const wrap = (text: string, role: Role): Span[] =>
    text.split('\n').flatMap((line) => wrapWords(line, width).map((part) => ({ text: part, role })));
  if (refused !== null && ship?.state !== 'failed') {
    return [...wrap(refused.message, 'status.failed'), ...wrap(refused.remedy, 'text')];
  }
  switch (ship?.state) {
    case undefined:
      return [{ text: 'starting…', role: 'dim' }];
    case 'running':
      return wrap(ship.output, 'dim');
    case 'failed':
      return [
        ...wrap(ship.failure.detail ?? '', 'dim'),
        ...wrap(ship.failure.message, 'status.failed'),
        ...wrap(ship.failure.remedy, 'text'),
        { text: 's tries again from here; what succeeded is not done twice', role: 'strong' },
      ];
    case 'done': {
      const { commit, branch, remote, pushed } = ship.result;
      const done = commit === null ? 'everything was committed before' : `commit ${commit.slice(0, 10)} on ${branch}`;
      const where = pushed ? `pushed to ${remote ?? 'the remote'}` : 'not pushed: S ships with a push';
      return [...wrap(done, 'status.done'), ...wrap(where, 'text')];
    }
  }
}
