import { expect, test } from 'vitest';
import { apply, baseState, makeSession, now, statusOf } from '../../../test/golden/fixture.ts';
import type { BootstrapProgress } from '../../domain/binary.ts';
import type { SesameEvent } from '../../domain/event.ts';
import { AgentId } from '../../domain/ids.ts';
import type { AppState } from '../state/app-state.ts';
import { paneStory } from './pane-box.ts';

const waits = makeSession('s1aa', {
  status: statusOf('starting'),
  run: null,
  phases: [
    { phase: 'worktree', state: 'done', detail: null },
    { phase: 'bootstrap', state: 'started', detail: null },
  ],
});

function installing(agent: string, progress: Partial<BootstrapProgress>): AppState {
  const whole = { step: 'download', version: '1.2.3', host: 'r.example', doneBytes: 0, totalBytes: null, ...progress };
  const event = { kind: 'bootstrap.progress', session: null, agent: AgentId.parse(agent), progress: whole };
  return apply(baseState({ cols: 80, rows: 24 }), {
    kind: 'event.received',
    event: { ...event, seq: 1, at: now } as SesameEvent,
  });
}

const story = (state: AppState): string[] => paneStory(state, waits).map(({ text }) => text);

test('a session that waits for its agent shows how far the installation is, wherever it was begun', () => {
  expect(story(installing('demo', { doneBytes: 5e6, totalBytes: 1e7 }))).toEqual([
    '✓ worktree',
    '○ bootstrap: 1.2.3 downloading 5.0 of 10 MB (50 %) from r.example',
  ]);
  expect(story(installing('demo', { step: 'wait', host: null }))[1]).toBe(
    '○ bootstrap: 1.2.3 another process is installing it; waiting',
  );
});

test('the installation of another agent is not shown', () => {
  expect(story(installing('other', {}))[1]).toBe('○ bootstrap');
});

test('a failed installation says once what happened, then what to check and which key tries again', () => {
  const why = 'could not download Demo 1.2.3 from r.example: the answer was 503';
  const failed = {
    ...waits,
    phases: [{ phase: 'bootstrap' as const, state: 'failed' as const, detail: why }],
    status: statusOf('failed', { reason: 'bootstrap', message: `${why}; try again later` } as never),
  };
  expect(paneStory(baseState({ cols: 80, rows: 24 }), failed).map(({ text }) => text)).toEqual([
    '✗ bootstrap',
    `bootstrap failed: ${why}; try again later`,
    'r tries again, w says why, x hides the session',
  ]);
});
