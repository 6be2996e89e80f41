// Where a stream of terminal bytes may be cut for a snapshot: between two sequences and not inside a character, because
// a snapshot holds the screen and not a parser's half-read state. A cut is looked for in a piece about to be parsed, so
// that bytes need not be followed one by one.

const escapeByte = 0x1b;
const stringEnd = 0x5c;
const lineFeed = 0x0a;

/**
 * The end of the longest part of `bytes` after which the parser is at rest, 0 when there is none to be sure of. Before
 * an escape it is (whatever came before is ended by it, unless the escape ends a string); after a line feed in a piece
 * without escapes too.
 */
export function restPoint(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(escapeByte); at > 0; at = bytes.lastIndexOf(escapeByte, at - 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== stringEnd) return at;
    if (next === stringEnd) return at + 2;
  }
  if (bytes.includes(escapeByte)) return 0;
  return bytes.lastIndexOf(lineFeed) + 1;
}

/** Whether a parser that has just read these bytes, the last of many, is at rest. Errs on the side of no. */
export function endsAtRest(tail: Buffer): boolean {
  const at = tail.lastIndexOf(escapeByte);
  const last = tail[tail.length - 1];
  if (last === undefined) return true;
  if (last >= 0x80 && !endsWithCharacter(tail)) return false;
  if (at < 0) return true;
  return finished.test(tail.toString('latin1', at));
}

/** CSI, character set, string terminator or other short escapes, then anything. */
const finished = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|[ -/]+[0-~]|\\|[0-OQ-WYZ`-~]|\][^\u0007]*\u0007)/;

function endsWithCharacter(tail: Buffer): boolean {
  const lead = tail.findLastIndex((byte) => byte < 0x80 || byte >= 0xc0);
  const byte = tail[lead];
  if (byte === undefined || byte < 0x80) return false;
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
  return tail.length - lead >= length;
}
