import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVirtualTerminal } from '../../../test/support/virtual-terminal.ts';
import { CellTable } from '../../terminal/cell-table.ts';
import { Grid } from '../../terminal/grid.ts';
import { type Mouse, MouseButton, makeKey } from '../../terminal/keys.ts';
import { FrameEncoder } from '../cell/encode.ts';
import { loadTheme } from '../theme/theme.ts';
import { type Overlay, openOverlay } from './overlay.ts';
import { createWidgetScreen, loadBlessed, sweepWidgets } from './shim.ts';

const press = (overlay: Overlay, ...names: string[]): void => {
  for (const name of names) overlay.key(makeKey(name));
};
const type = (overlay: Overlay, text: string): void => {
  for (const character of text) overlay.key(makeKey(character === ' ' ? 'space' : character));
};
const click = (overlay: Overlay, x: number, y: number): void => {
  const mouse: Mouse = { action: 'press', button: MouseButton.left, x, y, ctrl: false, alt: false, shift: false };
  overlay.mouse(mouse);
  overlay.mouse({ ...mouse, action: 'release' });
};

async function setup(cols = 80, rows = 24) {
  const host = { size: { cols, rows }, theme: loadTheme('dark'), frames: 0, damage: () => void host.frames++ };
  const overlay = await openOverlay(host);
  const table = new CellTable();
  return {
    host,
    overlay,
    table,
    /** The screen as text, drawn over `below`. */
    draw(below?: Grid): Grid {
      const grid = new Grid(host.size.cols, host.size.rows, table);
      if (below) grid.blit(below, 0, 0, below.cols, below.rows, 0, 0);
      overlay.draw(grid);
      return grid;
    },
  };
}

const rowsOf = (grid: Grid): string[] => Array.from({ length: grid.rows }, (_, y) => grid.rowText(y));
const place = (grid: Grid, text: string): { x: number; y: number } => {
  const y = rowsOf(grid).findIndex((row) => row.includes(text));
  let x = 0;
  while (x < grid.cols && !grid.rowText(y, x).startsWith(text)) x++;
  return { x, y };
};

