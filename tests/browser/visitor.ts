import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { until } from '../../src/demo/fleet/until.ts';
import { type Translate, translator } from '../../src/i18n/index.ts';
import type { Language } from '../../src/i18n/language.ts';
import { listenForErrors, newVisitor } from '../lab/browser.ts';
import { Inspector } from './inspector.ts';

/** Somebody in front of a browser of their own, who reads the console's texts in one language. */
export class Visitor {
  readonly tab: Page;
  readonly t: Translate;
  readonly language: Language;
  readonly #inspector: Inspector;
  readonly #context: BrowserContext;
  readonly #errors: string[];

  private constructor(context: BrowserContext, tab: Page, language: Language) {
    this.#context = context;
    this.tab = tab;
    this.language = language;
    this.t = translator(language);
    this.#errors = listenForErrors(tab);
    this.#inspector = new Inspector(context, tab, language);
  }

  /** @param baseURL the console's address. */
  static async come(baseURL: string, language: Language): Promise<Visitor> {
    const context = await newVisitor({ baseURL, locale: language, reducedMotion: 'reduce' });
    context.setDefaultTimeout(30_000);
    return new Visitor(context, await context.newPage(), language);
  }

  /** Where the tab is, without the console's address. */
  get path(): string {
    const { pathname, search } = new URL(this.tab.url());
    return pathname + search;
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.tab.goto('/sign-in');
    await this.fill('sign-in.username', username);
    await this.fill('sign-in.password', password);
    await this.press('sign-in.submit');
    await this.tab.waitForURL('/');
  }

  async fill(label: string, value: string): Promise<void> {
    await this.field(label).fill(value);
  }

  /** The field with a text of the locale files as its label. */
  field(label: string): Locator {
    return this.tab.getByLabel(this.t(label), { exact: true });
  }

  button(name: string, detail?: Record<string, unknown>): Locator {
    return this.tab.getByRole('button', { name: this.t(name, detail), exact: true });
  }

  /** Presses the button with that text. */
  async press(name: string, detail?: Record<string, unknown>): Promise<void> {
    await this.button(name, detail).click();
  }

  /** Follows the first link with that text; one of the main menu is looked for behind its word. */
  async follow(name: string): Promise<void> {
    const menu = this.tab.locator('.cedar-menu', {
      has: this.tab.locator('a', { hasText: exactly(this.t(name)) }),
    });
    if (name.startsWith('nav.') && (await menu.count()) > 0) await menu.locator('summary').click();
    await this.tab
      .getByRole('link', { name: this.t(name), exact: true })
      .first()
      .click();
  }

  /** Waits until the text is there to be read. */
  async reads(key: string, detail?: Record<string, unknown>): Promise<void> {
    await this.tab.getByText(this.t(key, detail)).filter({ visible: true }).first().waitFor();
  }

  /** Has the page at hand inspected; see `Inspector.look`. */
  async look(once?: string): Promise<void> {
    await this.#inspector.look(once);
  }

  /** Takes one message of the browser's console that was meant to come, such as the status of a refused form. */
  async expectError(part: string): Promise<void> {
    const at = () => this.#errors.findIndex((text) => text.includes(part));
    await until(`the browser complains about ${part}`, () => at() >= 0);
    this.#errors.splice(at(), 1);
  }

  /** Everything that was wrong so far, the messages of the browser's console (and so of its CSP) included. */
  get complaints(): string[] {
    return [...this.#inspector.problems, ...this.#errors];
  }

  /** For the reader of a failed story: where it stands; a picture, where CEDAR_SHOTS names a folder. */
  async whereabouts(): Promise<string> {
    const folder = process.env.CEDAR_SHOTS;
    const path = join(folder ?? '', `failed-${this.language}.png`);
    if (folder) await this.tab.screenshot({ path, fullPage: true });
    return [`at ${this.path}`, ...this.complaints, `seen: ${this.#inspector.seen.join(', ')}`].join('\n');
  }

  async leave(): Promise<void> {
    await this.#context.close();
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text}\\s*$`);
}
