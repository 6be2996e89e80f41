// A vitest reporter: the matrix agent x scenario, printed at the end of the run and written as JSON. With
// UPDATE_AGENTS_DOC=1 it is also kept in docs/agents.md, with the versions that were run.
//
// A test of the matrix is called `<scenario>` inside `describe('<agent>')` and says its version by `task.meta.version`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { realAgents } from '../agents/real-agents.ts';
import { notChosen, scenarios } from '../agents/scenarios.ts';
import { agentCache } from './agent-cache.ts';
import { addTruth, allowed, type Truth, type TruthSum } from './status-truth.ts';

declare module 'vitest' {
  interface TaskMeta {
    version?: string;
    truth?: TruthSum;
    /** Figures to be printed at the end. */
    notes?: string[];
  }
}

export interface Cell {
  result: 'pass' | 'fail' | 'skipped';
  /** Why it was skipped, or how it failed. */
  reason: string | null;
  version: string | null;
}

export type Matrix = Record<string, Record<string, Cell>>;

const jsonFile = (): string => resolve(agentCache(), '..', 'agents-matrix.json');
const page = 'docs/agents.md';
const begin = '<!-- matrix: made by UPDATE_AGENTS_DOC=1 npm run test:agents -->';
const end = '<!-- end of the matrix -->';

export default class AgentMatrix implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const matrix: Matrix = {};
    const truth: Record<string, TruthSum> = {};
    const durations: Record<string, number> = {};
    const notes: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { parent } = test;
        if (parent.type !== 'suite') continue;
        notes.push(...(test.meta().notes ?? []));
        const agent = parent.name;
        if (!realAgents.some((known) => known === agent)) continue;
        const sum = test.meta().truth;
        if (sum !== undefined) truth[agent] = addTruth(truth[agent], sum);
        const cell = cellOf(test);
        if (cell !== null) matrix[agent] = { ...matrix[agent], [test.name]: cell };
        durations[agent] = (durations[agent] ?? 0) + (test.diagnostic()?.duration ?? 0);
      }
    }
    // Of a run of some agents or scenarios only: the others keep their last result.
    const all = readJson();
    for (const [agent, cells] of Object.entries(matrix)) all[agent] = { ...ofVersion(all[agent], cells), ...cells };
    mkdirSync(dirname(jsonFile()), { recursive: true });
    writeFileSync(jsonFile(), `${JSON.stringify(all, null, 2)}\n`);
    console.log(['', asText(matrix), truthText(truth), durationText(durations), notes.join('\n')].join('\n\n'));
    if (process.env['UPDATE_AGENTS_DOC'] === '1') writePage(all);
  }
}

/** What is known of the version that was run now. */
function ofVersion(known: Record<string, Cell> = {}, now: Record<string, Cell>): Record<string, Cell> {
  const version = Object.values(now)[0]?.version ?? null;
  return Object.fromEntries(Object.entries(known).filter(([, cell]) => cell.version === version));
}

/** Null for a test that was not to be run. */
function cellOf(test: TestCase): Cell | null {
  const result = test.result();
  const version = test.meta().version ?? null;
  if (result.state === 'passed') return { result: 'pass', reason: null, version };
  if (result.state === 'failed') {
    return { result: 'fail', reason: result.errors[0]?.message.split('\n')[0] ?? 'failed', version };
  }
  const reason = result.state === 'skipped' ? result.note : undefined;
  return reason === undefined || reason === notChosen ? null : { result: 'skipped', reason, version };
}

function rowsOf(matrix: Matrix): Array<{ agent: string; version: string; cells: Array<Cell | null> }> {
  return realAgents
    .filter((agent) => agent in matrix)
    .map((agent) => ({
      agent,
      version: Object.values(matrix[agent] ?? {}).find((cell) => cell.version !== null)?.version ?? '-',
      cells: scenarios.map((scenario) => matrix[agent]?.[scenario] ?? null),
    }));
}

