import { describe, expect, test } from 'vitest';
import { translator } from '../../src/i18n/index.ts';
import type { Notice, Told } from '../../src/model/notice.ts';
import { digest } from '../../src/notify/digest.ts';

const base = 'https://cedar.example.com';
const said = (value: string) => ({ key: 'notice.line.project', detail: { value } });

function notice(n: number, topic: string, told: Partial<Told>): Notice {
  return {
    ...{ id: `n${n}`, channelId: 'c', topic, operationId: null, ticketId: null, state: 'waiting' },
    ...{ attempts: 0, alone: false, createdAt: 0, nextAt: 0, endedAt: null, reason: null },
    body: { told: { title: said(`title ${n}`), lines: [], path: `/operations/${n}`, ...told } },
  };
}

const alarm = (n: number, lines: number) =>
  notice(n, 'alarm', {
    lines: Array.from({ length: lines }, (_, line) => said(`service ${n}-${line}`)),
    path: '/alarms',
    urgent: true,
  });
const of = (language: 'en' | 'zh-CN', notices: Notice[]) => digest(translator(language), base, notices);
const texts = (notices: Notice[]) => of('en', notices).lines.map(({ text }) => text);

describe('a digest', () => {
  test('of what has ended is the headings, and where to read them', () => {
    const both = of(
      'en',
      [1, 2].map((n) => notice(n, 'operation', { lines: [said('a line')] })),
    );
    expect(both.lines.map(({ text }) => text)).toEqual(['Project: title 1', 'Project: title 2']);
    expect(both).toMatchObject({ link: `${base}/history`, together: 2, urgent: false });
  });

  test('begins with the alarms, each with its services and its link', () => {
    const all = [notice(1, 'operation', {}), alarm(2, 2), notice(3, 'ticket', {}), alarm(4, 1)];
    expect(texts(all)).toEqual([
      ...['Project: title 2', 'Project: service 2-0', 'Project: service 2-1'],
      ...['Project: title 4', 'Project: service 4-0', 'Project: title 1', 'Project: title 3'],
    ]);
    const links = of('en', all).lines.map(({ link }) => link);
    expect(links).toEqual([`${base}/alarms`, null, null, `${base}/alarms`, null, null, null]);
    expect(of('en', all)).toMatchObject({ urgent: true, link: `${base}/history` });
  });

  test('has no more lines than a message may, and counts the rest; no alarm is left without any', () => {
    const all = Array.from({ length: 40 }, (_, n) => alarm(n, 30));
    const lines = texts(all);
    expect(lines.length).toBeLessThanOrEqual(40 * 3);
    for (let n = 0; n < 40; n++) expect(lines).toContain(`Project: service ${n}-0`);
    expect(lines).toContain('and 29 more lines');
    const few = texts([alarm(0, 1), alarm(1, 60)]);
    expect(few, 'what one does not use, the next has').toHaveLength(1 + 1 + 1 + 39 + 1);
    expect(few.at(-1)).toBe('and 21 more lines');
    expect(of('zh-CN', [alarm(0, 1), alarm(1, 60)]).lines.at(-1)?.text).toBe('另有 21 行');
  });

  test('without the address of the console has no links', () => {
    const { link, lines } = digest(translator('en'), '', [alarm(1, 1), alarm(2, 1)]);
    expect([link, ...lines.map((line) => line.link)]).toEqual([null, null, null, null, null]);
  });
});
