// Links from agents' output on their way to the outer terminal. A click there opens them, so only plain schemes pass.

const schemes = /^(?:https?|ftp|file|mailto):/i;
const longest = 2048;

/** The link as it may be sent, or null for one that is not shown as a link. */
export function safeLink(url: string): string | null {
  if (url === '' || url.length > longest || !schemes.test(url)) return null;
  // Space, controls and anything beyond ASCII could end the sequence or disguise the target.
  return /^[\x21-\x7e]+$/.test(url) ? url : null;
}

/** Cells of one link on different lines belong together when they share the id (FNV-1a, base 36). */
export function linkId(url: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < url.length; index++) {
    hash = Math.imul(hash ^ url.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
