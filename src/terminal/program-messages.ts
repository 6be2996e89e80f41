// What programs say about themselves in OSC 9, 99 and 777: progress and notifications.

/** `4;state;percent` of OSC 9. Null when the text is something else. */
export function progressOf(text: string): { state: number; percent: number } | null {
  const match = /^4(?:;(\d{1,3}))?(?:;(\d{0,3}))?(?:;|$)/.exec(text);
  if (!match) return null;
  const state = Number(match[1] ?? 0);
  if (state > 4) return null;
  return { state, percent: Math.min(100, Number(match[2] || 0)) };
}

/** The text of an OSC 777 `notify;title;body` or a plain one-part OSC 99 `metadata;text`. Null for anything else. */
export function notificationOf(code: number, text: string): string | null {
  if (code === 777) {
    const [verb, title = '', ...body] = text.split(';');
    if (verb !== 'notify') return null;
    return [title, body.join(';')].filter((part) => part !== '').join(': ') || null;
  }
  const split = text.indexOf(';');
  if (split < 0) return null;
  const fields = new Map(
    text
      .slice(0, split)
      .split(':')
      .map((field) => [field.slice(0, 1), field.slice(2)] as const),
  );
  const part = fields.get('p') ?? 'title';
  if (part !== 'title' && part !== 'body') return null;
  const payload = text.slice(split + 1);
  if (payload === '') return null;
  if (fields.get('e') !== '1') return payload;
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(payload), (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}
