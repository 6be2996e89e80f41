// The TUI put together: what is typed becomes messages and calls, what happens becomes state, state becomes frames. The
// parts are handed in, so that a test runs all of it on a terminal and a server in memory.

import { silentServer } from '../client/hello.ts';
import { toFailureBody } from '../domain/failure.ts';
import type { SessionId } from '../domain/ids.ts';
import type { ActionContext, ExitReason } from './actions/action.ts';
import { allActions } from './actions/all.ts';
import { inspectRepository } from './actions/composer.ts';
import { retryDiff } from './actions/diff.ts';
import { AgeTimer } from './ages.ts';
import type { AppOptions } from './app-options.ts';
import { type Backend, unreached } from './backend.ts';
import { FrameEncoder } from './cell/encode.ts';
import { Dialogs } from './dialogs.ts';
import { followBackend } from './follow.ts';
import { FrameScheduler } from './frame/scheduler.ts';
import type { Token } from './input/token.ts';
import { parseKeyName } from './keymap/key-name.ts';
import { createKeymap, type Keymap } from './keymap/keymap.ts';
import { wantedPanes } from './layout/wanted.ts';
import { MouseHandler } from './mouse.ts';
import type { Capabilities } from './out/capabilities.ts';
import { Painter } from './painter.ts';
import { PaneStore } from './pane-store.ts';
import { followOutput, followScroll, type HistoryHost } from './read-history.ts';
import { Router } from './router.ts';
import { Searcher } from './searcher.ts';
import { SeenTeller } from './seen.ts';
import type { AppState, Toast } from './state/app-state.ts';
import { initialState } from './state/initial.ts';
import type { Message } from './state/message.ts';
import { reduce } from './state/reduce.ts';
import { selectedSession } from './state/select.ts';
import { themeNames } from './theme/theme.ts';
import { ThemeChoice } from './theme/theme-choice.ts';
import { Toaster } from './toaster.ts';
import { Typing } from './typing.ts';

export interface App {
  /** Settles when the user leaves; rejects with a Failure when the server cannot be reached. The terminal is given back. */
  readonly ended: Promise<ExitReason>;
  state(): AppState;
}

/** A server of which less was heard is asked whether it is there: no screen may go on showing what a dead one said. */
const heardWithinMs = { typing: 3000, looking: 10_000 };

export function startApp(options: AppOptions): App {
  const app = new Running(options);
  app.start();
  return { ended: app.ended, state: () => app.state };
}

class Running {
  state: AppState;
  readonly ended: Promise<ExitReason>;
  readonly #options: AppOptions;
  readonly #keymap: Keymap;
  readonly #themes: ThemeChoice;
  readonly #encoder: FrameEncoder;
  readonly #painter: Painter;
  readonly #panes: PaneStore;
  readonly #scheduler: FrameScheduler;
  readonly #router: Router;
  readonly #mouse: MouseHandler;
  readonly #ages: AgeTimer;
  readonly #dialogs: Dialogs;
  readonly #context: ActionContext;
  readonly #toaster: Toaster;
  readonly #seen = new SeenTeller();
  readonly #typing: Typing;
  readonly #searcher: Searcher;
  readonly #reading: HistoryHost;
  #unfollow: () => void = () => undefined;
  #backend: Backend = unreached;
  #finish: (reason: ExitReason) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #isOver = false;

