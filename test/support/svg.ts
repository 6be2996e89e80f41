// Draws an emulated screen as an SVG: what the program really painted, cell by cell.
import { BgFlag, CellWords, ColorMask, ColorMode, ColorModeMask, Content, FgFlag } from '../../src/terminal/cell.ts';
import { PaneMode, type VtEngine } from '../../src/terminal/engine.ts';

const cellWidth = 8.4;
const cellHeight = 17;
const foreground = '#d5d8e0';
const background = '#0f1117';
const base16 = [
  '#1c1f26',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#c8ccd4',
  '#5c6370',
  '#ff7b86',
  '#b5e08f',
  '#ffd68a',
  '#7fc4ff',
  '#dc9bf0',
  '#75d6e2',
  '#ffffff',
];

function paletteColor(index: number): string {
  if (index < 16) return base16[index] ?? foreground;
  if (index >= 232) {
    const grey = (8 + (index - 232) * 10).toString(16).padStart(2, '0');
    return `#${grey}${grey}${grey}`;
  }
  const level = (n: number): string => (n === 0 ? 0 : 55 + n * 40).toString(16).padStart(2, '0');
  const cube = index - 16;
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`;
}

function color(word: number, fallback: string): string {
  const mode = word & ColorModeMask;
  if (mode === ColorMode.rgb) return `#${(word & ColorMask).toString(16).padStart(6, '0')}`;
  if (mode === ColorMode.palette16 || mode === ColorMode.palette256) return paletteColor(word & 0xff);
  return fallback;
}

const xmlText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The whole screen as an SVG document. */
export function screenToSvg(engine: VtEngine): string {
  const { cols, rows } = engine;
  const words = new Uint32Array(cols * CellWords);
  const rects: string[] = [];
  const texts: string[] = [];
  for (let row = 0; row < rows; row++) {
    engine.readRow(row, words, 0);
    for (let col = 0; col < cols; col++) {
      const [content = 0, fgWord = 0, bgWord = 0] = words.subarray(col * CellWords, col * CellWords + 3);
      const width = (content & Content.widthMask) >>> Content.widthShift;
      if (width === 0) continue;
      let fg = color(fgWord, foreground);
      let bg = color(bgWord, background);
      const cursor = engine.cursorX === col && engine.cursorY === row && (engine.modes & PaneMode.cursorHidden) === 0;
      if (((fgWord & FgFlag.inverse) !== 0) !== cursor) [fg, bg] = [bg, fg];
      const x = (col * cellWidth).toFixed(1);
      const y = row * cellHeight;
      if (bg !== background)
        rects.push(
          `<rect x="${x}" y="${y}" width="${(cellWidth * width + 0.3).toFixed(1)}" height="${cellHeight}" fill="${bg}"/>`,
        );
      const text =
        (content & Content.cluster) !== 0
          ? engine.cluster(content & Content.codePointMask)
          : (content & Content.codePointMask) === 0
            ? ''
            : String.fromCodePoint(content & Content.codePointMask);
      if (text.trim() === '') continue;
      const style = [
        (fgWord & FgFlag.bold) !== 0 ? ' font-weight="bold"' : '',
        (bgWord & BgFlag.italic) !== 0 ? ' font-style="italic"' : '',
        (bgWord & BgFlag.dim) !== 0 ? ' opacity="0.6"' : '',
        (fgWord & FgFlag.underline) !== 0 ? ' text-decoration="underline"' : '',
        (fgWord & FgFlag.strike) !== 0 ? ' text-decoration="line-through"' : '',
      ].join('');
      texts.push(`<text x="${x}" y="${y + 13}" fill="${fg}"${style}>${xmlText(text)}</text>`);
    }
  }
  const size = `${(cols * cellWidth).toFixed(0)} ${rows * cellHeight}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve"><rect width="100%" height="100%" fill="${background}"/>${rects.join('')}${texts.join('')}</svg>\n`;
}
