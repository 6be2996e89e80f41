// An outer terminal in memory: bytes typed in, cells read out. What the program writes is parsed by an emulator, and
// the emulator's answers come back, as with a real terminal.
import type { VtEngine, VtListener } from '../../src/terminal/engine.ts';

import { type Capabilities, capabilitiesOf } from '../../src/tui/out/capabilities.ts';
import {
  createTerminal,
  type OuterTerminal,
  type PortListener,
  type TerminalSize,
} from '../../src/tui/out/terminal.ts';
import { loadXterm } from './xterm/engine.ts';

export interface VirtualTerminal {
  readonly terminal: OuterTerminal;
  /** What a person would see. */
  readonly screen: VtEngine;
  readonly titles: string[];
  readonly notifications: string[];
  readonly copied: string[];
  bells: number;
  /** Bytes written so far. */
  written: number;
  /** Bytes as a keyboard sends them. */
  type(bytes: string | Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** From now on the terminal does not read; `unblock` takes what was written meanwhile. */
  block(): void;
  unblock(): void;
  hangUp(): void;
  text(): string[];
}

export interface VirtualTerminalOptions extends TerminalSize {
  capabilities?: Capabilities;
}

export async function createVirtualTerminal(options: VirtualTerminalOptions): Promise<VirtualTerminal> {
  const createEngine = await loadXterm();
  let listener: PortListener | null = null;
  let size: TerminalSize = { cols: options.cols, rows: options.rows };
  let blocked = false;
  let held: Uint8Array[] = [];
  const replies: Uint8Array[] = [];
  const nothing = (): void => undefined;
  const vtListener: VtListener = {
    reply: (bytes) => {
      replies.push(bytes.slice());
    },
    title: (text) => {
      virtual.titles.push(text);
    },
    bell: () => {
      virtual.bells++;
    },
    notification: (text) => {
      virtual.notifications.push(text);
    },
    progress: nothing,
    programStatus: nothing,
    clipboard: (text) => {
      virtual.copied.push(text);
    },
    osc: nothing,
  };
  const screen = createEngine({ ...size, scrollback: 100, listener: vtListener });

  const show = (bytes: Uint8Array): void => {
    screen.feed(bytes);
    for (const reply of replies.splice(0)) queueMicrotask(() => listener?.input(reply));
  };

  const terminal = createTerminal(
    {
      get size() {
        return size;
      },
      write(bytes) {
        virtual.written += bytes.length;
        if (blocked) held.push(bytes);
        else show(bytes);
        return !blocked;
      },
      writeNow: show,
      open(next) {
        listener = next;
      },
      close() {
        listener = null;
      },
      stopProcess: () => Promise.resolve(),
    },
    options.capabilities ?? capabilitiesOf({ TERM: 'xterm-256color', COLORTERM: 'truecolor' }),
  );

  const virtual: VirtualTerminal = {
    terminal,
    screen,
    titles: [],
    notifications: [],
    copied: [],
    bells: 0,
    written: 0,
    type(bytes) {
      listener?.input(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
    },
    resize(cols, rows) {
      size = { cols, rows };
      screen.resize(cols, rows);
      listener?.resized();
    },
    block() {
      blocked = true;
    },
    unblock() {
      blocked = false;
      for (const bytes of held) show(bytes);
      held = [];
      listener?.drained();
    },
    hangUp() {
      listener?.closed('the terminal was closed');
    },
    text: () => screen.screenText(),
  };
  return virtual;
}
