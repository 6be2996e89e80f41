// The Unicode tables: which code points join into one cell and how many columns they take. The emulator and all text
// the program lays out itself use these same tables, so that both always agree on where a cell is.

/** Packed as @xterm does: bit 0 joins the cell before, bits 1-2 columns, bits 3.. state for the next code point. */
export type CharProperties = number;

export interface UnicodeProvider {
  readonly version: string;
  wcwidth(codePoint: number): 0 | 1 | 2;
  charProperties(codePoint: number, preceding: CharProperties): CharProperties;
}

/** Longest text of one cell, in code points. What follows starts a new cell: endless joiner chains stay bounded. */
export const MaxClusterPoints = 16;

/** The properties of a printable ASCII character that follows nothing special: one column, joins nothing. */
const plainNarrow = 1 << 1;

const tables = await loadTables();

/** What was found last, by code point and the state before it: looking a code point up costs twenty times as much. */
const cacheSize = 1 << 14;
const cachedPoints = new Int32Array(cacheSize).fill(-1);
const cachedBefore = new Int32Array(cacheSize);
const cachedProperties = new Int32Array(cacheSize);

/** Ideographs are all alike, and so are Hangul syllables with and without a final consonant: one stands for all. */
function representative(codePoint: number): number {
  if (codePoint < 0x4e00) return codePoint;
  if (codePoint >= 0x4e00 && codePoint <= 0x9fff) return 0x4e00;
  if (codePoint >= 0xac00 && codePoint <= 0xd7a3) return (codePoint - 0xac00) % 28 === 0 ? 0xac00 : 0xac01;
  return codePoint;
}

function propertiesOf(point: number, preceding: CharProperties): CharProperties {
  const codePoint = representative(point);
  const at = (codePoint ^ Math.imul(preceding, 0x9e3779b1 >> 3)) & (cacheSize - 1);
  if (cachedPoints[at] === codePoint && cachedBefore[at] === preceding) return cachedProperties[at] as number;
  const properties = tables.charProperties(codePoint, preceding);
  cachedPoints[at] = codePoint;
  cachedBefore[at] = preceding;
  cachedProperties[at] = properties;
  return properties;
}

/** A provider of its own for each user: it counts the code points of the cell being built. */
export function createUnicodeProvider(): UnicodeProvider {
  let joined = 0;
  return {
    version: 'sesame-graphemes',
    wcwidth: (codePoint) => tables.wcwidth(codePoint),
    charProperties(codePoint, preceding) {
      if (codePoint >= 32 && codePoint < 127 && preceding >> 3 === 0) {
        joined = 0;
        return plainNarrow;
      }
      const properties = propertiesOf(codePoint, preceding);
      if ((properties & 1) === 0) {
        joined = 0;
        return properties;
      }
      joined++;
      if (joined < MaxClusterPoints) return properties;
      joined = 0;
      return tables.charProperties(codePoint, 0);
    },
  };
}

/** Ideographs and box drawing, which join nothing: most of what is not ASCII. */
function standsAlone(codePoint: number): boolean {
  return (codePoint >= 0x4e00 && codePoint <= 0x9fff) || (codePoint >= 0x2500 && codePoint <= 0x259f);
}

/** True for a code point that would attach itself to a space before it: a combining mark or a joiner on its own. */
export function attaches(codePoint: number): boolean {
  return codePoint >= 0x300 && !standsAlone(codePoint) && (propertiesOf(codePoint, plainNarrow) & 1) !== 0;
}

export function columnsOf(properties: CharProperties): number {
  return (properties >> 1) & 3;
}

/**
 * @xterm/addon-unicode-graphemes 0.4.0 reads its tables from the start of the ArrayBuffer behind a Buffer, which is
 * wrong for a Buffer taken from Node's pool: wide characters then count as narrow, depending on what was loaded before.
 * So the module is evaluated while the pool is off, and two widths are checked. Not needed once both checks hold with
 * the pool on.
 */
async function loadTables(): Promise<UnicodeProvider> {
  const pool = (globalThis as { Buffer?: { poolSize: number } }).Buffer;
  const poolSize = pool?.poolSize ?? 0;
  if (pool) pool.poolSize = 0;
  let found: UnicodeProvider | undefined;
  try {
    const loaded: unknown = await import('@xterm/addon-unicode-graphemes');
    const { UnicodeGraphemesAddon } = exportsOf<{
      UnicodeGraphemesAddon: new () => { activate(terminal: unknown): void };
    }>(loaded, 'UnicodeGraphemesAddon');
    const unicode = {
      activeVersion: '',
      register(provider: UnicodeProvider) {
        if (provider.version.endsWith('graphemes')) found = provider;
      },
    };
    new UnicodeGraphemesAddon().activate({ unicode });
  } finally {
    if (pool) pool.poolSize = poolSize;
  }
  if (!found || measure(found, '🚀') !== 2 || measure(found, '👩‍👩‍👧') !== 2) {
    throw new Error('the unicode tables are damaged: an emoji does not measure two columns');
  }
  return found;
}

function measure(provider: UnicodeProvider, text: string): number {
  let columns = 0;
  let state = 0;
  for (const character of text) {
    const next = provider.charProperties(character.codePointAt(0) ?? 0, state);
    columns += columnsOf(next) - (next & 1 ? columnsOf(state) : 0);
    state = next;
  }
  return columns;
}

/** The exports of a CommonJS package: Node puts them under `default`, a bundler may put them at the top. */
export function exportsOf<T>(loaded: unknown, name: keyof T & string): T {
  const top = loaded as Partial<T> & { default?: Partial<T> };
  const found = top[name] === undefined ? top.default : top;
  if (found?.[name] === undefined) throw new Error(`a package does not export ${name}`);
  return found as T;
}
