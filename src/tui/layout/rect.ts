// Rectangles of cells.

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && y >= rect.y && x < rect.x + rect.width && y < rect.y + rect.height;
}

/** The rectangle without `by` cells on each side; never negative. */
export function inset(rect: Rect, by: number): Rect {
  return {
    x: rect.x + by,
    y: rect.y + by,
    width: Math.max(0, rect.width - 2 * by),
    height: Math.max(0, rect.height - 2 * by),
  };
}

/** A rectangle of at most this size in the middle of another one. */
export function centered(outer: Rect, width: number, height: number): Rect {
  const [w, h] = [Math.min(width, outer.width), Math.min(height, outer.height)];
  return {
    x: outer.x + Math.floor((outer.width - w) / 2),
    y: outer.y + Math.floor((outer.height - h) / 2),
    width: w,
    height: h,
  };
}
