import type { BrowserContext, Page } from 'playwright-core';
import type { Language } from '../../src/i18n/language.ts';
import { accessibilityProblems } from '../lab/browser.ts';

/** Each page is looked at wide in one theme and as on a phone in the other; the languages differ in which is which. */
const looks = {
  en: [
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 390 },
  ],
  'zh-CN': [
    { colorScheme: 'dark', width: 1280 },
    { colorScheme: 'light', width: 390 },
  ],
} as const;

/** Looks for what is wrong with any page of the console, whatever it shows. */
export class Inspector {
  /** What was wrong with the pages looked at. */
  readonly problems: string[] = [];
  /** Pages looked at, and how long that took. */
  readonly seen: string[] = [];
  readonly #tab: Page;
  readonly #context: BrowserContext;
  readonly #language: Language;
  readonly #known = new Set<string>();

  constructor(context: BrowserContext, tab: Page, language: Language) {
    this.#context = context;
    this.#tab = tab;
    this.#language = language;
    tab.on('response', (response) => {
      if (response.status() >= 500) this.problems.push(`${response.url()} answered ${response.status()}`);
    });
  }

  /**
   * Axe, no sideways scrolling, the theme, the language and every link of the page that is open, with everything
   * unfolded that folds. Leaves it light and wide.
   * @param once names a page that comes several times alike: it is looked at the first time.
   */
  async look(once?: string): Promise<void> {
    if (once && this.#known.has(once)) return;
    if (once) this.#known.add(once);
    const began = Date.now();
    await this.#tab.evaluate(unfold);
    for (const { colorScheme, width } of looks[this.#language]) await this.#judge(colorScheme, width);
    await this.#dress('light', 1280);
    await this.#tab.evaluate(fold);
    await this.#tryLinks();
    this.seen.push(`${this.#path} (${Date.now() - began} ms)`);
  }

  get #path(): string {
    return new URL(this.#tab.url()).pathname;
  }

  async #judge(colorScheme: 'light' | 'dark', width: number): Promise<void> {
    await this.#dress(colorScheme, width);
    const wrong = await accessibilityProblems(this.#tab);
    const { sideways, theme, language } = (await this.#tab.evaluate(asSeen)) as Record<string, unknown>;
    if (sideways) wrong.push('scrolls sideways');
    if (theme !== colorScheme) wrong.push(`has the theme ${theme}`);
    if (language !== this.#language) wrong.push(`is in ${language}`);
    this.problems.push(...wrong.map((what) => `${this.#path} (${colorScheme}, ${width} px) ${what}`));
  }

  async #dress(colorScheme: 'light' | 'dark', width: number): Promise<void> {
    await this.#tab.emulateMedia({ colorScheme });
    await this.#tab.setViewportSize({ width, height: 900 });
  }

  /** No page offers a way that is closed to whoever sees it. */
  async #tryLinks(): Promise<void> {
    for (const link of new Set((await this.#tab.evaluate(links)) as string[])) {
      if (this.#known.has(link)) continue;
      this.#known.add(link);
      const status = (await this.#context.request.get(link)).status();
      if (status >= 400) this.problems.push(`${this.#path} leads to ${link}, which answers ${status}`);
    }
  }
}

const unfold = `for (const details of document.querySelectorAll('details:not([open])')) {
  details.open = true;
  details.dataset.unfolded = '';
}`;
const fold = `for (const details of document.querySelectorAll('[data-unfolded]')) {
  details.open = false;
  delete details.dataset.unfolded;
}`;
const asSeen = `(({ documentElement: page }) => ({
  sideways: page.scrollWidth > page.clientWidth,
  theme: page.dataset.bsTheme,
  language: page.lang,
}))(document)`;
const links = `[...document.querySelectorAll('a[href]:not([href^="#"])')].map((link) => link.href.replace(/#.*/, ''))`;
