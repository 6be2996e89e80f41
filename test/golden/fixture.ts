// One fixed world for the screens: sessions in every state, panes with text in them, agents, a diff.
import type { AgentInfo } from '../../src/domain/agent-info.ts';
import type { DiffSummary, FileDiff } from '../../src/domain/diff.ts';
import type { AgentId, ProjectId, RaceId, RunId, SessionId, Sha } from '../../src/domain/ids.ts';
import type { ProjectView } from '../../src/domain/project.ts';
import type { Session } from '../../src/domain/session.ts';
import type { Status } from '../../src/domain/status.ts';
import { CellTable } from '../../src/terminal/cell-table.ts';
import { Grid } from '../../src/terminal/grid.ts';
import { allActions } from '../../src/tui/actions/all.ts';
import { createKeymap } from '../../src/tui/keymap/keymap.ts';
import { paneLayout } from '../../src/tui/layout/panes.ts';
import type { PaneSource, PaneView } from '../../src/tui/pane-source.ts';
import type { AppState, Size } from '../../src/tui/state/app-state.ts';
import { initialState } from '../../src/tui/state/initial.ts';
import type { Message } from '../../src/tui/state/message.ts';
import { reduce } from '../../src/tui/state/reduce.ts';

export const now = 1_800_000_000_000;
export const keymap = createKeymap(allActions, {}, 'ctrl+q');
export const sessionId = (text: string): SessionId => text as SessionId;
const sha = (digit: string): Sha => digit.repeat(40) as Sha;

export const project: ProjectView = {
  project: { id: 'p1' as ProjectId, path: '/home/ada/api-server', name: 'api-server' },
  branch: 'main',
  head: sha('4'),
  bare: false,
  dirty: false,
  ahead: 0,
  behind: 2,
  remotes: ['origin'],
  setup: 'npm ci',
  check: 'npm test',
};

export function statusOf<S extends Status['state']>(state: S, more: Partial<Extract<Status, { state: S }>> = {}): Status {
  const common = {
    evidence: { signal: 'report', rule: `OSC 7501 state=${state}` },
    since: now - 102_000,
    message: null,
  } as const;
  const kinds: Record<Status['state'], Status> = {
    starting: { state: 'starting', ...common },
    working: { state: 'working', ...common },
    waiting: { state: 'waiting', kind: 'permission', question: null, ...common },
    done: { state: 'done', ...common },
    idle: { state: 'idle', ...common },
    failed: { state: 'failed', reason: 'crash', retryAt: null, ...common },
    exited: { state: 'exited', code: 0, exitSignal: null, ...common },
    unknown: { state: 'unknown', ...common },
  };
  return { ...kinds[state], ...more } as Status;
}

export function makeSession(id: string, more: Partial<Session> = {}): Session {
  return {
    id: sessionId(id),
    title: 'login form',
    agent: 'demo' as AgentId,
    label: 'demo',
    mode: 'interactive',
    permissions: 'ask',
    model: null,
    config: 'session',
    prompt: 'add a login form with validation',
    project: project.project,
    workplace: {
      kind: 'worktree',
      path: `/home/ada/.sesame/worktrees/api-server/${id}`,
      branch: `sesame/login-form-${id}`,
      base: { ref: 'main', sha: sha('4') },
    },
    race: null,
    variant: 1,
    status: statusOf('working'),
    phases: [],
    run: { id: `${id}-1` as RunId, pid: 4242, cols: 78, rows: 20 },
    conversation: null,
    usage: null,
    autoShip: null,
    diff: { files: 5, insertions: 84, deletions: 12 },
    ship: null,
    problem: null,
    createdAt: now - 600_000,
    archivedAt: null,
    trash: null,
    ...more,
  };
}

const race = 'r1' as RaceId;

export const question = {
  text: 'Allow command? npm test',
  choices: [
    { digit: '1', label: 'Yes' },
    { digit: '2', label: 'Always' },
    { digit: '3', label: 'No' },
  ],
  digest: 'd1',
};

export const sessions: readonly Session[] = [
  makeSession('s1aa', { label: 'claude', race, status: statusOf('working', { message: 'Editing src/auth/login.ts' }) }),
  makeSession('s2bb', {
    label: 'codex',
    race,
    variant: 2,
    createdAt: now - 599_000,
    status: statusOf('waiting', { question, since: now - 252_000 }),
    diff: { files: 2, insertions: 40, deletions: 3 },
  }),
  makeSession('s3cc', {
    label: 'gemini',
    race,
    variant: 3,
    createdAt: now - 598_000,
    status: statusOf('done', { message: 'Done. I changed the form validation.', since: now - 31_000 }),
    diff: { files: 3, insertions: 51, deletions: 20 },
  }),
  makeSession('s4dd', {
    label: 'claude',
    title: 'fix flaky test',
    createdAt: now - 300_000,
    status: statusOf('unknown', { evidence: { signal: 'pty', rule: 'no rule matches this version' } }),
    diff: { files: 1, insertions: 2, deletions: 1 },
  }),
];

