// What /proc knows of processes.
import { readdirSync, readFileSync } from 'node:fs';

/** Sums a figure over all threads of the processes; a thread that ends meanwhile counts nothing. */
function sum(pids, file, read) {
  let total = 0;
  for (const pid of pids) {
    for (const thread of list(`/proc/${pid}/task`)) total += read(text(`/proc/${pid}/task/${thread}/${file}`));
  }
  return total;
}

/** Milliseconds on a CPU. */
export function cpuMs(pids) {
  return sum(pids, 'schedstat', (stat) => Number(stat.split(' ')[0] || 0)) / 1e6;
}

/** Times a thread gave up the CPU by itself: each is one wake-up. */
export function wakeups(pids) {
  return sum(pids, 'status', (status) => Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0));
}

export function residentMb(pids) {
  return (
    pids.reduce((total, pid) => total + Number(/^VmRSS:\s+(\d+)/m.exec(text(`/proc/${pid}/status`))?.[1] ?? 0), 0) /
    1024
  );
}

function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function text(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
