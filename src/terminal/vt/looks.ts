// The looks of a terminal's cells: words 1 to 3 of a cell under one number, so that a cell on the screen is two words
// and a run of equal cells is found by comparing numbers. 0 is the plain look.

const firstCapacity = 256;

export class Looks {
  #fg: Int32Array;
  #bg: Int32Array;
  #extra: Int32Array;
  /** Open addressing: ids, 0 for free; twice as many places as ids. */
  #places: Int32Array;
  /** The plain look is not among the places. */
  #size = 1;

  /** `capacity` looks, a power of two, are held without growing. */
  constructor(capacity = firstCapacity) {
    this.#fg = new Int32Array(capacity);
    this.#bg = new Int32Array(capacity);
    this.#extra = new Int32Array(capacity);
    this.#places = new Int32Array(capacity * 2);
  }

  get capacity(): number {
    return this.#fg.length;
  }

  get size(): number {
    return this.#size;
  }

  /** Only the plain look is left. */
  clear(): void {
    this.#places.fill(0);
    this.#size = 1;
  }

  fg(id: number): number {
    return this.#fg[id] as number;
  }

  bg(id: number): number {
    return this.#bg[id] as number;
  }

  extra(id: number): number {
    return this.#extra[id] as number;
  }

  /** The number of a look; the same for the same words. */
  id(fg: number, bg: number, extra: number): number {
    const signedFg = fg | 0;
    const signedBg = bg | 0;
    const signedExtra = extra | 0;
    if ((signedFg | signedBg | signedExtra) === 0) return 0;
    const mask = this.#places.length - 1;
    let place = hash(signedFg, signedBg, signedExtra) & mask;
    for (;;) {
      const id = this.#places[place] as number;
      if (id === 0) return this.#add(place, signedFg, signedBg, signedExtra);
      if (this.#fg[id] === signedFg && this.#bg[id] === signedBg && this.#extra[id] === signedExtra) return id;
      place = (place + 1) & mask;
    }
  }

  #add(place: number, fg: number, bg: number, extra: number): number {
    if (this.#size === this.#fg.length) {
      this.#grow();
      return this.id(fg, bg, extra);
    }
    const id = this.#size++;
    this.#fg[id] = fg;
    this.#bg[id] = bg;
    this.#extra[id] = extra;
    this.#places[place] = id;
    return id;
  }

  #grow(): void {
    const capacity = this.#fg.length * 2;
    this.#fg = enlarged(this.#fg, capacity);
    this.#bg = enlarged(this.#bg, capacity);
    this.#extra = enlarged(this.#extra, capacity);
    this.#places = new Int32Array(capacity * 2);
    const mask = this.#places.length - 1;
    for (let id = 1; id < this.#size; id++) {
      let place = hash(this.fg(id), this.bg(id), this.extra(id)) & mask;
      while (this.#places[place] !== 0) place = (place + 1) & mask;
      this.#places[place] = id;
    }
  }
}

function enlarged(words: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(words);
  return larger;
}

function hash(fg: number, bg: number, extra: number): number {
  const mixed = Math.imul(fg, 0x9e3779b1) ^ Math.imul(bg, 0x85ebca6b) ^ Math.imul(extra, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}