const watched = ['uncaughtException', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGWINCH', 'exit'] as const;
const listeners = (): number[] => watched.map((event) => process.listenerCount(event));
let before: number[] = [];

beforeAll(() => {
  before = listeners();
});

afterAll(() => {
  expect(listeners()).toEqual(before);
});

const agents = [
  { label: 'claude', hint: '2.1.329', value: 'claude' },
  { label: 'codex', hint: '0.169', value: 'codex' },
  { label: 'gemini', hint: 'no login', disabled: 'gemini has no credential: press C', value: 'gemini' },
  { label: '日本語エージェント 🚀', value: 'wide' },
];

describe('a list', () => {
  test('shows its title, items and what the keys do', async () => {
    const { overlay, draw } = await setup();
    overlay.showList({ title: 'start an agent', items: agents });
    const text = rowsOf(draw()).join('\n');
    for (const part of [
      '┌─ start an agent ',
      'claude',
      '2.1.329',
      '日本語エージェント 🚀',
      'enter choose   esc back',
      '┘',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('gives what was chosen, and closes', async () => {
    const { overlay, draw } = await setup();
    const dialog = overlay.showList({ title: 'agents', items: agents });
    press(overlay, 'down', 'enter');
    expect(await dialog.result).toBe('codex');
    expect(overlay.isOpen).toBe(false);
    expect(rowsOf(draw()).join('')).toBe('');
  });

  test('escape gives nothing', async () => {
    const { overlay } = await setup();
    const dialog = overlay.showList({ title: 'agents', items: agents });
    press(overlay, 'escape');
    expect(await dialog.result).toBeNull();
  });

  test('an item that cannot be chosen says why and stays', async () => {
    const { overlay, draw } = await setup();
    overlay.showList({ title: 'agents', items: agents, selected: 2 });
    press(overlay, 'enter');
    expect(overlay.isOpen).toBe(true);
    expect(rowsOf(draw()).join('\n')).toContain('gemini has no credential: press C');
    press(overlay, 'down');
    expect(rowsOf(draw()).join('\n')).toContain('enter choose');
  });

  test('narrows down as one types, with the cursor after the text', async () => {
    const { overlay, draw } = await setup();
    const dialog = overlay.showList({ title: 'agents', items: agents, filterable: true });
    type(overlay, '本');
    const grid = draw();
    const text = rowsOf(grid).join('\n');
    expect(text).toContain('> 本');
    expect(text).not.toContain('claude');
    const prompt = place(grid, '> 本');
    expect(overlay.cursor).toMatchObject({ x: prompt.x + 4, y: prompt.y });
    press(overlay, 'backspace');
    expect(rowsOf(draw()).join('\n')).toContain('claude');
    type(overlay, 'nothing like it');
    expect(rowsOf(draw()).join('\n')).toContain('nothing here');
    press(overlay, 'enter');
    expect(overlay.isOpen).toBe(true);
    overlay.key(makeKey('u', { ctrl: true }));
    overlay.paste('codex');
    press(overlay, 'enter');
    expect(await dialog.result).toBe('codex');
  });

  test('is clicked: first to mark, then to choose', async () => {
    const { overlay, draw } = await setup();
    const dialog = overlay.showList({ title: 'agents', items: agents });
    const at = place(draw(), 'codex');
    click(overlay, at.x, at.y);
    expect(overlay.isOpen).toBe(true);
    draw();
    click(overlay, at.x, at.y);
    expect(await dialog.result).toBe('codex');
  });

  test('scrolls when it is longer than the screen', async () => {
    const { overlay, draw } = await setup(80, 12);
    const items = Array.from({ length: 100 }, (_, index) => ({ label: `item ${index}`, value: index }));
    const dialog = overlay.showList({ title: 'many', items });
    press(overlay, 'end');
    expect(rowsOf(draw()).join('\n')).toContain('item 99');
    press(overlay, 'pageup', 'enter');
    expect(await dialog.result).toBe(99 - 7);
  });

  test('takes new items while it is open', async () => {
    const { overlay, draw } = await setup();
    const dialog = overlay.showList({ title: 'agents', items: agents });
    press(overlay, 'end');
    dialog.setItems(agents.slice(0, 1));
    expect(rowsOf(draw()).join('\n')).not.toContain('codex');
    press(overlay, 'enter');
    expect(await dialog.result).toBe('claude');
  });

  test('marks the chosen row in the colours of the theme, exactly', async () => {
    const { overlay, draw, host } = await setup();
    overlay.showList({ title: 'agents', items: agents });
    const grid = draw();
    const at = place(grid, 'claude');
    const words = grid.words.subarray((at.y * grid.cols + at.x) * 4);
    const style = host.theme.style('dialog.selection');
    expect([words[1], words[2]]).toEqual([style.fg, style.bg]);
    const light = loadTheme('light');
    overlay.setTheme(light);
    const again = draw();
    const now = again.words.subarray((at.y * grid.cols + at.x) * 4);
    expect([now[1], now[2]]).toEqual([light.style('dialog.selection').fg, light.style('dialog.selection').bg]);
  });
});

describe('a text', () => {
  test('is wrapped, scrolled and closed', async () => {
    const { overlay, draw } = await setup(40, 12);
    const text = Array.from(
      { length: 30 },
      (_, line) => `line ${line} 日本語 and a good many more words than fit`,
    ).join('\n');
    const dialog = overlay.showText({ title: 'log of npm ci', text: `\u001b[31m${text}` });
    expect(rowsOf(draw()).join('\n')).toContain('line 0 日本語');
    press(overlay, 'end');
    expect(rowsOf(draw()).join('\n')).toContain('line 29 日本語');
    press(overlay, 'escape');
    expect(await dialog.result).toBeNull();
  });
});

describe('a question', () => {
  const answers = [
    { key: 'y', label: 'stop the server, 3 agents end', value: true },
    { key: 'n', label: 'leave it running', value: false },
  ];

  test('marks the harmless answer at first', async () => {
    const { overlay, draw } = await setup();
    const dialog = overlay.ask({ title: 'stop the server', text: 'three agents are still working', answers });
    expect(rowsOf(draw()).join('\n')).toContain('three agents are still working');
    press(overlay, 'enter');
    expect(await dialog.result).toBe(false);
  });

  test('is answered by its key, by arrows, by escape', async () => {
    const { overlay } = await setup();
    const byKey = overlay.ask({ title: 'stop', text: 'sure', answers });
    press(overlay, 'y');
    expect(await byKey.result).toBe(true);
    const byArrow = overlay.ask({ title: 'stop', text: 'sure', answers });
    press(overlay, 'up', 'enter');
    expect(await byArrow.result).toBe(true);
    const byEscape = overlay.ask({ title: 'stop', text: 'sure', answers });
    press(overlay, 'escape');
    expect(await byEscape.result).toBeNull();
  });

  test('over another dialog gives the keys back to it', async () => {
    const { overlay } = await setup();
    const list = overlay.showList({ title: 'agents', items: agents });
    const question = overlay.ask({ title: 'stop', text: 'sure', answers });
    press(overlay, 'escape');
    expect(await question.result).toBeNull();
    press(overlay, 'down', 'enter');
    expect(await list.result).toBe('codex');
  });

  test('all go away at once', async () => {
    const { overlay } = await setup();
    const list = overlay.showList({ title: 'agents', items: agents });
    const question = overlay.ask({ title: 'stop', text: 'sure', answers });
    overlay.closeAll();
    expect(await Promise.all([list.result, question.result])).toEqual([null, null]);
    expect(overlay.isOpen).toBe(false);
  });
});

describe('over live panes', () => {
  const noise = ['日本語', '🚀 ', '👨‍👩‍👧', 'abc', '─│', 'é́', ' ', '한글'];
  const fillNoise = (grid: Grid, seed: number): void => {
    let state = seed;
    for (let y = 0; y < grid.rows; y++) {
      for (let x = 0; x < grid.cols; ) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const used = grid.text(x, y, noise[(state >>> 8) % noise.length] as string, 0x3000000 | (state >>> 8), 0);
        x += Math.max(1, used);
      }
    }
  };

  test('a dialog that opens, moves with the window and closes leaves no wrong cell', async () => {
    const { overlay, host, table } = await setup(100, 30);
    const virtual = await createVirtualTerminal({ cols: 100, rows: 30 });
    const encoder = new FrameEncoder();
    virtual.screen.feed(new Uint8Array(Buffer.from('\x1b[?7l')));
    const show = (seed: number): void => {
      const below = new Grid(host.size.cols, host.size.rows, table);
      fillNoise(below, seed);
      const grid = new Grid(host.size.cols, host.size.rows, table);
      grid.blit(below, 0, 0, below.cols, below.rows, 0, 0);
      overlay.draw(grid);
      const frame = encoder.encode(grid, { x: 0, y: 0, visible: false, style: 0 });
      if (frame) virtual.screen.feed(frame);
      const shown = virtual.text();
      for (let y = 0; y < grid.rows; y++) expect(shown[y], `row ${y}`).toBe(grid.rowText(y));
      // Outside the dialog every cell is the pane's own, or a blank where a wide character was cut.
      let foreign = 0;
      for (let at = 0; at < grid.words.length; at += 4) {
        if (grid.words[at + 2] === below.words[at + 2] && grid.words[at] !== below.words[at]) {
          if (grid.words[at] !== 1 << 22) foreign++;
        }
      }
      expect(foreign).toBe(0);
    };
    show(1);
    const dialog = overlay.showList({ title: 'エージェント', items: agents });
    for (let seed = 2; seed < 6; seed++) show(seed);
    for (const [cols, rows] of [
      [80, 24],
      [20, 5],
      [121, 41],
    ] as const) {
      host.size = { cols, rows };
      virtual.resize(cols, rows);
      overlay.resize({ cols, rows });
      show(cols);
    }
    press(overlay, 'escape');
    await dialog.result;
    show(9);
  });
});

describe('the widgets', () => {
  test('of closed dialogs are not kept', async () => {
    const blessed = await loadBlessed();
    const { screen, parent } = createWidgetScreen(blessed, { cols: 80, rows: 24 }, () => undefined);
    for (let round = 0; round < 100; round++) {
      const box = blessed.box({ parent } as object);
      const list = blessed.list({ parent: box, mouse: true, keys: true, items: ['a', 'b', 'c'] } as object);
      list.focus();
      box.destroy();
      sweepWidgets(screen);
    }
    expect([screen.clickable.length, screen.keyable.length, screen.history.length]).toEqual([0, 0, 0]);
  });

  test('write nothing anywhere by themselves', async () => {
    const { overlay, host } = await setup();
    overlay.showList({ title: 'agents', items: agents });
    press(overlay, 'down');
    expect(host.frames).toBeGreaterThan(1);
  });
});
