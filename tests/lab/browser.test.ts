import { expect, test } from 'vitest';
import { accessibilityProblems, listenForErrors, newVisitor } from './browser.ts';

test('the browser shows Chinese, and axe tells a good page from a bad one', async () => {
  const page = await (await newVisitor({ locale: 'zh-CN' })).newPage();
  const errors = listenForErrors(page);
  await page.setContent('<html lang="en"><title>t</title><main><h1>\u4e2d</h1></main></html>');
  expect(await page.textContent('h1')).toBe('\u4e2d');
  expect(await page.evaluate('navigator.language')).toBe('zh-CN');
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.setContent('<html lang="en"><title>t</title><main><h1>x</h1><input></main></html>');
  expect((await accessibilityProblems(page)).join()).toContain('label');
  await page.evaluate('console.error("boom")');
  expect(errors).toEqual(['boom']);
});