  constructor(options: AppOptions) {
    this.#options = options;
    const { config, terminal } = options;
    const leader = parseKeyName(config.leader) ?? 'ctrl+q';
    this.#keymap = createKeymap(allActions, config.keys, leader);
    this.#themes = new ThemeChoice(config.theme, () => terminal.capabilities.colors !== 'none');
    this.state = initialState({
      size: terminal.size,
      now: options.now(),
      cwd: options.cwd,
      theme: this.#themes.theme.name,
      leader,
      bare: options.zoom !== null,
      composer: config.composer,
    });
    this.#encoder = new FrameEncoder(terminal.capabilities);
    this.#painter = new Painter(this.#encoder);
    this.#panes = new PaneStore(this.#painter.table, {
      changed: (session) => {
        this.#painter.paneChanged(session);
        this.#scheduler.damage();
        followOutput(this.#reading, session);
      },
      arrived: () => this.#scheduler.hurry(),
      refused: (session, why) => this.#typing.refused(session, why),
      unread: (session, message) => this.#unread(session, message),
      failed: (_session, failure) => this.#toast('error', failure.message, failure.remedy),
    });
    this.#reading = { state: () => this.state, dispatch: (message) => this.#dispatch(message), panes: this.#panes };
    this.#typing = new Typing({
      state: () => this.state,
      dispatch: (message) => this.#dispatch(message),
      toast: (kind, text, remedy) => this.#toast(kind, text, remedy),
      panes: this.#panes,
      keys: { shiftEnter: config.shiftEnter },
    });
    this.#scheduler = new FrameScheduler(
      { isBlocked: () => terminal.blocked, draw: (complete) => this.#draw(complete) },
      options.clock,
    );
    this.ended = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    const app = this;
    this.#dialogs = new Dialogs({
      get size() {
        return app.state.size;
      },
      get theme() {
        return app.#themes.theme;
      },
      damage: () => app.#scheduler.damage(),
    });
    this.#toaster = new Toaster({
      state: () => this.state,
      dispatch: (message) => this.#dispatch(message),
      clock: options.clock,
    });
    this.#searcher = new Searcher({
      state: () => this.state,
      dispatch: (message) => this.#dispatch(message),
      backend: () => this.#backend,
      panes: this.#panes,
      toast: (kind, text, remedy) => this.#toast(kind, text, remedy),
    });
    this.#context = this.#makeContext();
    const perform = (id: string, key: string): void => this.#perform(id, key);
    this.#mouse = new MouseHandler({
      context: this.#context,
      zones: () => this.#painter.zones,
      perform,
      toPane: (session, token) => this.#typing.to(session, token),
    });
    this.#router = new Router(
      {
        state: () => this.state,
        dispatch: (message) => this.#dispatch(message),
        keymap: this.#keymap,
        perform,
        toPane: (token) => this.#typing.toSelected(token),
        mouse: (token) => this.#mouse.handle(token),
        focused: (focused) => {
          this.#typing.terminalFocus(focused);
          this.#seen.tell(this.state, focused, this.#backend);
        },
      },
      leader,
    );
    this.#ages = new AgeTimer(options.clock, options.now, (now) => {
      this.#dispatch({ kind: 'ticked', now });
      this.#backend.mirror.check(heardWithinMs.looking);
    });
  }

  /** Draws at once; the server is reached meanwhile. */
  start(): void {
    const { terminal, config, problems } = this.#options;
    terminal.start({
      tokens: (tokens) => this.#tokens(tokens),
      resized: (size) => {
        this.#dispatch({ kind: 'resized', size });
        this.#dialogs.resize(size);
        this.#scheduler.damageAll();
      },
      drained: () => this.#scheduler.drained(),
      resumed: () => this.#scheduler.damageAll(),
      learned: (capabilities) => {
        this.#encoder.setOptions(capabilities);
        this.#suggestTheme(capabilities.background);
        this.#scheduler.damageAll();
      },
      closed: () => this.#exit('signal'),
    });
    terminal.setMouse(config.mouse ? 'buttons' : 'off');
    terminal.setTitle('sesame');
    this.#scheduler.damageAll();
    const leader =
      parseKeyName(config.leader) === null ? [`leader: "${config.leader}" is not a key; ctrl+q is used`] : [];
    for (const problem of [...problems, ...leader, ...this.#keymap.problems]) this.#toast('warning', problem, null);
    this.#connect().catch((error: unknown) => this.#leave(() => this.#fail(error)));
  }

  async #connect(): Promise<void> {
    const backend = await this.#options.connect(() =>
      this.#dispatch({ kind: 'connection.changed', connection: { state: 'lost', failure: silentServer } }),
    );
    if (this.#isOver) {
      backend.close();
      return;
    }
    this.#backend = backend;
    this.#panes.connect(backend);
    const zoomed =
      this.#options.zoom === null
        ? null
        : (await backend.call('session', { params: { id: this.#options.zoom } })).session;
    this.#unfollow = followBackend(backend, {
      state: () => this.state,
      dispatch: (message) => this.#dispatch(message),
      toast: (kind, text, remedy) => this.#toast(kind, text, remedy),
      alert: (text) => this.#alert(text),
      ready: () => {
        void this.#loadAgents();
        void retryDiff(this.#context);
      },
    });
    if (zoomed !== null) {
      this.#dispatch({ kind: 'session.selected', session: zoomed.id });
      this.#dispatch({ kind: 'mode.set', mode: 'term' });
    }
  }

  async #loadAgents(): Promise<void> {
    try {
      const { agents } = await this.#backend.call('agents');
      this.#dispatch({ kind: 'agents.loaded', agents, defaults: this.#options.config.defaultAgents });
    } catch (error) {
      const { message, remedy } = toFailureBody(error);
      this.#toast('error', `the agents could not be listed: ${message}`, remedy);
    }
    await inspectRepository(this.#context);
  }

  #dispatch(message: Message): void {
    const before = this.state;
    this.state = reduce(before, message);
    if (this.state === before || this.#isOver) return;
    this.#changed(before);
    this.#scheduler.damage();
  }

  /** What follows from a new state outside of it. */
  #changed(before: AppState): void {
    const { state } = this;
    const { terminal } = this.#options;
    this.#panes.want(wantedPanes(state));
    if (state.sessions !== null && state.sessions !== before.sessions) this.#panes.keep(state.sessions);
    if (state.mode !== before.mode) terminal.escapeTimeoutMs = state.mode === 'term' ? 0 : 25;
    if (state.theme !== before.theme) this.#setTheme(state.theme);
    followScroll(this.#reading, before);
    this.#typing.tellFocus(before);
    this.#searcher.changed(state);
    this.#seen.tell(state, this.#typing.terminalFocused, this.#backend);
    const session = selectedSession(state);
    terminal.setTitle(session === null ? 'sesame' : `sesame: ${session.title}`);
  }

  #draw(complete: boolean): void {
    if (complete) this.#encoder.invalidate();
    const now = this.#options.now();
    if (now - this.state.now >= 1000) this.state = reduce(this.state, { kind: 'ticked', now });
    const { cover } = this.#dialogs;
    const bytes = this.#painter.paint(this.state, this.#panes, this.#keymap, this.#themes.theme, cover);
    if (bytes !== null) this.#options.terminal.write(bytes);
    this.#panes.drawn();
    if (this.#options.config.mouse) this.#options.terminal.setMouse(this.#mouse.wantedMode());
    this.#ages.arm(this.state);
  }

  #tokens(tokens: readonly Token[]): void {
    this.#scheduler.input();
    this.#backend.mirror.check(heardWithinMs.typing);
    for (const token of tokens) {
      if (this.#isOver) return;
      if (this.#dialogs.cover !== null) this.#dialogs.token(token);
      else this.#router.route(token);
    }
  }

  #perform(id: string, key: string): void {
    const action = this.#keymap.actions.find((candidate) => candidate.id === id);
    if (action === undefined) return;
    const enabled = action.enabled(this.state);
    if (enabled !== true) {
      this.#toast('info', `${action.title}: ${enabled}`, null);
      return;
    }
    Promise.resolve(action.run(this.#context, key)).catch((error: unknown) => {
      const { message, remedy } = toFailureBody(error);
      this.#toast('error', message, remedy);
    });
  }

  #unread(session: SessionId, message: string): void {
    if (session === this.state.selected) this.#toast('warning', message, null);
  }

  #toast(kind: Toast['kind'], text: string, remedy: string | null): void {
    this.#toaster.show(kind, text, remedy);
  }

  #alert(text: string): void {
    if (!this.#options.config.notify) return;
    this.#options.terminal.bell();
    this.#options.terminal.notify(text);
  }

  #suggestTheme(background: Capabilities['background']): void {
    const theme = this.#themes.suggest(background);
    if (theme !== null) this.#dispatch({ kind: 'theme.set', theme });
  }

  #setTheme(name: string): void {
    const isChosen = this.#themes.use(name);
    this.#dialogs.setTheme(this.#themes.theme);
    if (isChosen) this.#remember({ theme: name });
  }

  #remember(preferences: Readonly<Record<string, unknown>>): void {
    this.#options.savePreferences(preferences).catch((error: unknown) => {
      const { message, remedy } = toFailureBody(error);
      this.#toast('warning', `this holds for this time only: ${message}`, remedy);
    });
  }

  #exit(reason: ExitReason): void {
    this.#leave(() => this.#finish(reason));
  }

  #leave(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#scheduler.stop();
    this.#ages.stop();
    this.#toaster.stop();
    this.#unfollow();
    this.#dialogs.close();
    this.#panes.close();
    this.#backend.close();
    this.#options.terminal.stop();
    settle();
  }

  #makeContext(): ActionContext {
    const app = this;
    return {
      state: () => app.state,
      dispatch: (message) => app.#dispatch(message),
      get backend() {
        return app.#backend;
      },
      panes: app.#panes,
      now: app.#options.now,
      toast: (kind, text, remedy = null) => app.#toast(kind, text, remedy),
      copyText: (text) => {
        if (!app.#options.terminal.copy(text)) app.#toast('warning', 'too long for the clipboard', 'select less');
      },
      confirm: (question) => app.#dialogs.confirm(question),
      choose: (list) => app.#dialogs.choose(list),
      remember: (preferences) => app.#remember(preferences),
      themes: themeNames,
      perform: (id) => app.#perform(id, ''),
      shell: app.#options.shell,
      editor: app.#options.editor,
      keymap: app.#keymap,
      killServer: app.#options.killServer,
      suspend: () => void app.#options.terminal.suspend(),
      exit: (reason) => app.#exit(reason),
    };
  }
}
