// A second screen that nobody sees, with somebody who types into a pane of a server that is played here: all that a key and
// its echo pass in this process is compiled before the user's first key, which would take ten times as long as the
// thousandth.
import type { Call } from '../client/calls.ts';
import { type EchoScreen, openEchoStream, playRounds } from '../client/echo-stream.ts';
import type { Frame } from '../client/stream.ts';
import type { Session } from '../domain/session.ts';
import { BgFlag, BlankContent, CellWords, ColorMode, FgFlag } from '../terminal/cell.ts';
import { startApp } from './app.ts';
import type { AppOptions } from './app-options.ts';
import type { Backend } from './backend.ts';
import { createTerminal, type PortListener, type TerminalPort } from './out/terminal.ts';
import { takesKeys } from './state/select.ts';

/** Most of what people type, and how often. */
const typing = [...'Add a Changelog, then run the tests (twice)!'.repeat(2), '\r', '\x7f', '\x1b[A', '\x1b[C', 'é'];
const leader = 'ctrl+q';
const leaderKey = '\x11';
/** The user's first frames come first. */
const restMs = 100;
/** A round takes a millisecond: something is wrong. */
const patienceMs = 2000;
/** A screen that does not come to rest for so long compiles the way of a key itself. */
const restPatienceMs = 10_000;

export interface RehearsalOptions {
  /** As the real screen has them; nothing that reaches beyond it is used. */
  app: AppOptions;
  backend: Backend;
  /** For a moment. */
  socketPath: string;
  /** Milliseconds for which the user's own screen comes first; 0 or less when it is at rest. */
  busyForMs(): number;
  signal: AbortSignal;
}

/**
 * Begins once there is a session whose program takes keys. About 0.2 s of work. Resolves with the number of keys that were
 * drawn, also after an abort.
 */
export async function rehearse(options: RehearsalOptions): Promise<number> {
  const { signal } = options;
  const session = await sessionOf(options.backend, signal);
  if (session === null) return 0;
  await pause(restMs, signal);
  return playRounds((keys) => rehearseOnce(options, session, keys), signal);
}

async function rehearseOnce(options: RehearsalOptions, session: Session, keys: number): Promise<number> {
  const { app: real, signal } = options;
  if (signal.aborted) return 0;
  const { promise: shown, resolve: show } = Promise.withResolvers<void>();
  const stream = await openEchoStream(options.socketPath, () => new PlayedScreen(show));
  const port = new BlindPort(real.terminal.size);
  const app = startApp({
    ...real,
    terminal: createTerminal(port, real.terminal.capabilities),
    config: { ...real.config, leader, keys: {} },
    zoom: real.zoom === null ? null : session.id,
    problems: [],
    savePreferences: () => Promise.resolve(),
    killServer: () => Promise.resolve(),
    connect: () => Promise.resolve(backendOf(options.backend, session, stream)),
  });
  try {
    await Promise.race([shown, pause(patienceMs, signal)]);
    await port.drawn(patienceMs);
    if (app.state().mode !== 'term') port.type(leaderKey);
    return app.state().mode === 'term' ? await typeInto(port, keys, options) : 0;
  } finally {
    port.hangUp();
    await app.ended;
  }
}

/** One that can be typed into, as soon as there is one. Null after an abort. */
function sessionOf({ mirror }: Backend, signal: AbortSignal): Promise<Session | null> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = mirror.state.kind === 'ready' ? [...mirror.sessions.values()].find(takesKeys) : undefined;
      if (found === undefined && !signal.aborted) return;
      stop();
      signal.removeEventListener('abort', look);
      resolve(found ?? null);
    };
    const stop = mirror.onChange(look);
    signal.addEventListener('abort', look);
    look();
  });
}

function backendOf(real: Backend, session: Session, stream: Backend['stream']): Backend {
  const asked = (name: string): Promise<unknown> =>
    name === 'session' ? Promise.resolve({ session }) : new Promise(() => undefined);
  const { state } = real.mirror;
  return {
    call: asked as Call,
    mirror: {
      ...real.mirror,
      // What a toast lies over is drawn another way.
      state: state.kind === 'ready' ? { kind: 'ready', hello: { ...state.hello, notices: [] } } : state,
      // Whichever is selected can be typed into.
      sessions: new Map([...real.mirror.sessions].filter(([, other]) => takesKeys(other))),
      onChange: () => () => undefined,
      check: () => undefined,
    },
    stream,
    close: () => stream.close(),
  };
}