export const agents: readonly AgentInfo[] = [
  agent('claude', { ok: true, version: '2.1.329' }),
  agent('codex', { ok: true, version: '0.169' }),
  agent('gemini', { ok: true, version: '1.4.0' }),
  agent('copilot', { ok: false, reason: 'no login', remedy: 'run copilot once and sign in' }),
];

function agent(id: string, available: AgentInfo['available']): AgentInfo {
  const features = { resume: true, fork: id === 'claude', task: id !== 'gemini', model: true, permissions: true, reportsStatus: true };
  return { id: id as AgentId, name: id, vendor: 'someone', features, available };
}

export const summary: DiffSummary = {
  base: sha('4'),
  stat: { files: 3, insertions: 12, deletions: 3 },
  files: [
    change('src/auth/login.ts', 'modified', 7, 3),
    change('src/auth/パスワード.ts', 'added', 5, 0),
    { ...change('assets/logo.png', 'added', 0, 0), insertions: null, deletions: null, binary: true },
  ],
};

export const fileDiff: FileDiff = {
  file: change('src/auth/login.ts', 'modified', 7, 3),
  hunks: [
    {
      header: '@@ -1,4 +1,5 @@ import',
      lines: [
        { kind: 'context', text: "import { hash } from './hash.ts';", oldLine: 1, newLine: 1 },
        { kind: 'delete', text: 'export function login(user, password) {', oldLine: 2, newLine: null },
        { kind: 'add', text: 'export function login(user: string, password: string): boolean {', oldLine: null, newLine: 2 },
        { kind: 'add', text: "\tif (password === '') return false; // 空 🙂 " + 'long '.repeat(40), oldLine: null, newLine: 3 },
        { kind: 'context', text: '}', oldLine: 4, newLine: 5 },
      ],
    },
    {
      header: '@@ -40,2 +41,2 @@ class Form',
      lines: [
        { kind: 'delete', text: '  submit() {', oldLine: 40, newLine: null },
        { kind: 'add', text: '  submit(): void {', oldLine: null, newLine: 41 },
      ],
    },
  ],
  omittedLines: 1200,
};

function change(path: string, kind: FileDiff['file']['change'], insertions: number, deletions: number): FileDiff['file'] {
  return { path, from: null, change: kind, insertions, deletions, binary: false, untracked: false };
}

/** Panes with a few lines of text each, of the size the layout gives them. */
export function paneSource(state: AppState, table: CellTable): PaneSource {
  return {
    load: () => Promise.resolve(),
    pane: (id) => {
      const placement = paneLayout({ ...state, screen: { kind: 'panes' } }).panes.find((pane) => pane.session === id);
      if (placement === undefined) return null;
      const grid = new Grid(placement.inner.width, placement.inner.height, table);
      grid.text(0, 0, `✳ program of ${id}`, 0x1000002, 0);
      grid.text(0, 1, 'wide 日本語 and 🙂 here', 0x3ff8800, 0);
      for (let row = 3; row < grid.rows; row++) grid.text(0, row, `line ${row}`);
      const screenTop = 40;
      const view: PaneView = {
        grid,
        cols: grid.cols,
        rows: grid.rows,
        cursorX: 3,
        cursorY: 2,
        modes: 0,
        oldest: 0,
        screenTop,
        line: (line) => {
          const row = line - screenTop;
          if (row >= 0) return grid.words.slice(row * grid.cols * 4, (row + 1) * grid.cols * 4);
          const old = new Grid(grid.cols, 1, table);
          old.text(0, 0, `old line ${line}`);
          return old.words;
        },
      };
      return view;
    },
  };
}

export function baseState(size: Size, given: readonly Session[] = sessions): AppState {
  const start = initialState({ size, now, cwd: '/home/ada/api-server', theme: 'dark', leader: 'ctrl+q' });
  return apply(
    start,
    { kind: 'connection.changed', connection: { state: 'ready' } },
    { kind: 'agents.loaded', agents, defaults: [] },
    { kind: 'composer.project', project: { state: 'ready', value: project } },
    { kind: 'sessions.loaded', sessions: given },
  );
}

export function apply(state: AppState, ...messages: readonly Message[]): AppState {
  return messages.reduce(reduce, state);
}
