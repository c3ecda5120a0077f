import { describe, expect, test } from 'vitest';
import { judgeAddress } from '../../src/model/host-address.ts';

const strict = { allowLoopback: false, own: ['db.internal', '10.9.9.9'] };

describe('[S43] a machine’s address', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['Web-1.Example.COM.', 'web-1.example.com'],
    ['web1', 'web1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['3com.example', '3com.example'],
  ])('%s is kept as %s', (text, address) => {
    expect(judgeAddress(text, strict)).toEqual({ ok: true, address });
  });

  test.each([
    '',
    '-oProxyCommand=touch C',
    'a@b',
    'h;id',
    '::1%eth0',
    'fe80::1%eth0',
    '0',
    '2130706433',
    '127.1',
    '0x7f.1',
    '0x7f000001',
    '017700000001',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    'h#',
    '[',
    '[::1]',
    'a b',
    'a\nb',
    'a..b',
    '-a.example',
    'a-.example',
    'a_b',
    '$(touch C)',
    '`id`',
    'é.example',
    '\u{1f600}',
    `${'a'.repeat(64)}.example`,
    'a.'.repeat(130),
    'a'.repeat(65_536),
  ])('%j is no address', (text) => {
    expect(judgeAddress(text, strict)).toEqual({ ok: false, code: 'address' });
  });

  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', 'a.localhost', 'LOCALHOST.', '::ffff:127.0.0.1'])(
    '%s is loopback: refused, unless allowed',
    (text) => {
      expect(judgeAddress(text, strict)).toEqual({ ok: false, code: 'address_loopback' });
      expect(judgeAddress(text, { ...strict, allowLoopback: true }).ok).toBe(true);
    },
  );

  test.each(['0.0.0.0', '169.254.169.254', '224.0.0.1', '255.255.255.255', '::', 'fe80::1', 'ff02::1'])(
    '%s is never a machine',
    (text) => {
      for (const allowLoopback of [true, false])
        expect(judgeAddress(text, { ...strict, allowLoopback })).toEqual({
          ok: false,
          code: 'address_special',
        });
    },
  );

  test.each(['db.internal', 'DB.internal.', '10.9.9.9'])('%s is the product’s own', (text) => {
    expect(judgeAddress(text, strict)).toEqual({ ok: false, code: 'address_own' });
  });

  test('a long hostile text is judged at once', () => {
    const began = performance.now();
    judgeAddress(`${'a'.repeat(100_000)}!`, strict);
    judgeAddress(`${'a-'.repeat(50_000)}!`, strict);
    expect(performance.now() - began).toBeLessThan(50);
  });
});
