// The parts of @xterm/headless 6.0.0 that the engine reaches into, named and checked once. The package is pinned to
// that exact version; nothing outside this folder knows of it.
import { exportsOf, type UnicodeProvider } from '../../../src/terminal/unicode.ts';

export interface CoreParams {
  params: Int32Array;
  length: number;
}

export interface CoreExtended {
  /** Bits 0-25 underline colour, 26-28 underline style. */
  _ext: number;
  _urlId: number;
}

export interface CoreAttributes {
  fg: number;
  bg: number;
  extended: CoreExtended;
}

export interface CoreLine {
  /** Three words per cell. */
  _data: Uint32Array;
  _combined: { [column: number]: string };
  _extendedAttrs: { [column: number]: CoreExtended | undefined };
  length: number;
  isWrapped: boolean;
  /** `outColumns` gets the column of each UTF-16 unit and the one after the last. */
  translateToString(trimRight: boolean, from?: number, to?: number, outColumns?: number[]): string;
}

export interface CoreLines {
  length: number;
  maxLength: number;
  readonly isFull: boolean;
  get(index: number): CoreLine | undefined;
  set(index: number, line: CoreLine): void;
  recycle(): CoreLine;
  shiftElements(start: number, count: number, offset: number): void;
  onTrim(listener: (count: number) => void): { dispose(): void };
}

export interface CoreBuffer {
  lines: CoreLines;
  x: number;
  y: number;
  ybase: number;
  scrollTop: number;
  scrollBottom: number;
  savedX: number;
  savedY: number;
  savedCurAttrData: CoreAttributes;
  savedCharset: unknown;
  tabs: { [column: number]: boolean | undefined };
}

export interface CoreOscHandler {
  start(): void;
  put(data: Uint32Array, start: number, end: number): void;
  end(success: boolean): boolean;
}

interface Subscription {
  dispose(): void;
}

export interface CoreParser {
  precedingJoinState: number;
  currentState: number;
  reset(): void;
  setPrintHandler(handler: (data: Uint32Array, start: number, end: number) => void): void;
  registerOscHandler(code: number, handler: CoreOscHandler): Subscription;
  clearOscHandler(code: number): void;
  registerDcsHandler(
    id: { prefix?: string; intermediates?: string; final: string },
    handler: {
      hook(params: CoreParams): void;
      put(data: Uint32Array, start: number, end: number): void;
      unhook(success: boolean): boolean;
    },
  ): Subscription;
  clearDcsHandler(id: { prefix?: string; intermediates?: string; final: string }): void;
}

export interface CoreInputHandler {
  _parser: CoreParser;
  _curAttrData: CoreAttributes;
  _oscLinkService: unknown;
  _utf8Decoder: { decode(input: Uint8Array, target: Uint32Array): number; clear(): void };
  _parseBuffer: Uint32Array;
  _activeBuffer: CoreBuffer;
  /** Rows touched by the last parse, inclusive. */
  _dirtyRowTracker: { start: number; end: number };
  parse(data: Uint8Array): unknown;
  print(data: Uint32Array, start: number, end: number): void;
  setTitle(text: string): void;
  setHyperlink(data: string): boolean;
  eraseInLine(params: { params: number[]; length: number }): boolean;
  requestStatusString(data: string, params: CoreParams | null): boolean;
  _resetBufferLine(row: number): void;
  onRequestRefreshRows(listener: (range: { start: number; end: number } | undefined) => void): Subscription;
  onRequestReset(listener: () => void): Subscription;
  onRequestBell(listener: () => void): Subscription;
  onTitleChange(listener: (title: string) => void): Subscription;
  markRangeDirty(first: number, last: number): void;
}

export interface Core {
  _inputHandler: CoreInputHandler;
  _bufferService: { cols: number; rows: number; scroll(eraseAttributes: CoreAttributes, isWrapped?: boolean): void };
  _charsetService: { charset: unknown; glevel: number; _charsets: unknown[] };
  buffers: {
    active: CoreBuffer;
    normal: CoreBuffer;
    alt: CoreBuffer;
    onBufferActivate(listener: () => void): Subscription;
  };
  coreService: {
    isCursorHidden: boolean;
    modes: { insertMode: boolean };
    decPrivateModes: {
      applicationCursorKeys: boolean;
      applicationKeypad: boolean;
      bracketedPasteMode: boolean;
      cursorBlink: boolean | undefined;
      cursorStyle: 'block' | 'underline' | 'bar' | undefined;
      origin: boolean;
      reverseWraparound: boolean;
      sendFocus: boolean;
      synchronizedOutput: boolean;
      wraparound: boolean;
    };
    onData(listener: (text: string) => void): Subscription;
  };
  coreMouseService: { activeProtocol: string; activeEncoding: string };
  unicodeService: { register(provider: UnicodeProvider): void; activeVersion: string };
  options: { convertEol: boolean; cursorBlink: boolean };
  registerCsiHandler(
    id: { prefix?: string; intermediates?: string; final: string },
    handler: (params: CoreParams) => boolean,
  ): Subscription;
  registerEscHandler(id: { intermediates?: string; final: string }, handler: () => boolean): Subscription;
  resize(cols: number, rows: number): void;
  dispose(): void;
}

