import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import { program } from '../lab/program.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-lines-'));
const ends: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** What would be an event of its own if any of it broke a line: CRLF, a lone CR or LF, NUL, Unicode's line ends. */
const forged = '{"level":50,"msg":"forged"}';
const ugly = ['\r\n', '\n', '\r', '\u0000\n', '\u2028', '\u0085', '\u001b[2J\n']
  .map((end) => end + forged)
  .join('');

async function webIn(db: Db) {
  await db.migrate.latest();
  const child = spawn(process.execPath, program('web'), {
    cwd: dir,
    env: { PATH: process.env.PATH, CEDAR_DATA_DIR: dir, CEDAR_PORT: '0', CEDAR_LOG_LEVEL: 'trace' },
  });
  ends.push(() => child.kill('SIGKILL'));
  const log = { text: '' };
  child.stderr.on('data', (chunk) => {
    log.text += chunk;
  });
  await until('it listens', () => /"address":"[^"]+"/.test(log.text), 30_000);
  return { log, address: /"address":"([^"]+)"/.exec(log.text)![1]! };
}

/** Sends bytes that no well-meant client would, and waits for the answer's end. */
async function raw(address: string, text: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  const said: Buffer[] = [];
  socket.on('data', (chunk) => said.push(chunk));
  socket.write(text, 'latin1');
  await once(socket, 'close');
  return Buffer.concat(said).toString();
}

test('[S54] line ends in name, agent, path and reason forge no event: each line of the log is one JSON value', async () => {
  const db = openDatabase({ databaseUrl: '', dataDir: dir });
  ends.push(() => db.destroy());
  const { log, address } = await webIn(db);
  const page = await fetch(`${address}/sign-in`);
  const cookie = page.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const _csrf = /data-csrf="([^"]*)"/.exec(await page.text())?.[1] ?? '';
  const form = (fields: Record<string, string>) => new URLSearchParams({ ...fields, _csrf });
  const post = (path: string, fields: Record<string, string>) =>
    fetch(address + path, { method: 'POST', body: form(fields), headers: { cookie }, redirect: 'manual' });
  expect((await post('/sign-in', { username: `eve${ugly}`, password: ugly })).status).toBeGreaterThanOrEqual(
    400,
  );
  await post(`/operations/${encodeURIComponent(ugly)}/unlock`, { reason: ugly });
  await fetch(`${address}/a${encodeURIComponent(ugly)}?b=${encodeURIComponent(ugly)}`);
  const agent = `User-Agent: x\x85${forged}\r\n\t${forged}\r\nX-Request-Id: ${forged}\r\n`;
  const close = 'Host: x\r\nConnection: close\r\n';
  for (const request of [
    `GET /agent HTTP/1.1\r\n${close}${agent}\r\n`,
    `GET /lone HTTP/1.1\r\n${close}User-Agent: x\n${forged}\r\n\r\n`,
    `GET /a\n${forged} HTTP/1.1\r\n${close}\r\n`,
  ])
    expect(await raw(address, request)).toMatch(/^HTTP\/1.1 [34]/);
  await fetch(`${address}/the-last`);
  await until('the last request is told', () => log.text.includes('"path":"/the-last"'), 10_000);
  const lines = log.text.split(/\r\n|[\n\r\u2028\u2029\u0085]/).filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line) as { level: number; msg: string });
  expect(events.length).toBeGreaterThan(5);
  expect(events.filter(({ msg }) => msg === 'forged')).toEqual([]);
  expect([log.text.includes('\u0000'), log.text.includes('\u001b')]).toEqual([false, false]);
  const rows: { object: string }[] = await db('audit').where({ result: 'refused' });
  expect(rows.filter(({ object }) => /^user:eve|sign-in/.test(object))).toHaveLength(1);
}, 60_000);
