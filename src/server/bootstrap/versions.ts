// Which of two versions is the newer one: numbers by their value, the rest by its letters.

/** Negative when `a` is older, 0 when neither is newer. A version with an addition (`-rc.1`) is older than without. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left.numbers[i] ?? 0) - (right.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.addition === right.addition) return 0;
  if (left.addition === '') return 1;
  if (right.addition === '') return -1;
  return left.addition.localeCompare(right.addition, 'en', { numeric: true });
}

function partsOf(version: string): { numbers: number[]; addition: string } {
  const [, numbers = '', addition = ''] = /^v?([\d.]*)(.*)$/.exec(version.split('+')[0] ?? '') ?? [];
  return { numbers: numbers.split('.').map(Number), addition };
}