interface TerminalOptions {
  cols: number;
  rows: number;
  scrollback: number;
}
export type CreateCore = (options: TerminalOptions) => Core;

/** Loads the package. Throws when it is not the version this code was written against. */
export async function loadCore(): Promise<CreateCore> {
  const { Terminal } = exportsOf<{ Terminal: new (options: object) => { _core: unknown } }>(
    await import('@xterm/headless'),
    'Terminal',
  );
  const create: CreateCore = (options) => {
    const terminal = new Terminal({
      ...options,
      allowProposedApi: true,
      logLevel: 'off',
      windowOptions: { getWinSizeChars: true, pushTitle: true, popTitle: true },
    });
    return terminal._core as Core;
  };
  const core = create({ cols: 4, rows: 2, scrollback: 1 });
  const missing = missingParts(core);
  if (missing.length === 0) mendUnderlineColor(core._inputHandler._curAttrData.extended);
  core.dispose();
  if (missing.length > 0) {
    throw new Error(`@xterm/headless is not the version this program was built with: no ${missing.join(', ')}`);
  }
  return create;
}

/**
 * SGR 59 (no underline colour) stores -1 in xterm.js 6.0.0, which its own setter turns into white. Not needed once a
 * fresh `_ext` after `CSI 58;5;9 m CSI 59 m` has no colour bits.
 */
function mendUnderlineColor(extended: CoreExtended): void {
  const prototype: unknown = Object.getPrototypeOf(extended);
  const before = Object.getOwnPropertyDescriptor(prototype, 'underlineColor');
  if (!before?.set) return;
  const setBefore = before.set;
  Object.defineProperty(prototype, 'underlineColor', {
    ...before,
    set(this: CoreExtended, color: number) {
      setBefore.call(this, color === -1 ? 0 : color);
    },
  });
}

/** Names of parts that are not where this file says, after printing one coloured character. */
function missingParts(core: Core): string[] {
  const missing: string[] = [];
  const expect = (name: string, check: () => boolean): void => {
    let found = false;
    try {
      found = check();
    } catch {
      found = false;
    }
    if (!found) missing.push(name);
  };
  const isFunction = (value: unknown): boolean => typeof value === 'function';
  expect('parser', () => {
    core._inputHandler.parse(new TextEncoder().encode('\x1b[4:3;58;5;9mé\u0301'));
    return isFunction(core._inputHandler._parser.registerOscHandler);
  });
  expect('line', () => {
    const line = core.buffers.active.lines.get(0);
    return line?._data.length === 12 && typeof line._combined[0] === 'string' && (line._data[2] ?? 0) >>> 28 === 1;
  });
  expect('extended attributes', () => {
    const extended = core.buffers.active.lines.get(0)?._extendedAttrs[0];
    return extended !== undefined && (extended._ext >>> 26) % 8 === 3 && (extended._ext & 0xff) === 9;
  });
  expect('links', () => 'registerLink' in (core._inputHandler._oscLinkService as object));
  expect(
    'decoder',
    () => isFunction(core._inputHandler._utf8Decoder.decode) && core._inputHandler._parseBuffer.length > 0,
  );
  expect('dirty rows', () => core._inputHandler._dirtyRowTracker.start === 0);
  expect('charsets', () => Array.isArray(core._charsetService._charsets));
  expect('modes', () => core.coreService.decPrivateModes.wraparound === true);
  expect('mouse', () => core.coreMouseService.activeProtocol === 'NONE');
  expect('trim event', () => isFunction(core.buffers.normal.lines.onTrim));
  expect('handlers', () =>
    [
      core._bufferService.scroll,
      core.buffers.normal.lines.recycle,
      core.buffers.normal.lines.shiftElements,
      core._inputHandler.print,
      core._inputHandler.setHyperlink,
      core._inputHandler.eraseInLine,
      core._inputHandler._resetBufferLine,
      core._inputHandler.requestStatusString,
      core._inputHandler._parser.setPrintHandler,
      core._inputHandler._parser.clearDcsHandler,
    ].every(isFunction),
  );
  return missing;
}
