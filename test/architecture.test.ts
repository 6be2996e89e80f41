// The walls of the source tree. ARCHITECTURE.md shows the same table; a change here is a decision, not a fix.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** What each folder of src may import from the others. */
const mayImport: Record<string, readonly string[]> = {
  domain: [],
  platform: ['domain'],
  terminal: ['domain'],
  protocol: ['domain'],
  holder: ['protocol', 'platform', 'domain'],
  agents: ['domain', 'terminal'],
  'demo-agent': ['domain'],
  server: ['domain', 'platform', 'terminal', 'protocol', 'agents'],
  client: ['domain', 'platform', 'protocol'],
  tui: ['domain', 'terminal', 'client'],
  cli: ['domain', 'platform', 'client'],
};

/** Folders that may be loaded by dynamic import only. */
const mayLoad: Record<string, readonly string[]> = { cli: ['tui', 'server', 'holder'] };

/** Packages with a door: the only folder that imports them. zod stands at every edge. */
const doors: Record<string, string> = {
  '@lydell/node-pty': 'holder',
  '@xterm/addon-unicode-graphemes': 'terminal',
  'neo-blessed': 'tui',
  'simple-git': 'server',
  hono: 'server',
  '@hono/node-server': 'server',
  execa: 'platform',
  conf: 'platform',
  commander: 'cli',
  tar: 'server',
  chalk: 'cli',
};

/** Files over 500 lines, each with its reason. */
const long: Record<string, string> = {};

interface Source {
  path: string;
  folder: string;
  text: string;
  imports: Array<{ to: string; dynamic: boolean; typeOnly: boolean }>;
}

const sources = readSources('src');

describe('the import table', () => {
  test('every folder imports only what the table allows', () => {
    const wrong: string[] = [];
    for (const source of sources) {
      for (const { to, dynamic } of source.imports) {
        if (!to.startsWith('src/')) continue;
        const target = to.split('/')[1]!;
        if (target === source.folder) continue;
        const allowed = [...(mayImport[source.folder] ?? []), ...(dynamic ? (mayLoad[source.folder] ?? []) : [])];
        if (!allowed.includes(target)) wrong.push(`${source.path} imports ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('every folder of src is in the table', () => {
    expect([...new Set(sources.map((source) => source.folder))].filter((folder) => !(folder in mayImport))).toEqual([]);
  });

  test('an outside package is imported in one folder', () => {
    const wrong: string[] = [];
    for (const source of sources) {
      for (const { to } of source.imports) {
        if (to.startsWith('src/') || to.startsWith('node:') || to === 'zod' || to.endsWith('.json')) continue;
        const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : to.split('/')[0]!;
        if (doors[name] !== source.folder) wrong.push(`${source.path} imports ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('domain and terminal do not touch the machine', () => {
    const wrong = sources
      .filter((source) => ['domain', 'terminal', 'agents'].includes(source.folder))
      .filter(
        (source) =>
          source.imports.some(({ to }) => to.startsWith('node:')) ||
          /\bBuffer\.(from|alloc)|\bprocess\./.test(withoutTemplates(withoutComments(source.text))),
      )
      .map((source) => source.path);
    expect(wrong).toEqual([]);
  });

  test('there are no cycles', () => {
    expect(findCycles(sources)).toEqual([]);
  });
});

describe('the code', () => {
  test('no agent is named outside src/agents', () => {
    const ids = readdirSync('src/agents', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'custom')
      .map((entry) => entry.name);
    expect(ids).toContain('demo');
    const literal = new RegExp(`['"\`](${ids.join('|')})['"\`]`);
    const wrong = sources
      .filter((source) => source.folder !== 'agents' && source.folder !== 'demo-agent')
      .flatMap((source) => {
        const found = literal.exec(withoutComments(source.text))?.[0];
        return found === undefined ? [] : [`${source.path}: ${found}`];
      })
      .filter((found) => !(found in named));
    expect(wrong).toEqual([]);
  });

  test('a comment is taken away, and what only looks like one stays', () => {
    const code = "a('//x'); /* 'b' */ c(`//d`); // 'e'\nf = /[/*]'/.test(g); 'h'";
    expect(withoutComments(code)).toBe("a('//x');  c(`//d`); \nf = /[/*]'/.test(g); 'h'");
  });

  test('no file is longer than 500 lines without a reason', () => {
    const wrong = sources
      .map((source) => ({ path: source.path, lines: source.text.split('\n').length }))
      .filter(({ path, lines }) => lines > 500 && !(path in long));
    expect(wrong).toEqual([]);
  });

  test('nothing in the server or the TUI blocks the loop', () => {
    // Synchronous child processes and recursive file work freeze every pane while they run.
    const blocking = /\b(execSync|execFileSync|spawnSync|cpSync|rmSync\([^)]*recursive|Atomics\.wait)\b/;
    const wrong = sources
      .filter((source) => source.folder === 'server' || source.folder === 'tui' || source.folder === 'holder')
      .filter((source) => blocking.test(withoutComments(source.text)))
      .map((source) => source.path);
    expect(wrong).toEqual([]);
  });

  test('no periodic timer runs anywhere', () => {
    const wrong = sources
      .filter((source) => source.folder !== 'demo-agent')
      .filter((source) => /\bsetInterval\(/.test(withoutComments(source.text)))
      .map((source) => source.path);
    expect(wrong).toEqual([]);
  });
});

/** Words that are an agent's id and something else too. */
const named: Record<string, string> = {
  "src/cli/main.ts: 'demo'": 'the verb `sesame demo`',
  "src/cli/commands/demo.ts: 'demo'": 'the verb `sesame demo`',
};

function readSources(root: string): Source[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8');
      return { path, folder: path.split('/')[1]!, text, imports: readImports(path, withoutTemplates(text)) };
    });
}

/** Text in backquotes may be a program for somebody else, such as an agent's plug-in. */
function withoutTemplates(text: string): string {
  return text.replace(/`[^`]*`/g, '``');
}

function readImports(path: string, text: string): Source['imports'] {
  const found: Source['imports'] = [];
  const add = (specifier: string, dynamic: boolean, typeOnly: boolean): void => {
    found.push({
      to: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier,
      dynamic,
      typeOnly,
    });
  };
  for (const match of text.matchAll(/^(import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'/gm))
    add(match[3]!, false, match[2] !== undefined);
  for (const match of text.matchAll(/^import\s+'([^']+)'/gm)) add(match[1]!, false, false);
  for (const match of text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) add(match[1]!, true, false);
  return found;
}

/** The code alone: a comment may say what the code must not. Strings, templates and patterns stay as they are. */
function withoutComments(text: string): string {
  const pieces =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[(,=:!&|?{;\n]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;
  return text.replaceAll(pieces, (piece) => (piece.startsWith('//') || piece.startsWith('/*') ? '' : piece));
}

/** Cycles among value imports; a type alone never makes one at run time. */
function findCycles(all: Source[]): string[] {
  const edges = new Map(
    all.map((source) => [
      source.path,
      source.imports.filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic).map(({ to }) => to),
    ]),
  );
  const cycles: string[] = [];
  const state = new Map<string, 'open' | 'closed'>();
  const walk = (path: string, trail: string[]): void => {
    if (state.get(path) === 'closed') return;
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      return;
    }
    state.set(path, 'open');
    for (const next of edges.get(path) ?? []) if (edges.has(next)) walk(next, [...trail, path]);
    state.set(path, 'closed');
  };
  for (const path of edges.keys()) walk(path, []);
  return cycles;
}
