import { expect, test } from 'vitest';
import { hasText, translator } from '../../src/i18n/index.ts';

const english = translator('en');

test('fills the places of a text, the second time as the first', () => {
  const detail = { project: 'shop', host: 'web-1' };
  for (const t of [english, english]) expect(t('alarms.of.service', detail)).toBe('shop on web-1');
});

test('takes what it fills in for text, whatever it looks like', () => {
  const detail = { project: '{{host}} $& $1', host: 7 };
  expect(english('alarms.of.service', detail)).toBe('{{host}} $& $1 on 7');
});

test('leaves a place of which nothing is told, and says nothing for nothing', () => {
  expect(english('alarms.of.service')).toBe('{{project}} on {{host}}');
  expect(english('alarms.of.service', { project: null, host: undefined })).toBe(' on ');
});

test('says each language its own text', () => {
  expect(translator('zh-CN')('common.saved')).not.toBe(english('common.saved'));
});

test('throws for a key that has no text, each time', () => {
  for (let time = 0; time < 2; time++)
    expect(() => english('nothing.here')).toThrow('No text for nothing.here');
  expect(hasText('nothing.here')).toBe(false);
  expect(hasText('common.saved')).toBe(true);
});
