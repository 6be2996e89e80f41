// Questions and lists over the screen. The widgets are loaded with the first one: most runs of the program ask nothing.
import type { ChoiceList, Confirmation } from './actions/action.ts';
import type { Overlay, OverlayHost } from './blessed/overlay.ts';
import type { Token } from './input/token.ts';
import type { Size } from './state/app-state.ts';
import type { Theme } from './theme/theme.ts';

export class Dialogs {
  readonly #host: OverlayHost;
  #loading: Promise<Overlay> | null = null;
  #overlay: Overlay | null = null;

  constructor(host: OverlayHost) {
    this.#host = host;
  }

  /** What covers the screen and takes the keys now; null when no dialog is open. */
  get cover(): Overlay | null {
    return this.#overlay?.isOpen === true ? this.#overlay : null;
  }

  /** False also when the user goes back. */
  async confirm(question: Confirmation): Promise<boolean> {
    const overlay = await this.#load();
    const answers = [
      { key: 'y', label: question.yes, value: true },
      { key: 'n', label: 'go back', value: false },
    ];
    return (await overlay.ask({ title: question.title, text: question.lines.join('\n'), answers }).result) ?? false;
  }

  /** The index of the chosen item, or null. */
  async choose(list: ChoiceList): Promise<number | null> {
    const overlay = await this.#load();
    const items = list.items.map((item, value) => ({ ...item, value }));
    return await overlay.showList({ ...list, items }).result;
  }

  token(token: Token): void {
    switch (token.kind) {
      case 'key':
        this.#overlay?.key(token.key);
        return;
      case 'paste':
        this.#overlay?.paste(new TextDecoder().decode(token.bytes));
        return;
      case 'mouse':
        this.#overlay?.mouse(token.mouse);
        return;
      case 'focus':
      case 'reply':
        return;
    }
  }

  resize(size: Size): void {
    this.#overlay?.resize({ ...size });
  }

  setTheme(theme: Theme): void {
    this.#overlay?.setTheme(theme);
  }

  close(): void {
    this.#overlay?.closeAll();
  }

  async #load(): Promise<Overlay> {
    this.#loading ??= import('./blessed/overlay.ts').then(({ openOverlay }) => openOverlay(this.#host));
    this.#overlay = await this.#loading;
    return this.#overlay;
  }
}
