import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { filesIn } from './source.ts';

const pages = ['README.md', 'README.zh-CN.md', 'CHANGELOG.md', ...filesIn('docs', '.md')];

/** Where a page's links lead, apart from other sites and places within the page. */
function linksOf(page: string): string[] {
  const text = readFileSync(page, 'utf8');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
  return links
    .filter((link) => !/^(https?:|mailto:|#)/.test(link))
    .map((link) => link.split('#')[0] as string);
}

test('every link of the documentation leads somewhere', () => {
  const dead = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => !existsSync(join(dirname(page), link)))
      .map((link) => `${page}: ${link}`),
  );
  expect(dead).toEqual([]);
});

test('the links are found', () => {
  expect(linksOf('README.md')).toContain('docs/architecture.md');
});
