import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { email } from '../../src/notify/email.ts';
import * as channels from '../../src/store/channels.ts';
import * as notices from '../../src/store/notices.ts';
import { certificates } from '../lab/certificates.ts';
import { freshDatabase } from '../lab/database.ts';
import { FakeSmtp, type SmtpRules } from '../lab/smtp.ts';
import { PostOffice, plain } from './post-office.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-mail-'));
const login = { user: 'cedar', password: 'canary-password' };
let office: PostOffice;
let authority = '';
let stranger = '';

beforeAll(async () => {
  const made = await certificates(dir);
  [authority, stranger] = [readFileSync(made.ca, 'utf8'), readFileSync(made.otherCa, 'utf8')];
  office = new PostOffice((await freshDatabase()).db);
  office.open();
});
beforeEach(async () => {
  for (const table of ['notices', 'notice_attempts', 'channels']) await office.db(table).delete();
});
afterAll(async () => {
  await office.close();
  rmSync(dir, { recursive: true });
});

async function server(mode: SmtpRules['mode'], options: Record<string, string> = {}): Promise<FakeSmtp> {
  const smtp = await FakeSmtp.start({ mode, dir, login });
  const values = {
    ...{ server: '127.0.0.1', port: String(smtp.port), tls: mode, ca: authority, user: login.user },
    ...{ password: office.vault.seal(login.password), sender: 'cedar@example.com' },
    ...{ recipients: 'ada@example.com\nbob@example.com', ...options },
  };
  const id = await channels.add(office.db, { kind: 'email', name: ulid(), groupId: null, options: values });
  await channels.choose(office.db, 'sre', id);
  return smtp;
}

const only = async () => (await notices.some(office.db, { limit: 1 }))[0]!;
const idIn = (data: string) => /^Message-ID: (<[^>]+>)$/im.exec(data)?.[1];
async function tried(): Promise<void> {
  await until('a try failed', async () => Boolean((await only()).reason));
}

describe('a mail', () => {
  test.each(['starttls', 'implicit', 'none'] as const)('goes to all its recipients (%s)', async (mode) => {
    const smtp = await server(mode);
    await office.tell(1, (index) => ({ ...plain(index), urgent: true }));
    await office.quiet();
    const [mail] = smtp.taken;
    expect(mail).toMatchObject({ from: 'cedar@example.com', to: ['ada@example.com', 'bob@example.com'] });
    expect(mail).toMatchObject({ secure: mode !== 'none', user: 'cedar' });
    for (const part of [
      'Subject: Project: n0',
      'Operator: Ada',
      'text/html',
      'X-Priority: 1',
      '/operations/1',
    ])
      expect(mail?.data).toContain(part);
    expect(await notices.attemptsOf(office.db, (await only()).id)).toMatchObject([
      { code: 250, answer: '250 2.0.0 queued', result: 'sent' },
    ]);
  });

  test('[S60] carries words of others as words alone, in no header but its subject', async () => {
    const smtp = await server('starttls');
    const evil = '<a href="http://evil.example">x</a>\r\nBcc: eve@example.com\r\n\r\n<script>';
    const line = { key: 'notice.line.reason', detail: { value: evil } };
    await office.tell(1, (index) => ({
      ...plain(index),
      title: { key: 'notice.line.project', detail: { value: evil } },
      lines: [{ ...line, path: '/alarms/7' }],
    }));
    await office.quiet();
    const data = smtp.taken[0]?.data.replace(/=\r\n/g, '') ?? '';
    expect(smtp.taken[0]?.to).toEqual(['ada@example.com', 'bob@example.com']);
    expect(data).not.toMatch(/^bcc:/im);
    expect(data).not.toMatch(/http:\/\/evil/);
    const html = data.slice(data.indexOf('<!DOCTYPE'));
    expect(html).toContain('<a href=3D"https://cedar.example.com/alarms/7">');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script|<a href=3D"http:\/\/evil/);
  });

  test('has the same Message-ID each time, and another one together with others', async () => {
    const smtp = await server('starttls');
    smtp.tricks.push({ at: 'END', answer: 'cut' });
    await office.tell(1);
    await office.quiet();
    const [first, again] = smtp.taken.map(({ data }) => idIn(data));
    expect(first).toBe(`<${(await only()).id}@example.com>`);
    expect(again).toBe(first);
    smtp.tricks.push({ at: 'MAIL', answer: '451 later' });
    await office.tell(3);
    await office.quiet();
    const ids = new Set(smtp.taken.map(({ data }) => idIn(data)));
    expect(smtp.taken.at(-1)?.data).toContain('notices together');
    expect(ids.size).toBe(smtp.taken.length - 1);
  });

  test.each([
    { at: 'CONNECT', answer: '421 4.3.2 not now' },
    { at: 'AUTH', answer: '454 4.7.0 not now' },
    { at: 'MAIL', answer: '451 4.3.0 not now' },
    { at: 'RCPT', answer: 'cut' as const },
    { at: 'DATA', answer: 'silent' as const },
    { at: 'END', answer: '452 4.2.2 full' },
  ])('is sent again after $at: $answer', async (trick) => {
    const smtp = await server('starttls');
    smtp.tricks.push(trick);
    await office.tell(1);
    await office.quiet();
    expect(await only()).toMatchObject({ state: 'sent', attempts: 2 });
    expect(smtp.taken).toHaveLength(1);
  });

  test.each([
    { at: 'MAIL', answer: '550 5.1.0 sender refused' },
    { at: 'END', answer: '554 5.7.1 content refused' },
  ])('is given up after $at: $answer', async (trick) => {
    const smtp = await server('starttls');
    smtp.tricks.push(trick);
    await office.tell(1);
    await office.quiet();
    expect(await only()).toMatchObject({ state: 'undelivered', attempts: 1 });
    expect((await only()).reason).toContain(trick.answer);
    expect(smtp.taken).toEqual([]);
  });

  test('that one of its recipients does not get says so', async () => {
    const smtp = await server('starttls');
    smtp.tricks.push({ at: 'RCPT', answer: '550 5.1.1 unknown' });
    await office.tell(1);
    await office.quiet();
    expect(smtp.taken[0]?.to).toContain('bob@example.com');
    const [attempt] = await notices.attemptsOf(office.db, (await only()).id);
    expect(attempt?.answer).toContain('not to ada@example.com');
  });

  test('is undelivered where the login is wrong, and the password is nowhere', async () => {
    const smtp = await server('starttls', { password: office.vault.seal('canary-wrong') });
    await office.tell(1);
    await office.quiet();
    expect(await only()).toMatchObject({ state: 'undelivered' });
    const kept =
      JSON.stringify(await office.db('notices')) + JSON.stringify(await office.db('notice_attempts'));
    expect(kept).toContain('535 5.7.8');
    expect(kept).not.toContain('canary');
    expect(smtp.taken).toEqual([]);
  });
});

