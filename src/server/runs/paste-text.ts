// Text as a terminal pastes it: line ends are carriage returns, as the enter key gives them, and nothing in it can end
// the bracket or act as a key (escape, ctrl+c and other controls are left out; tabs stay).

const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

export function pasteBytes(text: string, bracketed: boolean): Uint8Array {
  const clean = text
    .toWellFormed()
    .replace(/\r\n|\n/g, '\r')
    .replace(controls, '');
  return Buffer.from(bracketed ? `\u001b[200~${clean}\u001b[201~` : clean);
}