/** Each key once the last is on the screen. */
async function typeInto(port: BlindPort, keys: number, { busyForMs, signal }: RehearsalOptions): Promise<number> {
  let typed = 0;
  const giveUpAt = performance.now() + restPatienceMs;
  for (; typed < keys && !signal.aborted; typed++) {
    for (let ms = busyForMs(); ms > 0 && !signal.aborted && performance.now() < giveUpAt; ms = busyForMs())
      await pause(ms, signal);
    if (signal.aborted || performance.now() >= giveUpAt) break;
    const drawn = port.drawn(patienceMs);
    port.type(typing[typed % typing.length] ?? '');
    if (!(await drawn)) break;
  }
  return typed;
}

class BlindPort implements TerminalPort {
  readonly size: TerminalPort['size'];
  readonly writeNow = (): void => undefined;
  readonly close = (): void => undefined;
  readonly stopProcess = (): Promise<void> => Promise.resolve();
  #listener: PortListener | null = null;
  #drawn: ((drawn: boolean) => void) | null = null;

  constructor(size: TerminalPort['size']) {
    this.size = size;
  }

  open(listener: PortListener): void {
    this.#listener = listener;
  }

  type(keys: string): void {
    this.#listener?.input(Buffer.from(keys));
  }

  hangUp(): void {
    this.#listener?.closed('the rehearsal is over');
  }

  write(): boolean {
    this.#drawn?.(true);
    return true;
  }

  /** Whether something is written, in so many milliseconds. */
  drawn(patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#drawn?.(false), patienceMs);
      this.#drawn = (drawn) => {
        clearTimeout(timer);
        this.#drawn = null;
        resolve(drawn);
      };
    });
  }
}

/** Letters at the cursor, and now and then a row in colours, as agents draw the box they are typed into. */
class PlayedScreen implements EchoScreen {
  readonly #show: () => void;
  #seq = 0;
  #cols = 1;
  #rows = 1;
  #x = 0;
  #y = 0;

  constructor(show: () => void) {
    this.#show = show;
  }

  opened(cols: number, rows: number): Frame {
    [this.#cols, this.#rows, this.#x, this.#y] = [cols, rows, 0, 0];
    this.#show();
    return this.#frame(Array.from({ length: rows }, (_, row) => ({ row, col: 0, words: coloured(cols, row) })));
  }

  typed(): Frame {
    const words = Uint32Array.of(BlankContent | (97 + (this.#seq % 26)), 0, 0, 0);
    const spans: Frame['spans'] = [{ row: this.#y, col: this.#x, words }];
    this.#x = (this.#x + 1) % this.#cols;
    if (this.#x === 0) this.#y = (this.#y + 1) % this.#rows;
    if (this.#seq % 8 === 0) {
      spans.push({ row: (this.#y + 1) % this.#rows, col: 0, words: coloured(this.#cols, this.#seq) });
    }
    return this.#frame(spans);
  }

  #frame(spans: Frame['spans']): Frame {
    this.#seq += 1;
    const size = { cols: this.#cols, rows: this.#rows, cursorX: this.#x, cursorY: this.#y };
    const lines = { modes: 0, history: 0, oldest: 0, clusters: [], extras: [] };
    return { seq: this.#seq, reset: this.#seq === 1, ...size, ...lines, spans };
  }
}

function coloured(cols: number, seed: number): Uint32Array {
  const words = new Uint32Array(cols * CellWords);
  for (let col = 0; col < cols; col++) {
    const kind = (seed + (col >> 3)) % 4;
    words[col * CellWords] = BlankContent | (97 + ((seed + col) % 26));
    words[col * CellWords + 1] = kind === 0 ? 0 : FgFlag.bold | ColorMode.rgb | ((seed * 7 + kind) & 0xff);
    words[col * CellWords + 2] = kind === 1 ? BgFlag.dim | ColorMode.palette256 | (seed & 0xff) : 0;
  }
  return words;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
