// Which theme is used: the one the user chose; while there is none, the one that suits the terminal's background.
import { loadTheme, suggestTheme, type Theme, themeNames } from './theme.ts';

/** In the preferences: as the terminal's background suggests. */
const auto = 'auto';

export class ThemeChoice {
  readonly #hasColors: () => boolean;
  #theme: Theme;
  #suggested: string | null = null;
  #isChosen: boolean;

  /** `preferred`: as in the preferences, any text. */
  constructor(preferred: string, hasColors: () => boolean) {
    this.#hasColors = hasColors;
    this.#isChosen = preferred !== auto;
    this.#theme = this.#load(preferred);
  }

  get theme(): Theme {
    return this.#theme;
  }

  /** The terminal told its background: the theme that suits it, null when the user has chosen one. */
  suggest(background: { r: number; g: number; b: number } | null): string | null {
    if (this.#isChosen || background === null) return null;
    this.#suggested = suggestTheme(background);
    return this.#suggested;
  }

  /** True when that was the user's choice, to be remembered. */
  use(name: string): boolean {
    this.#theme = this.#load(name);
    if (name === this.#suggested && !this.#isChosen) return false;
    this.#isChosen = true;
    return true;
  }

  #load(name: string): Theme {
    return loadTheme(themeNames.includes(name) ? name : 'dark', { colors: this.#hasColors() });
  }
}
