// What the terminal shows is what the panes are, cell by cell: text, width, colours, attributes, underlines and links.
// The panes' cells come from the server by a second viewer, the terminal's by parsing what the program wrote to it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Client } from '../../src/client/connect.ts';
import type { PaneMirror } from '../../src/terminal/mirror.ts';
import { Desk } from '../support/desk.ts';
import type { OuterPty } from '../support/outer-pty.ts';
import { type Box, findBox, PaneWatch, wrongCells } from '../support/pane-watch.ts';
import { until } from '../support/until.ts';
import { randomPieces } from '../support/vt-streams.ts';

let desk: Desk;
let client: Client;
let watch: PaneWatch;
beforeEach(async () => {
  desk = new Desk();
  client = await desk.connect();
  watch = new PaneWatch(client);
});
afterEach(async () => {
  watch.close();
  client.close();
  await desk.clear();
});

const marker = 'END-OF-OUTPUT';

/** A program that waits for a key, prints these bytes and then a marker at the bottom, and stays. */
function player(name: string, bytes: string): { id: string; pane: PaneMirror } {
  const file = join(desk.place, name);
  writeFileSync(file, bytes);
  const rest = String.raw`\033[0m\033[?1049l\033[?6l\033[r\033[999;1H${marker}`;
  const { id } = desk.startProgram(`stty -echo; read go; cat '${file}'; printf '${rest}'; exec cat`);
  return { id, pane: watch.watch(id) };
}

const shows = (pane: PaneMirror, text: string): boolean =>
  Array.from({ length: pane.rows }, (_, row) => pane.grid.rowText(row)).some((line) => line.includes(text));

/** The cells of pane `number` are on the terminal, but for what covers them. */
function wrongIn(terminal: OuterPty, number: number, pane: PaneMirror, covered: Box[] = []): string[] {
  const title = `┌ ${number} `;
  const frame = findBox(terminal, title);
  if (frame === null) return [`no pane ${number}`];
  return wrongCells(terminal, pane, frame.x + 1, frame.y + 1, covered);
}

async function agrees(what: string, wrong: () => string[]): Promise<void> {
  let last: string[] = [];
  await until(
    what,
    () => {
      last = wrong();
      return last.length === 0;
    },
    10_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${last.length} wrong cells, first ${last.slice(0, 3).join('; ')}`);
  });
}

function truecolor(frames: number): string {
  const pieces: string[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    pieces.push('\x1b[H');
    for (let row = 0; row < 22; row += 1) {
      for (let col = 0; col < 78; col += 1) {
        const [r, g, b] = [(col * 3 + frame) % 256, (row * 11 + frame) % 256, (col * row + frame) % 256];
        pieces.push(`\x1b[38;2;${r};${g};${b};48;2;${b};${r};${g}m${String.fromCodePoint(33 + ((col + row) % 90))}`);
      }
      pieces.push('\x1b[0m\r\n');
    }
  }
  return pieces.join('');
}

test('a scroll flood, 24-bit colours and every kind of character, side by side', async () => {
  const log = Array.from(
    { length: 20_000 },
    (_, line) => `line ${line} of a build log \x1b[3${line % 8}mcoloured\x1b[0m\r\n`,
  );
  const torture = (seed: number): string => randomPieces(seed, 1500, 78, 20).join('');
  const panes = [
    player('log', log.join('')),
    player('colours', truecolor(40)),
    player('torture-1', torture(1)),
    player('torture-2', torture(2)),
  ];
  const user = await desk.sitDown({ cols: 200, rows: 50 });
  await user.sees('┌ 4 ');
  for (const { id } of panes) desk.sesame('send', id, 'go');
  for (const [index, { pane }] of panes.entries()) {
    await until(`the end of ${index + 1}`, () => shows(pane, marker), 30_000);
  }
  for (const [index, { pane }] of panes.entries()) {
    await agrees(`pane ${index + 1} is shown`, () => wrongIn(user, index + 1, pane));
  }
  expect(panes.every(({ pane }) => pane.cols > 60 && pane.rows > 15)).toBe(true);
});

test('dialogs over live panes: opened, moved by a resize, closed, and nothing of them stays', async () => {
  // Each prints a screenful of wide and coloured characters for every line it reads.
  const scene = String.raw`while read n; do i=0; while [ $i -lt 12 ]; do printf '\033[4%dm\033[K日本 %s 👍🏽 \033[0m│é─%s\033[K\r\n' $((n % 8)) $i $n; i=$((i+1)); done; done`;
  const panes = [1, 2, 3, 4].map(() => {
    const { id } = desk.startProgram(`stty -echo; ${scene}`);
    return { id, pane: watch.watch(id) };
  });
  const user = await desk.sitDown({ cols: 160, rows: 44 });
  await user.sees('┌ 4 ');
  let step = 0;
  const draw = async (): Promise<void> => {
    step += 1;
    for (const { id } of panes) {
      await client.call('input', { params: { id: id as never }, body: { text: String(step), submit: true } });
    }
    await until('the panes drew', () => panes.every(({ pane }) => shows(pane, `─${step}`)));
  };
  const check = (what: string, dialog: string | null): Promise<void> =>
    agrees(what, () => {
      const box = dialog === null ? null : findBox(user, dialog);
      if (dialog !== null && box === null) return [`no dialog ${dialog}`];
      const covered = box === null ? [] : [box];
      // A pane whose corner is under the dialog is found by the others in its row and column.
      return panes.flatMap(({ pane }, index) => {
        const at = places[index];
        return at === undefined ? ['no place'] : wrongCells(user, pane, at.x + 1, at.y + 1, covered);
      });
    });
  let places: Box[] = [];
  const settle = async (): Promise<void> => {
    await agrees('four panes', () => panes.flatMap(({ pane }, index) => wrongIn(user, index + 1, pane)));
    places = panes.flatMap((_, index) => findBox(user, `┌ ${index + 1} `) ?? []);
  };

  await draw();
  await settle();
  for (const { key, dialog } of [
    { key: ':', dialog: '┌─ go to' },
    { key: '?', dialog: '┌─ help' },
  ]) {
    user.write(key);
    await user.sees(dialog);
    await check(`${dialog} opened`, dialog);
    await draw();
    await check(`${dialog} over panes that went on`, dialog);
    user.resize(130, 36);
    await until('the panes have the new size', () => panes.every(({ pane }) => pane.cols < 70));
    await draw();
    // Where the panes stand at this size is seen once the dialog is gone.
    user.write('\x1b');
    await user.until((screen) => !screen.includes(dialog), `${dialog} closed`);
    await settle();
    user.write(key);
    await user.sees(dialog);
    await draw();
    await check(`${dialog} at the new size`, dialog);
    user.write('\x1b');
    await user.until((screen) => !screen.includes(dialog), `${dialog} closed`);
    await check('nothing of it stays', null);
    user.resize(160, 44);
    await until('the panes have the old size', () => panes.every(({ pane }) => pane.cols > 70));
    await draw();
    await settle();
  }
});
