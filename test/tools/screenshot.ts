// Makes the README's picture from the real program: `npm run screenshot`. It runs the demo in a terminal of its own,
// waits until agents work side by side, and draws that screen.
import { writeFileSync } from 'node:fs';
import { OuterPty } from '../support/outer-pty.ts';
import { screenToSvg } from '../support/svg.ts';

const [target = 'docs/screen.svg', columns = '120', rows = '34'] = process.argv.slice(2);
const outer = await OuterPty.open({
  argv: [process.execPath, 'bin/sesame.js', 'demo'],
  cols: Number(columns),
  rows: Number(rows),
});
try {
  await outer.until(
    (screen) => /● working/.test(screen) && (screen.match(/✓ (added|edited)/g)?.length ?? 0) >= 4,
    'agents at work',
    60_000,
  );
  writeFileSync(target, screenToSvg(outer.engine));
} finally {
  outer.write('q');
  await outer.exited(20_000).catch(() => outer.kill());
}
process.exit(0);