function reasonsOf(matrix: Matrix): string[] {
  return rowsOf(matrix).flatMap(({ agent, cells }) =>
    cells.flatMap((cell, index) =>
      cell === null || cell.result === 'pass' ? [] : [`${agent} ${scenarios[index]}: ${cell.result}: ${cell.reason}`],
    ),
  );
}

/** Scenarios down, agents across: there are more of the former. */
function asText(matrix: Matrix): string {
  const rows = rowsOf(matrix);
  const width = Math.max(...scenarios.map((name) => name.length)) + 2;
  const head = ''.padEnd(width) + rows.map(({ agent }) => agent.padEnd(11)).join('');
  const lines = scenarios.map(
    (scenario, index) =>
      scenario.padEnd(width) + rows.map(({ cells }) => (cells[index]?.result ?? '-').padEnd(11)).join(''),
  );
  const versions = 'version'.padEnd(width) + rows.map(({ version }) => version.slice(0, 10).padEnd(11)).join('');
  return [head, versions, ...lines, '', ...reasonsOf(matrix)].join('\n');
}

const truths: Record<Truth, string> = {
  busy: 'the model answers',
  between: 'the program acts or asks',
  over: 'the turn is over',
};

/** The confusion table: down what the model server knew to be true, across what the session said, in seconds. */
function truthText(byAgent: Record<string, TruthSum>): string {
  const all = Object.values(byAgent).reduce<TruthSum | undefined>((sum, one) => addTruth(sum, one), undefined);
  if (all === undefined) return 'no status was judged';
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  const count = (agent: string, { runs, early, late }: TruthSum): string =>
    `${agent.padEnd(10)}${runs} runs; done while the model answered: ${early.runs}, for ${seconds(early.longestMs)} s at most, ` +
    `${early.wrong} wrong (${seconds(allowed.earlyMs)} s); working after the turn: ${late.runs}, for ` +
    `${seconds(late.longestMs)} s at most, ${late.wrong} wrong (${seconds(allowed.lateMs)} s)`;
  const words = [...new Set(Object.values(all.confusion).flatMap((row) => Object.keys(row)))].sort();
  const widths = words.map((word) => Math.max(word.length, 7) + 2);
  const rows = Object.entries(all.confusion).map(
    ([truth, row]) =>
      truths[truth as Truth].padEnd(26) +
      words.map((word, at) => (word in row ? seconds(row[word] ?? 0) : '-').padStart(widths[at] ?? 0)).join(''),
  );
  return [
    `${'seconds of status'.padEnd(26)}${words.map((word, at) => word.padStart(widths[at] ?? 0)).join('')}`,
    ...rows,
    '',
    ...Object.entries(byAgent).map(([agent, sum]) => count(agent, sum)),
    count('all', all),
  ].join('\n');
}

function durationText(durations: Record<string, number>): string {
  const parts = Object.entries(durations).map(([agent, ms]) => `${agent} ${Math.round(ms / 1000)} s`);
  return `took ${parts.join(', ')}`;
}

function writePage(matrix: Matrix): void {
  const rows = rowsOf(matrix);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [
    line(['', ...rows.map(({ agent }) => agent)]),
    line(['---', ...rows.map(() => '---')]),
    line(['version', ...rows.map(({ version }) => version)]),
    ...scenarios.map((scenario, index) => line([scenario, ...rows.map(({ cells }) => cells[index]?.result ?? '-')])),
  ].join('\n');
  const reasons = reasonsOf(matrix).map((text) => `- ${text.replaceAll('|', '\\|')}`);
  const made = [begin, '', table, '', ...reasons, ...(reasons.length > 0 ? [''] : []), end].join('\n');
  const old = readText(page) ?? '# Agents\n\nEach agent, run for real against a scripted model.\n\n';
  const [before = '', rest = ''] = old.includes(begin) ? old.split(begin) : [old, ''];
  writeFileSync(page, `${before}${made}${rest.split(end)[1] ?? '\n'}`);
}

function readJson(): Matrix {
  const text = readText(jsonFile());
  return text === null ? {} : (JSON.parse(text) as Matrix);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
