// Sequences that xterm.js does not know, answers differently from what we want, or would execute at any price.
// Every handler is synchronous and bounded.
import type { VtListener } from '../../../src/terminal/engine.ts';
import type { KittyFlags } from '../../../src/terminal/key-protocol.ts';
import { colorReply, type Palette } from '../../../src/terminal/palette.ts';
import { notificationOf, progressOf } from '../../../src/terminal/program-messages.ts';
import { sanitize } from '../../../src/terminal/sanitize.ts';
import type { Core, CoreOscHandler, CoreParams } from './core.ts';

const shortText = 4096;
const titleLimit = 256;
const clipboardLimit = 1 << 20;
const repeatLimit = 4096;
/** Base64 of the largest clipboard text, and the selection names before it. */
const clipboardChars = Math.ceil(clipboardLimit / 3) * 4 + 32;

export interface KeyModes {
  kitty: KittyFlags;
  modifyOtherKeys: number;
}

const encoder = new TextEncoder();

export function installSequences(core: Core, listener: VtListener, keys: KeyModes, palette: Palette): void {
  const reply = (text: string): void => listener.reply(encoder.encode(text));
  const input = core._inputHandler;
  core.coreService.onData(reply);
  input.onRequestBell(() => listener.bell());
  input.onTitleChange((title) => listener.title(sanitize(title, titleLimit)));
  installKeyProtocols(core, keys, reply);
  installQueries(core, reply);
  installLimits(core);
  installOsc(core, listener, palette, reply);
}

function installKeyProtocols(core: Core, keys: KeyModes, reply: (text: string) => void): void {
  const screen = (): 'normal' | 'alternate' => (core.buffers.active === core.buffers.alt ? 'alternate' : 'normal');
  core.registerCsiHandler({ prefix: '>', final: 'u' }, (params) => {
    keys.kitty.push(screen(), value(params, 0, 0));
    return true;
  });
  core.registerCsiHandler({ prefix: '<', final: 'u' }, (params) => {
    keys.kitty.pop(screen(), value(params, 0, 0) || 1);
    return true;
  });
  core.registerCsiHandler({ prefix: '=', final: 'u' }, (params) => {
    keys.kitty.set(screen(), value(params, 0, 0), value(params, 1, 1));
    return true;
  });
  core.registerCsiHandler({ prefix: '?', final: 'u' }, () => {
    reply(`\x1b[?${keys.kitty.current(screen())}u`);
    return true;
  });
  core.registerCsiHandler({ prefix: '>', final: 'm' }, (params) => {
    const resource = value(params, 0, 0);
    if (resource === 4) keys.modifyOtherKeys = Math.min(value(params, 1, 0), 2);
    else if (params.length === 1 && resource === 0) keys.modifyOtherKeys = 0;
    return true;
  });
  core.registerCsiHandler({ prefix: '?', final: 'm' }, (params) => {
    if (value(params, 0, 0) === 4) reply(`\x1b[>4;${keys.modifyOtherKeys}m`);
    return true;
  });
}

function installQueries(core: Core, reply: (text: string) => void): void {
  // A VT220 with colours (22) and clipboard writes (52); no sixel (4).
  core.registerCsiHandler({ final: 'c' }, (params) => {
    if (value(params, 0, 0) === 0) reply('\x1b[?62;22;52c');
    return true;
  });
  core.registerCsiHandler({ prefix: '>', final: 'c' }, (params) => {
    if (value(params, 0, 0) === 0) reply('\x1b[>0;277;0c');
    return true;
  });
  core.registerCsiHandler({ prefix: '>', final: 'q' }, (params) => {
    if (value(params, 0, 0) === 0) reply('\x1bP>|sesame\x1b\\');
    return true;
  });
  core.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, (params) => {
    // Grapheme clustering is always on; pixels are not known here.
    const answer = params.params[0] === 2027 ? 3 : params.params[0] === 1016 ? 0 : null;
    if (answer === null) return false;
    reply(`\x1b[?${params.params[0]};${answer}$y`);
    return true;
  });
  core.registerCsiHandler({ prefix: '?', final: 'n' }, (params) => {
    // Colour scheme: 1 is dark, as the palette below.
    if (params.params[0] !== 996) return false;
    reply('\x1b[?997;1n');
    return true;
  });
  const status = new BoundedText(64);
  const decrqss = { intermediates: '$', final: 'q' };
  core._inputHandler._parser.clearDcsHandler(decrqss);
  core._inputHandler._parser.registerDcsHandler(decrqss, {
    hook: () => status.start(),
    put: (data, start, end) => status.put(data, start, end),
    unhook(success) {
      const text = status.take();
      if (!success || text === null) return true;
      if (text === ' q') reply(`\x1bP1$r${cursorStyle(core)} q\x1b\\`);
      else core._inputHandler.requestStatusString(text, null);
      return true;
    },
  });
}

/** DECSCUSR value in force: 0 the terminal's own, else 1 to 6. */
export function cursorStyle(core: Core): number {
  const { cursorStyle: style, cursorBlink } = core.coreService.decPrivateModes;
  if (style === undefined) return 0;
  return (style === 'block' ? 1 : style === 'underline' ? 3 : 5) + (cursorBlink ? 0 : 1);
}

