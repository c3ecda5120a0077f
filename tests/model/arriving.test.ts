import { expect, test } from 'vitest';
import { isInside, parseRange } from '../../src/model/address-range.ts';
import { isGivenKey, parseGivenKey } from '../../src/model/given-host-key.ts';

test.each([
  ['10.1.0.0/16', '10.1.255.255', true],
  ['10.1.0.0/16', '10.2.0.1', false],
  ['fd00:1::/48', 'fd00:1::5', true],
  ['fd00:1::/48', 'fd00:2::5', false],
  ['10.1.0.0/16', 'web.example.com', false],
])('%s holds %s: %s', (range, address, inside) => {
  expect(isInside([range], address)).toBe(inside);
});

test.each(['', '10.1.0.0', '10.1.0.0/3', '10.1.0.0/33', 'fd00::/129', 'x/16', '10.1/16', '1.2.3.4/16/1'])(
  '%j is no range',
  (text) => {
    expect(parseRange(text)).toBeNull();
  },
);

const wire = 'AAAAC3NzaC1lZDI1NTE5AAAAIGdlbmVyYXRlZC1mb3ItYS10ZXN0LW9ubHktMTIzNDU2Nzg5';

test.each([wire, `ssh-ed25519 ${wire}`, `ssh-ed25519 ${wire} root@web1`, `web1 ssh-ed25519 ${wire}`])(
  'a key is read from %j',
  (text) => {
    expect(parseGivenKey(text)).toBe(wire);
  },
);

test('a fingerprint stands for its key and no other', () => {
  const print = 'SHA256:2mPbpKZtGbUDZW1V7Z1bWvCdE9pDbpQuQ3mI2WdDnXo';
  expect(parseGivenKey(` ${print}\n`)).toBe(print);
  expect(isGivenKey(print, wire)).toBe(false);
  expect(isGivenKey(wire, wire)).toBe(true);
});

test.each(['', 'no', 'MD5:00', `${'A'.repeat(80)}`, 'SHA256:short', 'ssh-ed25519', '$(id)'])(
  '%j is no key',
  (text) => {
    expect(parseGivenKey(text)).toBeNull();
  },
);