describe('nothing is sent, not even a login,', () => {
  test.each([
    ['to a stranger', () => server('starttls', { ca: stranger })],
    ['to a stranger at once', () => server('implicit', { ca: stranger })],
    ['to another name than the certificate’s', () => server('starttls', { server: 'localhost' })],
    ['where encryption is not offered', () => server('none', { tls: 'starttls' })],
  ])('%s', async (_name, start) => {
    const smtp = await start();
    await office.tell(1);
    await tried();
    expect(await only()).toMatchObject({ state: 'waiting' });
    expect(smtp.taken).toEqual([]);
    expect(smtp.commands).not.toContain('AUTH');
  });
});

describe('[S65] settings', () => {
  const good = {
    ...{ server: 'mail.example.com', port: '587', tls: 'starttls', user: '', password: '' },
    ...{ sender: 'cedar@example.com', recipients: 'ada@example.com', ca: '' },
  };
  const means = {
    robotHosts: [],
    mailHosts: ['localhost', 'old.internal:25'],
    allowLoopback: false,
    own: ['db'],
  };
  const wrong = (over: Record<string, string>) =>
    email.problem?.({ ...good, ...over }, means)?.option ?? null;

  test.each([
    [{ server: '127.0.0.1' }, 'server'],
    [{ server: '169.254.169.254' }, 'server'],
    [{ server: 'db' }, 'server'],
    [{ server: '' }, 'server'],
    [{ tls: 'none' }, 'tls'],
    [{ tls: 'none', server: 'old.internal' }, 'tls'],
    [{ user: 'cedar' }, 'password'],
    [{ sender: '' }, 'sender'],
    [{ recipients: '' }, 'recipients'],
    [{ recipients: Array.from({ length: 51 }, (_, n) => `a${n}@example.com`).join('\n') }, 'recipients'],
    [{}, null],
    [{ server: 'localhost', tls: 'none' }, null],
    [{ server: 'old.internal', port: '25', tls: 'none' }, null],
  ])('%j: %s', (over, option) => {
    expect(wrong(over)).toBe(option);
  });

  test.each([
    ['sender', 'Cedar <cedar@example.com>'],
    ['sender', 'a@example.com\r\nBcc: eve@example.com'],
    ['sender', '"a b"@example.com'],
    ['recipients', 'ada@example.com\nnobody'],
    ['recipients', 'ada@-,eve'],
    ['server', 'mail.example.com/x'],
    ['server', 'a\r\nb'],
    ['port', '0'],
    ['port', '65536'],
    ['port', '25 '.repeat(3)],
    ['user', 'a\u0000b'],
    ['ca', 'a certificate'],
    ['ca', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ])('%s is not %j', (name, value) => {
    const option = email.options.find((one) => one.name === name);
    expect(option?.schema.safeParse(value).success).toBe(false);
  });

  test('an authority is one or more certificates', () => {
    const ca = email.options.find(({ name }) => name === 'ca');
    expect(ca?.schema.safeParse(`${authority}\n${stranger}`).success).toBe(true);
    expect(ca?.schema.safeParse('').success).toBe(true);
  });
});
