// Texts and looks of cells that do not fit into a cell's four words, each under a small number.
import { type CellExtra, CellWords, Content } from './cell.ts';

/** A table this full should be swept (client) or begun anew (engine). */
export const CrowdedTable = 1 << 16;
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
  readonly #extraIds = new Map<string, number>();
  #extras: Array<CellExtra | undefined> = [undefined];
  readonly #freeExtras: number[] = [];
  #epoch = 1;

  /** Grows with `clear` and `sweep`: an id seen before then may mean something else now. */
  get epoch(): number {
    return this.#epoch;
  }

  get crowded(): boolean {
    return this.#clusterIds.size >= CrowdedTable || this.#extraIds.size >= CrowdedTable;
  }

  /** Id of a text of several code points. */
  clusterId(text: string): number {
    const known = this.#clusterIds.get(text);
    if (known !== undefined) return known;
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
    const key = `${extra.underline} ${extra.underlineColor} ${extra.url}`;
    const known = this.#extraIds.get(key);
    if (known !== undefined) return known;
    if (this.#extraIds.size >= tableLimit) return 0;
    const id = this.#freeExtras.pop() ?? this.#extras.length;
    const { underline, underlineColor, url } = extra;
    this.#extras[id] = { underline, underlineColor, url };
    this.#extraIds.set(key, id);
    return id;
  }

  extra(id: number): CellExtra | null {
    return this.#extras[id] ?? null;
  }

  /** Length of all links together. */
  get urlChars(): number {
    let chars = 0;
    for (const extra of this.#extras) chars += extra?.url.length ?? 0;
    return chars;
  }

  /** Forgets everything; all ids are void. */
  clear(): void {
    this.#epoch++;
    this.#clusterIds.clear();
    this.#clusters = [''];
    this.#freeClusters.length = 0;
    this.#extraIds.clear();
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
    for (const [key, id] of this.#extraIds) {
      if (extras.has(id)) continue;
      this.#extraIds.delete(key);
      this.#extras[id] = undefined;
      this.#freeExtras.push(id);
    }
  }
}
