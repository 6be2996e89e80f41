// The outer terminal's modes while the program has it, and the way back.

/** off: the terminal's own selection works. buttons: presses, drags and the wheel. motion: every movement too. */
export type MouseMode = 'off' | 'buttons' | 'motion';

/** Alternate screen, title kept aside, no wrapping (a misjudged width must not scroll), paste and focus marks. */
export const enterModes =
  '\x1b[?1049h' + '\x1b[22;0t' + '\x1b[?1l\x1b>' + '\x1b[?7l' + '\x1b[?25l' + '\x1b[?2004h' + '\x1b[?1004h';

/**
 * From any state, also in the middle of a sequence: CAN and ST end what was begun. Saying it twice does no harm but to
 * the title, so its owner says it once.
 */
export function leaveModes(kittyPushed: boolean): string {
  return (
    '\x18\x1b\\' +
    '\x1b[?2026l' +
    (kittyPushed ? '\x1b[<1u' : '') +
    mouseModes('off') +
    '\x1b[?1004l' +
    '\x1b[?2004l' +
    '\x1b]8;;\x1b\\' +
    '\x1b[m' +
    '\x1b[?7h' +
    '\x1b[0 q' +
    '\x1b[?25h' +
    '\x1b[?1049l' +
    '\x1b[23;0t'
  );
}

/** Flag 1: keys that legacy bytes mix up come as `CSI u`. Belongs to the alternate screen. */
export const pushKitty = '\x1b[>1u';

export function mouseModes(mode: MouseMode): string {
  switch (mode) {
    case 'off':
      return '\x1b[?1003l\x1b[?1002l\x1b[?1006l';
    case 'buttons':
      return '\x1b[?1003l\x1b[?1002h\x1b[?1006h';
    case 'motion':
      return '\x1b[?1002h\x1b[?1003h\x1b[?1006h';
  }
}
