// Hyperlinks (OSC 8). Replaces xterm's own service, which keeps a marker per line and link: that costs time for every
// scrolled line and every printed cell, and forgets a link whose lines it believes gone. Here a link is a number for a
// URL, kept while a cell uses it.
import type { Core, CoreBuffer } from './core.ts';

const maxUrlLength = 2083;
const maxLinks = 16_384;

export class LinkTable {
  readonly #core: Core;
  readonly #ids = new Map<string, number>();
  readonly #urls = new Map<number, string>();
  #nextId = 1;
  /** The next sweep is worth it when this many links are held. */
  #sweepAt = 1024;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Called by xterm for `OSC 8 ; params ; uri`. 0 means no link: the text is shown plain. */
  registerLink(data: { uri: string }): number {
    const url = data.uri;
    if (url.length > maxUrlLength) return 0;
    const known = this.#ids.get(url);
    if (known !== undefined) return known;
    if (this.#urls.size >= this.#sweepAt) this.#sweep();
    if (this.#urls.size >= maxLinks) return 0;
    const id = this.#nextId++;
    this.#ids.set(url, id);
    this.#urls.set(id, url);
    return id;
  }

  /** Called by xterm for each printed cell of a link. Nothing to do. */
  addLineToLink(): void {
    return;
  }

  getLinkData(id: number): { uri: string } | undefined {
    const uri = this.#urls.get(id);
    return uri === undefined ? undefined : { uri };
  }

  url(id: number): string {
    return this.#urls.get(id) ?? '';
  }

  #sweep(): void {
    const used = new Set<number>([this.#core._inputHandler._curAttrData.extended._urlId]);
    collect(this.#core.buffers.normal, used);
    collect(this.#core.buffers.alt, used);
    for (const [id, url] of this.#urls) {
      if (used.has(id)) continue;
      this.#urls.delete(id);
      this.#ids.delete(url);
    }
    this.#sweepAt = Math.max(1024, this.#urls.size * 2);
  }
}

/** May find more than is shown: a line keeps the attributes of cells that were overwritten by plain ones. */
function collect(buffer: CoreBuffer, used: Set<number>): void {
  for (let i = 0; i < buffer.lines.length; i++) {
    const line = buffer.lines.get(i);
    if (!line) continue;
    for (const column in line._extendedAttrs) {
      const id = line._extendedAttrs[column]?._urlId;
      if (id) used.add(id);
    }
  }
}
