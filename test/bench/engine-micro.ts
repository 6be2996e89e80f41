// CPU of the emulator alone, ms per MB, for each corpus: `node test/bench/engine-micro.ts [MB]`.
import { CellWords } from '../../src/terminal/cell.ts';
import { CellTable } from '../../src/terminal/cell-table.ts';
import { DamageTracker } from '../../src/terminal/damage.ts';
import { ScreenDiffer } from '../../src/terminal/differ.ts';
import type { VtListener } from '../../src/terminal/engine.ts';
import { PaneMirror } from '../../src/terminal/mirror.ts';
import { loadEngine } from '../../src/terminal/xterm-engine.ts';
import { corpora } from './corpora.ts';

const megabytes = Number(process.argv[2] ?? 20);
const pieceBytes = 1 << 14;
const quiet = (): void => undefined;
const listener: VtListener = {
  reply: quiet,
  title: quiet,
  bell: quiet,
  notification: quiet,
  progress: quiet,
  programStatus: quiet,
  clipboard: quiet,
  osc: quiet,
};

const createEngine = await loadEngine();
for (const [name, make] of Object.entries(corpora)) {
  const bytes = make(name === 'region' ? megabytes / 10 : megabytes, '\r\n');
  const engine = createEngine({ cols: 80, rows: 24, scrollback: 10_000, listener });
  const differ = new ScreenDiffer(new DamageTracker(engine).watch());
  const mirror = new PaneMirror(new CellTable());
  const spent = (run: () => void): number => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  let diffMs = 0;
  let cells = 0;
  const total = spent(() => {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      engine.feed(bytes.subarray(at, at + pieceBytes));
      // About one frame for 128 KiB, as a viewer would get under a flood.
      if ((at / pieceBytes) % 8 !== 0) continue;
      diffMs += spent(() => {
        const frame = differ.diff();
        if (!frame) return;
        for (const span of frame.spans) cells += span.words.length / CellWords;
        mirror.apply(frame);
      });
    }
  });
  const size = bytes.length / 1e6;
  console.log(
    `${name.padEnd(10)} parse ${((total - diffMs) / size).toFixed(1).padStart(6)} ms/MB   diff+mirror ${(diffMs / size).toFixed(2)} ms/MB   ${Math.round(cells / size)} cells/MB`,
  );
  engine.dispose();
}
