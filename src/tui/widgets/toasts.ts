// Short messages above the bottom bar, the newest lowest.
import { textWidth } from '../../terminal/width.ts';
import type { AppState, Toast } from '../state/app-state.ts';
import type { Role } from '../theme/roles.ts';
import type { Canvas } from './canvas.ts';

const roleOf: Record<Toast['kind'], Role> = {
  info: 'toast.info',
  success: 'toast.success',
  warning: 'toast.warning',
  error: 'toast.error',
};

export function drawToasts(canvas: Canvas, state: AppState): void {
  const { cols, rows } = canvas.grid;
  const widest = Math.min(cols - 2, 76);
  let bottom = rows - 1;
  for (const toast of state.toasts.toReversed()) {
    const lines = [
      ...wrapWords(toast.text, widest - 2),
      ...(toast.remedy === null ? [] : wrapWords(toast.remedy, widest - 2)),
    ];
    const height = Math.min(lines.length, 4);
    if (bottom - height < 1) return;
    const width = Math.min(widest, Math.max(...lines.map(textWidth)) + 2);
    const rect = { x: cols - width - 1, y: bottom - height, width, height };
    canvas.fill(rect, roleOf[toast.kind]);
    lines.slice(0, height).forEach((line, index) => {
      canvas.text(rect.x + 1, rect.y + index, line, roleOf[toast.kind], width - 2);
    });
    bottom = rect.y;
  }
}

/** Breaks a sentence at spaces into lines of at most `width` columns; a longer word is cut when it is drawn. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) > width && line !== '') {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}
