// `npm run bench`: tmux and sesame in the same run, one table. See README.md beside this file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { yieldEngineThreads } from '../../src/platform/threads.ts';
import * as measures from './measures.js';
import { Outer } from './outer.js';
import { products } from './products.js';
import { makePrograms } from './programs.js';

// What is measured shares two processors with who measures: compiling here must not look like a slow key there.
yieldEngineThreads();

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'throughput,echo,flood,idle,attach,start' },
    products: { type: 'string', default: 'tmux,sesame' },
    program: { type: 'string', default: fileURLToPath(new URL('../../bin/sesame.js', import.meta.url)) },
    size: { type: 'string', default: '80x24' },
    scrollback: { type: 'string', default: '10000' },
    mb: { type: 'string' },
    reps: { type: 'string' },
    keys: { type: 'string' },
    json: { type: 'string' },
  },
});

const [cols, rows] = options.size.split('x').map(Number);
const names = options.products.split(',');
const only = new Set(options.only.split(','));
const reps = Number(options.reps ?? (options.quick ? 1 : 3));
const megabytes = Number(options.mb ?? (options.quick ? 5 : 30));
const keyCount = Number(options.keys ?? (options.quick ? 50 : 300));

/**
 * A row of the table: which figure of which measurement, whether more is better, and what sesame must reach: a ratio
 * to tmux (`times`) or a limit of its own (`most`).
 */
const throughputRows = [
  { corpus: 'log', times: 0.9, cpuTimes: 1.0 },
  { corpus: 'truecolor', times: 1.3, cpuTimes: 0.7 },
  { corpus: 'long', times: 0.8, cpuTimes: null },
].flatMap(({ corpus, times, cpuTimes }) => {
  const run = {
    id: 'throughput',
    key: `throughput ${corpus}`,
    measure: measures.throughput,
    reps,
    with: { corpus, megabytes },
  };
  return [
    { ...run, label: `throughput ${corpus}`, figure: 'mbPerSecond', unit: 'MB/s', more: true, times },
    { ...run, label: `  CPU ${corpus}`, figure: 'cpuMsPerMb', unit: 'ms/MB', times: cpuTimes },
    { ...run, label: `  sent ${corpus}`, figure: 'sentMb', unit: 'MB' },
  ];
});
// A p99 of 300 keys is the third slowest: one stall of the machine decides it, so the median of several runs counts.
const echoRuns = [
  { id: 'echo', label: 'echo, idle', floods: 0, times: null },
  { id: 'flood', label: 'echo, 16 floods', floods: 16, times: 0.35 },
].flatMap(({ id, label, floods, times }) => {
  const run = { id, key: id, measure: measures.echo, reps: options.quick ? 1 : 5, with: { count: keyCount, floods } };
  return [
    { ...run, label: `${label} p50`, figure: 'p50Ms', unit: 'ms' },
    { ...run, label: '  p99', figure: 'p99Ms', unit: 'ms', times },
    { ...run, label: '  keys lost', figure: 'lost', unit: '' },
  ];
});
const idleRun = {
  id: 'idle',
  key: 'idle',
  measure: measures.idle,
  reps: 1,
  with: { sessions: 20, seconds: options.quick ? 4 : 15 },
};
const attachRun = {
  id: 'attach',
  key: 'attach',
  measure: measures.attach,
  reps: 1,
  with: { count: options.quick ? 4 : 15 },
};
const table = [
  ...throughputRows,
  ...echoRuns,
  { ...idleRun, label: 'idle, 20 sessions: CPU', figure: 'cpuPercent', unit: '%', most: 1 },
  { ...idleRun, label: '  wake-ups', figure: 'wakeupsPerSecond', unit: '/s' },
  { ...idleRun, label: '  memory', figure: 'residentMb', unit: 'MB' },
  { ...attachRun, label: 'attach p50', figure: 'p50Ms', unit: 'ms', most: 300 },
  { ...attachRun, label: '  p90', figure: 'p90Ms', unit: 'ms' },
  {
    id: 'start',
    key: 'start',
    label: 'cold start to first text',
    measure: measures.coldStart,
    reps: options.quick ? 2 : 7,
    with: {},
    figure: 'firstMs',
    unit: 'ms',
    most: 500,
  },
].filter((row) => only.has(row.id));

/** One product in a fresh directory; everything it started is gone afterwards. */
async function once(name, run) {
  // Short: socket paths are limited.
  const directory = mkdtempSync(join(tmpdir(), 'sb-'));
  const product = products[name]({
    directory,
    cols,
    rows,
    scrollback: Number(options.scrollback),
    program: options.program,
  });
  const opened = [];
  const bench = {
    directory,
    product,
    cols,
    rows,
    programs: makePrograms(join(directory, 'p')),
    open(argv) {
      const outer = new Outer(argv, { cols, rows, env: product.env, cwd: directory });
      opened.push(outer);
      return outer;
    },
  };
  try {
    if (run.id !== 'start') await product.start();
    return await run.measure(bench, run.with);
  } finally {
    for (const outer of opened) await outer.close();
    await product.stop().catch((error) => process.stderr.write(`${name} did not stop: ${error.message}\n`));
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Product by product within each repetition, so that what else the machine does hits both. */
async function pairs(run) {
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let i = 0; i < run.reps; i++) {
    for (const name of names) {
      process.stderr.write(`${run.key} ${i + 1}/${run.reps} ${name}\n`);
      try {
        results[name].push(await once(name, run));
      } catch (error) {
        process.stderr.write(`  failed: ${error.message}\n`);
        results[name].push({ error: error.message });
      }
    }
  }
  return results;
}

function median(results, figure) {
  const values = results.map((result) => result[figure]).filter((value) => Number.isFinite(value));
  return values.length === 0 ? Number.NaN : measures.percentile(values, 0.5);
}

function show(value) {
  if (!Number.isFinite(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** What sesame had to reach, and whether it did. */
function verdict(row, ratio, value) {
  const limit = row.times ?? row.most;
  if (limit === undefined || limit === null) return '';
  const measured = row.times ? ratio : value;
  const goal = `${row.more ? '>=' : '<='} ${limit}${row.times ? 'x' : ` ${row.unit}`}`;
  if (!Number.isFinite(measured)) return goal;
  return `${goal} ${(row.more ? measured >= limit : measured <= limit) ? 'yes' : 'NO'}`;
}

const all = {};
for (const row of table) all[row.key] ??= await pairs(row);

const head = ['', 'unit', ...names, names.length === 2 ? `${names[1]}/${names[0]}` : '', 'goal'];
const lines = table.map((row) => {
  const values = names.map((name) => median(all[row.key][name], row.figure));
  const ratio = values.length === 2 ? values[1] / values[0] : Number.NaN;
  const own = values[names.indexOf('sesame')];
  return [
    row.label,
    row.unit,
    ...values.map(show),
    Number.isFinite(ratio) ? `${show(ratio)}x` : '',
    own === undefined ? '' : verdict(row, ratio, own),
  ];
});
const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i].length)));
for (const line of [head, ...lines]) {
  console.log(
    line
      .map((cell, i) => (i > 1 && i < 2 + names.length + 1 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd(),
  );
}
const machine = { cpu: cpus()[0]?.model ?? '', cpus: cpus().length, kernel: release(), node: process.version };
console.log(
  `\n${cols}x${rows}, ${megabytes} MB, ${machine.cpus} CPUs (${machine.cpu}), Node ${machine.node}; medians of ${reps}`,
);
if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine, options, results: all }, null, 2)}\n`);
process.exit(0);