/** Counts that xterm.js 6 would work off one by one, up to two thousand million of them, are cut to what has effect. */
function installLimits(core: Core): void {
  const clamp = (limit: () => number) => (params: CoreParams) => {
    const most = limit();
    if (value(params, 0, 0) > most) params.params[0] = most;
    return false;
  };
  const rows = clamp(() => core._bufferService.rows);
  const cols = clamp(() => core._bufferService.cols);
  for (const final of ['S', 'T', 'L', 'M']) core.registerCsiHandler({ final }, rows);
  for (const final of ['I', 'Z', '@', 'P', 'X']) core.registerCsiHandler({ final }, cols);
  core.registerCsiHandler({ final: 'b' }, (params) => {
    if (value(params, 0, 0) > repeatLimit) params.params[0] = repeatLimit;
    return false;
  });
  // xterm.js 6.0.0 throws for ED 1 with the cursor in the last column of the last line. Seen as: text after it is lost.
  core.registerCsiHandler({ final: 'J' }, (params) => {
    const buffer = core.buffers.active;
    if (params.params[0] !== 1 || buffer.x < core._bufferService.cols - 1) return false;
    core._inputHandler.eraseInLine({ params: [2], length: 1 });
    for (let row = 0; row < buffer.y; row++) core._inputHandler._resetBufferLine(row);
    const below = buffer.lines.get(buffer.ybase + buffer.y + 1);
    if (below) below.isWrapped = false;
    core._inputHandler.markRangeDirty(0, buffer.y);
    return true;
  });
}

function installOsc(core: Core, listener: VtListener, palette: Palette, reply: (text: string) => void): void {
  const parser = core._inputHandler._parser;
  const on = (code: number, limit: number, handle: (text: string) => void): void => {
    parser.clearOscHandler(code);
    parser.registerOscHandler(code, new OscText(limit, handle));
  };
  on(0, shortText, (text) => core._inputHandler.setTitle(text));
  on(2, shortText, (text) => core._inputHandler.setTitle(text));
  on(1, shortText, () => undefined);
  on(8, shortText, (text) => core._inputHandler.setHyperlink(text));
  for (const code of [4, 10, 11, 12]) on(code, shortText, (text) => colorReply(palette, code, text, reply));
  for (const code of [104, 110, 111, 112]) on(code, shortText, () => undefined);
  for (const code of [7, 133]) on(code, shortText, (text) => listener.osc(code, sanitize(text)));
  on(9, shortText, (text) => {
    const progress = progressOf(text);
    if (progress) listener.progress(progress.state, progress.percent);
    // Other numbers are commands of ConEmu, not texts.
    else if (!/^(?:[1-9]|1[0-2])(?:;|$)/.test(text)) listener.notification(sanitize(text, 1024));
  });
  for (const code of [99, 777]) {
    on(code, shortText, (text) => {
      const notification = notificationOf(code, text);
      if (notification) listener.notification(sanitize(notification, 1024));
    });
  }
  on(7501, shortText, (text) => {
    if (text === '?') reply('\x1b]7501;?\x1b\\');
    else listener.programStatus(sanitize(text));
  });
  on(52, clipboardChars, (text) => {
    const copied = clipboardText(text);
    if (copied !== null) listener.clipboard(copied);
  });
}

/** The text of `OSC 52 ; selection ; base64`; null for a query, for what is not base64, and for nothing. */
function clipboardText(data: string): string | null {
  const base64 = data.slice(data.indexOf(';') + 1);
  if (base64 === '' || base64 === '?') return null;
  try {
    const binary = atob(base64);
    if (binary.length > clipboardLimit) return null;
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}

function value(params: CoreParams, index: number, missing: number): number {
  return index < params.length ? (params.params[index] ?? missing) : missing;
}

/** Text collected from the parser's code points; more than `limit` characters makes it void. */
class BoundedText {
  readonly #limit: number;
  #text = '';
  #isVoid = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  start(): void {
    this.#text = '';
    this.#isVoid = false;
  }

  put(data: Uint32Array, start: number, end: number): void {
    if (this.#isVoid) return;
    if (this.#text.length + end - start > this.#limit) {
      this.start();
      this.#isVoid = true;
      return;
    }
    for (let at = start; at < end; at += 4096) {
      this.#text += String.fromCodePoint(...data.subarray(at, Math.min(end, at + 4096)));
    }
  }

  take(): string | null {
    const text = this.#isVoid ? null : this.#text;
    this.start();
    return text;
  }
}

class OscText implements CoreOscHandler {
  readonly #text: BoundedText;
  readonly #handle: (text: string) => void;

  constructor(limit: number, handle: (text: string) => void) {
    this.#text = new BoundedText(limit);
    this.#handle = handle;
  }

  start(): void {
    this.#text.start();
  }

  put(data: Uint32Array, start: number, end: number): void {
    this.#text.put(data, start, end);
  }

  end(success: boolean): boolean {
    const text = this.#text.take();
    if (success && text !== null) this.#handle(text);
    return true;
  }
}
