// What is measured. Each function runs one product once, in a directory of its own, and returns plain figures.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { corpora } from './corpora.ts';
import { now, pause } from './outer.js';
import { cpuMs, residentMb, wakeups } from './proc.js';
import { makePipe } from './programs.js';

/** Not in any corpus, and no letter of it. */
const marker = 'ZQXJZQXJKZ';
const keys = 'QUVWY';

/** @param {number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Opens a client and waits until the first program is drawn. */
async function attached(bench) {
  const outer = bench.open(bench.product.attach());
  await outer.waitForText('READY');
  await outer.quiet();
  return { outer, pids: [...(await bench.product.serverPids()), outer.pid] };
}

/** A corpus printed by a program until the marker after it is on the outer terminal. */
export async function throughput(bench, { corpus, megabytes }) {
  const bytes = corpora[corpus](megabytes);
  const file = join(bench.directory, 'corpus');
  writeFileSync(file, bytes);
  const pipe = makePipe(join(bench.directory, 'pipe'));
  await bench.product.create(bench.programs.onCommand(pipe));
  const { outer, pids } = await attached(bench);
  const cpuBefore = pids.map((pid) => cpuMs([pid]));
  const sentBefore = outer.bytes;
  const seen = outer.waitForText(marker, 240_000);
  const from = now();
  command(pipe, `cat ${file}; printf '\\033[0m\\r\\n%s\\r\\n' ${marker}`);
  const wallMs = (await seen) - from;
  await outer.quiet(300);
  const size = bytes.length / 1e6;
  // In the order server, holder if there is one, client.
  const each = pids.map((pid, i) => (cpuMs([pid]) - cpuBefore[i]) / size);
  return {
    mbPerSecond: (size / wallMs) * 1000,
    cpuMsPerMb: each.reduce((total, ms) => total + ms, 0),
    cpuMsPerMbEach: each,
    sentMb: (outer.bytes - sentBefore) / 1e6,
    residentMb: residentMb(pids),
  };
}

/** Runs a shell command in the pane that reads the pipe. */
function command(pipe, line) {
  const fd = openSync(pipe, 'w');
  writeSync(fd, `${line}\n`);
  closeSync(fd);
}

/** Key to cell, while `floods` hidden panes print without end. */
export async function echo(bench, { count, floods }) {
  await bench.product.create(bench.programs.echo);
  for (let i = 0; i < floods; i++) await bench.product.create(bench.programs.flood);
  const outer = bench.open(bench.product.attach());
  // Under floods the client may attach late; the program itself drew its text long before.
  await outer.waitForText('READY', 60_000);
  await pause(1000);
  const pids = [...(await bench.product.serverPids()), outer.pid];
  const times = [];
  let lost = 0;
  const cpuBefore = cpuMs(pids);
  const from = now();
  for (let i = 0; i < count && lost < 5; i++) {
    const key = keys[i % keys.length];
    const seen = outer.waitForText(key, 5000);
    const pressed = now();
    outer.write(key);
    try {
      times.push((await seen) - pressed);
    } catch {
      lost++;
    }
    await pause(8 + ((i * 7) % 15));
  }
  const wallMs = now() - from;
  return {
    p50Ms: percentile(times, 0.5),
    p90Ms: percentile(times, 0.9),
    p99Ms: percentile(times, 0.99),
    maxMs: Math.max(...times),
    lost,
    cpuPercent: ((cpuMs(pids) - cpuBefore) / wallMs) * 100,
  };
}

/** Quiet sessions with a client attached. */
export async function idle(bench, { sessions, seconds }) {
  for (let i = 0; i < sessions; i++) await bench.product.create(bench.programs.idle);
  const { outer, pids } = await attached(bench);
  // Start-up work (compiling, collecting garbage) should be over.
  await pause(4000);
  const cpuBefore = cpuMs(pids);
  const wakeupsBefore = wakeups(pids);
  const sentBefore = outer.bytes;
  const from = now();
  await pause(seconds * 1000);
  const wallMs = now() - from;
  return {
    cpuPercent: ((cpuMs(pids) - cpuBefore) / wallMs) * 100,
    wakeupsPerSecond: ((wakeups(pids) - wakeupsBefore) / wallMs) * 1000,
    sentBytes: outer.bytes - sentBefore,
    residentMb: residentMb(pids),
  };
}

/** Client start to the first and the last row of a full page. */
export async function attach(bench, { count }) {
  await bench.product.create(bench.programs.page(bench.rows));
  await pause(1000);
  const times = [];
  for (let i = 0; i < count; i++) {
    const outer = bench.open(bench.product.attach());
    const isFull = (text) => text.includes('TOPMARK') && text.includes('BOTMARK');
    times.push((await outer.waitFor(isFull, 15_000, 'the page')) - outer.startedAt);
    await outer.quiet(100, 1000);
    await outer.close();
  }
  return { p50Ms: percentile(times, 0.5), p90Ms: percentile(times, 0.9), maxMs: Math.max(...times) };
}

/** Nothing running to the first text on the outer terminal. */
export async function coldStart(bench) {
  const outer = bench.open(bench.product.coldStart(bench.programs.idle));
  const firstMs = (await outer.waitFor((text) => /\S/.test(text), 15_000, 'any text')) - outer.startedAt;
  await outer.quiet(500, 5000);
  return { firstMs };
}
