import { beforeAll, describe, expect, test } from 'vitest';
import { fetchFile } from '../../src/builds/fetch-file.ts';
import { FileServer } from '../lab/file-server.ts';

let server: FileServer;
let other: FileServer;
const loose = { allowInsecure: true, allowLoopback: true, own: [] };
const get = (url: string, rules = loose, timeoutMs = 5000) =>
  fetchFile(url, { rules, timeoutMs, maxBytes: 100_000 }).then(String);

beforeAll(async () => {
  other = await FileServer.start();
  server = await FileServer.start('127.0.0.1', other.origin);
});

async function reason(url: string, rules = loose, timeoutMs = 5000): Promise<string> {
  const error = await get(url, rules, timeoutMs).then(
    (text) => `it came: ${text.slice(0, 20)}`,
    (problem) => problem,
  );
  expect(error).toMatchObject({ code: 'file_fetch' });
  return String(error.detail.reason);
}

test('a file is fetched, also where its own server moved it', async () => {
  expect(await get(`${server.origin}/file`)).toBe('v1\n');
  expect(await get(`${server.origin}/moved`)).toBe('v1\n');
});

describe('a server that misbehaves', () => {
  test('leads nowhere else, nor round for ever', async () => {
    expect(await reason(`${server.origin}/elsewhere`)).toBe(`it redirects to ${other.origin}`);
    expect(other.asked).toEqual([]);
    expect(await reason(`${server.origin}/round`)).toBe('it redirects again and again');
  });
  test('[S64] takes no longer and gives no more than is allowed', async () => {
    expect(await reason(`${server.origin}/slow`, loose, 300)).toBe('not there after 0.3 s');
    expect(await reason(`${server.origin}/huge`)).toBe('it is larger than 97 KiB');
  });
  test('gives no half file and no page about an error', async () => {
    expect(await reason(`${server.origin}/broken`)).not.toBe('');
    expect(await reason(`${server.origin}/none`)).toBe('it answers 404');
  });
});

describe('nothing is fetched', () => {
  const strict = { ...loose, allowLoopback: false };
  test('[S62] from this machine, whatever it is called', async () => {
    const { port } = new URL(server.origin);
    const before = server.asked.length;
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0x7f.1',
      '127.1',
    ])
      await reason(`http://${host}:${port}/file`, strict);
    await reason('http://169.254.169.254/latest/meta-data', loose);
    await reason(`http://0.0.0.0:${port}/file`, loose);
    expect(server.asked).toHaveLength(before);
  });
  test('without encryption, unless the installation accepts it', async () => {
    await reason(`${server.origin}/file`, { ...loose, allowInsecure: false });
    for (const url of ['file:///etc/passwd', 'ftp://h/x', 'https://user:secret@h/x', 'x', 'http://h/a\nb'])
      expect(await reason(url)).toBe('this installation does not fetch from there');
  });
});
