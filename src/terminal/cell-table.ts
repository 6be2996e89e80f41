// Texts and looks of cells that do not fit into a cell's four words, each under a small number.
import { type CellExtra, CellWords, Content } from './cell.ts';

/** So many entries are asked for before unused ones are looked for; more when more were in use the last time. */
const fewestOffers = 1 << 16;
/** Never exceeded: what comes after gets the last-resort entries below. */
const tableLimit = 1 << 20;

/**
 * Gives out numbers from 1. They stay valid until `clear`, or until a `sweep` finds them unused. Not bounded by itself
 * below a million entries: its owner watches `crowded` at a moment when no cell is held outside the swept arrays.
 */
export class CellTable {
  readonly #clusterIds = new Map<string, number>();
  #clusters: Array<string | undefined> = [''];
  readonly #freeClusters: number[] = [];
  /** By link, so that a long one is held once, and then by underline. */
  readonly #extraIds = new Map<string, Map<number, number>>();
  #extraCount = 0;
  #extras: Array<CellExtra | undefined> = [undefined];
  readonly #freeExtras: number[] = [];
  #epoch = 1;
  /** Entries added or refused since the last sweep, and how many make the next one worth its cost. */
  #offers = 0;
  #sweepAfter = fewestOffers;

  /** Grows with `clear` and `sweep`: an id seen before then may mean something else now. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Time to sweep (or to begin anew). Rare enough that a sweep costs little for each entry, however many are in use. */
  get crowded(): boolean {
    return this.#offers >= this.#sweepAfter;
  }

  /** Id of a text of several code points. */
  clusterId(text: string): number {
    const known = this.#clusterIds.get(text);
    if (known !== undefined) return known;
    this.#offers++;
    if (this.#clusterIds.size >= tableLimit) return 0;
    const id = this.#freeClusters.pop() ?? this.#clusters.length;
    this.#clusters[id] = text;
    this.#clusterIds.set(text, id);
    return id;
  }

  hasCluster(text: string): boolean {
    return this.#clusterIds.has(text);
  }

  /** Text of an id; empty for an unknown one. */
  cluster(id: number): string {
    return this.#clusters[id] ?? '';
  }

  /** Id of a look; 0 for the plain one. */
  extraId(extra: CellExtra): number {
    if (extra.underline === 0 && extra.url === '') return 0;
    const { underline, underlineColor, url } = extra;
    const key = underlineKey(extra);
    let ids = this.#extraIds.get(url);
    const known = ids?.get(key);
    if (known !== undefined) return known;
    this.#offers++;
    if (this.#extraCount >= tableLimit) return 0;
    const id = this.#freeExtras.pop() ?? this.#extras.length;
    if (!ids) {
      ids = new Map();
      this.#extraIds.set(url, ids);
    }
    const neighbour = ids.values().next().value;
    const sharedUrl = neighbour === undefined ? url : (this.#extras[neighbour]?.url ?? url);
    this.#extras[id] = { underline, underlineColor, url: sharedUrl };
    ids.set(key, id);
    this.#extraCount++;
    return id;
  }

  extra(id: number): CellExtra | null {
    return this.#extras[id] ?? null;
  }

  /** Length of all different links together. */
  get urlChars(): number {
    let chars = 0;
    for (const url of this.#extraIds.keys()) chars += url.length;
    return chars;
  }

  /** Forgets everything; all ids are void. */
  clear(): void {
    this.#epoch++;
    this.#clusterIds.clear();
    this.#clusters = [''];
    this.#freeClusters.length = 0;
    this.#extraIds.clear();
    this.#extraCount = 0;
    this.#countOffers();
    this.#extras = [undefined];
    this.#freeExtras.length = 0;
  }

  /** Forgets what none of these arrays of cells uses. Ids in them keep their meaning; others are given out again. */
  sweep(live: Iterable<Uint32Array>): void {
    this.#epoch++;
    const clusters = new Set<number>();
    const extras = new Set<number>();
    for (const words of live) {
      for (let at = 0; at < words.length; at += CellWords) {
        const content = words[at] ?? 0;
        if (content & Content.cluster) clusters.add(content & Content.codePointMask);
        const extra = words[at + 3] ?? 0;
        if (extra !== 0) extras.add(extra);
      }
    }
    for (const [text, id] of this.#clusterIds) {
      if (clusters.has(id)) continue;
      this.#clusterIds.delete(text);
      this.#clusters[id] = undefined;
      this.#freeClusters.push(id);
    }
    for (const [url, ids] of this.#extraIds) {
      for (const [key, id] of ids) {
        if (extras.has(id)) continue;
        ids.delete(key);
        this.#extras[id] = undefined;
        this.#freeExtras.push(id);
        this.#extraCount--;
      }
      if (ids.size === 0) this.#extraIds.delete(url);
    }
    this.#countOffers();
  }

  #countOffers(): void {
    this.#offers = 0;
    this.#sweepAfter = Math.max(fewestOffers, this.#clusterIds.size, this.#extraCount);
  }
}

/** A number for an underline's style and colour; a colour has 26 bits. */
function underlineKey({ underline, underlineColor }: CellExtra): number {
  return underline * 2 ** 26 + underlineColor;
}
