import { describe, expect, test } from 'vitest';
import { createVirtualTerminal, type VirtualTerminal } from '../../../test/support/virtual-terminal.ts';
import { PaneMode } from '../../terminal/engine.ts';
import type { Token } from '../input/token.ts';
import { type Capabilities, capabilitiesOf, colorDepthOf, learn } from './capabilities.ts';
import type { TerminalSize } from './terminal.ts';

async function started(size: TerminalSize = { cols: 80, rows: 24 }) {
  const virtual = await createVirtualTerminal(size);
  const seen = {
    tokens: [] as Token[],
    sizes: [] as TerminalSize[],
    drained: 0,
    resumed: 0,
    learned: [] as Capabilities[],
    closed: [] as string[],
  };
  virtual.terminal.start({
    tokens: (tokens) => void seen.tokens.push(...tokens),
    resized: (next) => void seen.sizes.push(next),
    drained: () => void seen.drained++,
    resumed: () => void seen.resumed++,
    learned: (capabilities) => void seen.learned.push(capabilities),
    closed: (reason) => void seen.closed.push(reason),
  });
  await virtual.terminal.probed;
  return { virtual, terminal: virtual.terminal, seen };
}

const modesOf = (virtual: VirtualTerminal): number => virtual.screen.modes;
const keys = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token) => (token.kind === 'key' ? [token.key.name] : []));

describe('the terminal', () => {
  test('is taken over and given back as it was', async () => {
    const { virtual, terminal } = await started();
    virtual.screen.feed(Buffer.from(''));
    terminal.setMouse('buttons');
    const during = modesOf(virtual);
    expect(during & PaneMode.alternateScreen).not.toBe(0);
    expect(during & PaneMode.bracketedPaste).not.toBe(0);
    expect(during & PaneMode.focusEvents).not.toBe(0);
    expect(during & PaneMode.mouseMask).not.toBe(0);
    expect(during & PaneMode.cursorHidden).not.toBe(0);
    expect((during & PaneMode.kittyMask) >> PaneMode.kittyShift).toBe(1);
    terminal.stop();
    terminal.stop();
    expect(modesOf(virtual)).toBe(0);
  });

  test('is given back also in the middle of a sequence', async () => {
    const { virtual, terminal } = await started();
    terminal.write(Buffer.from('\x1b]8;;http://half'));
    terminal.stop();
    expect(modesOf(virtual)).toBe(0);
    expect(virtual.text().join('')).toBe('');
  });

  test('tells what it can, once, and none of it is typed', async () => {
    const { seen } = await started();
    expect(seen.learned).toHaveLength(1);
    expect(seen.learned[0]).toMatchObject({ synchronized: true, kittyKeyboard: true });
    expect(seen.learned[0]?.background).not.toBeNull();
    expect(seen.tokens).toEqual([]);
  });

  test('a blocked terminal is said to be, and says when it goes on', async () => {
    const { virtual, terminal, seen } = await started();
    virtual.block();
    expect(terminal.blocked).toBe(false);
    terminal.write(Buffer.from('frame'));
    expect(terminal.blocked).toBe(true);
    terminal.setTitle('one');
    terminal.setTitle('two');
    virtual.unblock();
    expect(terminal.blocked).toBe(false);
    expect(seen.drained).toBe(1);
    expect(virtual.titles.filter((title) => title !== '')).toEqual(['two']);
  });

  test('a mouse report cut in two is not taken for the escape key', async () => {
    const { virtual, terminal, seen } = await started();
    terminal.escapeTimeoutMs = 0;
    virtual.type('\x1b[<0;1;');
    virtual.type('1M');
    expect(seen.tokens.map((token) => token.kind)).toEqual(['mouse']);
  });

  test('an escape without more is the key', async () => {
    const virtual = await createVirtualTerminal({ cols: 80, rows: 24 });
    const tokens: Token[] = [];
    const nothing = (): void => undefined;
    const escaped = new Promise<void>((resolve) => {
      virtual.terminal.start({
        tokens: (next) => {
          tokens.push(...next);
          if (keys(tokens).includes('escape')) resolve();
        },
        resized: nothing,
        drained: nothing,
        resumed: nothing,
        learned: nothing,
        closed: nothing,
      });
    });
    virtual.type('a\x1b');
    await escaped;
    expect(keys(tokens)).toEqual(['a', 'escape']);
  });

  test('suspending gives the screen back and takes it again', async () => {
    const { virtual, terminal, seen } = await started();
    terminal.setMouse('motion');
    const before = modesOf(virtual);
    await terminal.suspend();
    expect(seen.resumed).toBe(1);
    expect(modesOf(virtual)).toBe(before);
  });

  test('titles, notifications and copies carry no sequences', async () => {
    const { virtual, terminal } = await started();
    terminal.setTitle('a\x1b]52;c;AAAA\x07b');
    terminal.notify('done\x07\x1b[2J');
    terminal.bell();
    expect(terminal.copy('日本\x1b[31m')).toBe(true);
    expect(virtual.titles.at(-1)).toBe('a]52;c;AAAAb');
    expect(virtual.notifications).toEqual(['done[2J']);
    expect(virtual.bells).toBe(1);
    expect(virtual.copied).toEqual(['日本\x1b[31m']);
    expect(terminal.copy('x'.repeat(200_000))).toBe(false);
  });

  test('a resize and a hang-up are passed on', async () => {
    const { virtual, seen } = await started();
    virtual.resize(100, 30);
    virtual.hangUp();
    expect(seen.sizes).toEqual([{ cols: 100, rows: 30 }]);
    expect(seen.closed).toHaveLength(1);
  });
});

describe('what a terminal can', () => {
  test.each([
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TERM: 'xterm-256color' }, '256'],
    [{ TERM: 'tmux-256color' }, '256'],
    [{ TERM: 'xterm-kitty' }, 'truecolor'],
    [{ TERM: 'xterm-direct' }, 'truecolor'],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }, 'truecolor'],
    [{ TERM: 'xterm' }, '16'],
    [{ TERM: 'linux' }, '16'],
    [{ TERM: 'vt220' }, 'none'],
    [{ TERM: 'dumb' }, 'none'],
    [{}, 'none'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, '256'],
  ])('%j shows %s colours', (env, depth) => {
    expect(colorDepthOf(env)).toBe(depth);
  });

  test('its own answers count more than its name, but not more than NO_COLOR', () => {
    const plain = capabilitiesOf({ TERM: 'xterm-256color' });
    expect(learn(plain, { type: 'dcs', text: '1+r524742=38' }).colors).toBe('truecolor');
    expect(learn(plain, { type: 'dcs', text: '>|kitty(0.40)' })).toMatchObject({
      colors: 'truecolor',
      name: 'kitty(0.40)',
    });
    expect(learn(plain, { type: 'dcs', text: '>|oddterm' }).colors).toBe('256');
    expect(learn(plain, { type: 'mode', mode: 2026, value: 0 })).toBe(plain);
    const none = capabilitiesOf({ TERM: 'xterm-256color', NO_COLOR: '1' });
    expect(learn(none, { type: 'dcs', text: '1+r524742=38' }).colors).toBe('none');
  });
});
