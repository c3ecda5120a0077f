import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesIn, textOf } from './source.ts';

type Tree = { [key: string]: string | Tree };

const folder = 'src/i18n/locales';
const topics = (language: string) =>
  filesIn(`${folder}/${language}`, '.json').map((path) => basename(path, '.json'));
const texts = (language: string, topic: string) =>
  flat(JSON.parse(textOf(`${folder}/${language}/${topic}.json`)) as Tree);

test('both languages have the same topics', () => {
  expect(topics('zh-CN')).toEqual(topics('en'));
});

describe.each(topics('en'))('%s', (topic) => {
  const english = texts('en', topic);
  const chinese = texts('zh-CN', topic);

  test('has the same keys in both languages', () => {
    expect(names(chinese)).toEqual(names(english));
  });

  test('says something under each key, with the same places to fill', () => {
    const wrong = Object.keys(english).filter((key) => {
      const twin = chinese[key];
      return !english[key]?.trim() || (twin !== undefined && (!twin.trim() || differs(english[key], twin)));
    });
    expect(wrong).toEqual([]);
  });
});

/** Keys without the endings by which English tells one from many; Chinese does not. */
function names(all: Record<string, string>): string[] {
  return [...new Set(Object.keys(all).map((key) => key.replace(/_(one|other)$/, '')))].sort();
}

/** A plural may leave its number out ("one process"), so `count` is not compared. */
function differs(one: string, other: string): boolean {
  return places(one) !== places(other);
}

function places(text: string): string {
  const found = [...text.matchAll(/{{-?\s*([\w.]+)/g)]
    .map(([, name]) => name)
    .filter((name) => name !== 'count');
  return [...new Set(found)].sort().join();
}

function flat(tree: Tree, before = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(tree).map(([key, value]) =>
      typeof value === 'string' ? { [before + key]: value } : flat(value, `${before}${key}.`),
    ),
  );
}
