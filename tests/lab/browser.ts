import { AxeBuilder } from '@axe-core/playwright';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll } from 'vitest';
import { findProgram } from '../../src/demo/fleet/program-path.ts';

let browser: Promise<Browser> | null = null;

/** A visitor with cookies of their own, in the system's Chromium; all are gone when the file's tests are over. */
export async function newVisitor(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  browser ??= chromium.launch({
    executablePath: findProgram('chromium'),
    // Chromium's sandbox refuses to work as root
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  return (await browser).newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 }, ...options });
}

/** What axe finds against WCAG 2 A and AA on the page as it stands: one line per rule, empty when all is well. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target).join(' | ')})`,
  );
}

/** Messages of the page's console and of scripts that failed: a strict CSP shows its refusals here. */
export function listenForErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  return errors;
}

afterAll(async () => {
  await (await browser)?.close();
});
