// Somebody at the whole TUI, on a terminal in memory and a server in memory: press bytes, read cells.
import { defaultConfig } from '../../src/domain/default-config.ts';
import type { Session } from '../../src/domain/session.ts';
import { type App, startApp } from '../../src/tui/app.ts';
import type { AppOptions } from '../../src/tui/app-options.ts';
import type { Backend } from '../../src/tui/backend.ts';
import { systemSchedulerClock } from '../../src/tui/frame/scheduler.ts';
import { createVirtualTerminal, type VirtualTerminal } from '../support/virtual-terminal.ts';
import { createFakeBackend, type FakeBackend } from './fake-backend.ts';
import { now } from './fixture.ts';

export interface User {
  readonly app: App;
  readonly terminal: VirtualTerminal;
  readonly backend: FakeBackend;
  /** Presses keys; `ctrl+q` is `\x11`; escape has its own. */
  press(keys: string): Promise<void>;
  escape(): Promise<void>;
  sees(text: string | RegExp): Promise<void>;
  seesNot(text: string): Promise<void>;
  until(condition: () => boolean, what: string): Promise<void>;
  readonly bar: string;
}

/** As terminals that speak the kitty protocol send it; the one in memory does. */
export const escapeKey = '\x1b[27u';

const open: User[] = [];

/** For `afterEach`: everybody leaves. */
export function allLeave(): void {
  for (const { terminal } of open.splice(0)) terminal.hangUp();
}

export async function sitDown(
  given: readonly Session[],
  size = { cols: 80, rows: 24 },
  more: Partial<AppOptions> & { ready?: boolean } = {},
): Promise<User> {
  const terminal = await createVirtualTerminal(size);
  const backend = createFakeBackend(given);
  const app = startApp({
    terminal: terminal.terminal,
    connect: () => Promise.resolve(backend as Backend),
    config: defaultConfig,
    problems: [],
    cwd: '/home/ada/api-server',
    shell: '/bin/sh',
    editor: 'vim -p',
    zoom: null,
    now: () => now,
    clock: systemSchedulerClock,
    savePreferences: () => Promise.resolve(),
    killServer: () => Promise.resolve(),
    ...more,
  });
  app.ended.catch(() => undefined);
  const text = (): string => terminal.text().join('\n');
  const until = async (condition: () => boolean, what: string): Promise<void> => {
    const deadline = performance.now() + 5000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`never: ${what}\n${text()}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const user: User = {
    app,
    terminal,
    backend,
    press: async (keys) => {
      for (const key of keys) terminal.type(key);
      await new Promise((resolve) => setImmediate(resolve));
    },
    escape: async () => {
      const before = app.state();
      terminal.type(escapeKey);
      await until(() => app.state() !== before, 'escape did something');
    },
    sees: (wanted) =>
      until(() => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text())), `saw ${wanted}`),
    seesNot: (unwanted) => until(() => !text().includes(unwanted), `did not see ${unwanted}`),
    until,
    get bar() {
      return terminal.text().at(-1) ?? '';
    },
  };
  open.push(user);
  if (more.ready !== false) {
    await new Promise((resolve) => setImmediate(resolve));
    backend.setState({ kind: 'ready', hello: {} as never });
  }
  return user;
}
