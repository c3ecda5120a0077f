import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection, type ParsedKey } from 'ssh2';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { scanHostKey } from '../../src/shells/ssh/host-key.ts';
import type { KeyFolder } from '../../src/shells/ssh/keys.ts';
import type { SshPool } from '../../src/shells/ssh/pool.ts';
import type { Target } from '../../src/shells/ssh/target.ts';
import { kindOfFailure, newKeys, newPool } from '../shells/ssh/lab.ts';
import { endless, evil, meets, says } from './evil.ts';

let keys: KeyFolder;
let pool: SshPool;
/** Gives up soon: for machines that make it wait as long as they can. */
let hasty: SshPool;
let good: Target;
beforeAll(async () => {
  keys = await newKeys();
  pool = newPool(keys);
  hasty = newPool(keys, { connectSeconds: 1.5 });
  good = await evil((session) => {
    session.on('exec', (accept) => {
      const channel = accept();
      channel.exit(0);
      channel.end();
    });
  });
});
afterAll(async () => {
  for (const one of [pool, hasty]) await one.close();
  rmSync(keys.dir, { recursive: true });
});

/** What ssh2 does not do of itself: packets as a hostile server would put them together. */
type Inside = {
  _sock: Socket;
  _chanMgr: { add(told: (error?: Error) => void): number };
  _protocol: {
    _packetRW: {
      write: { allocStart: number; alloc(bytes: number): Buffer; finalize(packet: Buffer): Buffer };
    };
    _cipher: { encrypt(packet: Buffer): void };
    openssh_authAgent(channel: number, window: number, packet: number): void;
  };
};
const inside = (client: Connection) => client as unknown as Inside;

const text = (bytes: Buffer | string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(bytes));
  return Buffer.concat([length, Buffer.from(bytes)]);
};
const message = (kind: number, ...parts: Buffer[]) => Buffer.concat([Buffer.from([kind]), ...parts]);
const long = text(Buffer.alloc(30_000, 'A'));

/** Tries a machine; it must fail in time and in bounds, and other machines are reached as before. */
async function survives(target: Target, by: SshPool): Promise<string> {
  const [began, before] = [Date.now(), process.memoryUsage().rss];
  const kind = await kindOfFailure(by.exec(target, ['true']));
  expect(Date.now() - began).toBeLessThan(5000);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  expect((await pool.exec(good, ['true'])).code).toBe(0);
  return kind;
}

test('[S86] an agent that a target asks for is not there for it, although the worker has one', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-agent-'));
  let calls = 0;
  const agent = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => agent.listen(join(dir, 'agent'), resolve));
  vi.stubEnv('SSH_AUTH_SOCK', join(dir, 'agent'));
  const answers: (Error | undefined)[] = [];
  const target = await evil((session, client) => {
    session.on('auth-agent', () => answers.push(undefined));
    session.on('exec', (accept) => {
      const channel = accept();
      const told = (error?: Error) => {
        answers.push(error);
        if (answers.length < 2) return client.openssh_forwardOutStreamLocal(join(dir, 'agent'), told);
        channel.exit(0);
        channel.end();
      };
      const { _chanMgr, _protocol } = inside(client);
      _protocol.openssh_authAgent(_chanMgr.add(told), 1 << 20, 1 << 15);
    });
  });
  expect((await pool.exec(target, ['true'])).code).toBe(0);
  expect(answers.map((error) => error instanceof Error)).toEqual([true, true]);
  expect(calls).toBe(0);
  vi.unstubAllEnvs();
  await new Promise((resolve) => agent.close(resolve));
  rmSync(dir, { recursive: true });
});

test.each([
  ['packets to be ignored', message(2, long), 'deadline'],
  ['banners', message(53, long, text('')), 'deadline'],
  ['requests that want an answer', message(80, text('x'), Buffer.from([1])), 'deadline'],
  ['refusals', message(51, text('publickey'), Buffer.from([0])), 'auth'],
])('[S86] a flood of %s before we have signed in is given up in time', async (_what, packet, kind) => {
  let sent = 0;
  const target = await meets((client) => {
    const { _protocol, _sock } = inside(client);
    const send = () => {
      const { write } = _protocol._packetRW;
      const room = write.alloc(packet.length);
      packet.copy(room, write.allocStart);
      _protocol._cipher.encrypt(write.finalize(room));
      sent += 1;
    };
    const more = () => {
      for (let at = 0; at < 100 && _sock.writableLength < 1 << 20; at += 1) send();
      if (_sock.writable) setImmediate(more);
    };
    client.once('authentication', more);
  });
  expect(await survives(target, hasty)).toBe(kind);
  expect(sent).toBeGreaterThan(90);
});

test('[S86] a flood before any key is agreed on is given up in time', async () => {
  let sent = 0;
  const payload = message(2, text(Buffer.alloc(1022)));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1 + 8);
  head[4] = 8;
  const packet = Buffer.concat([head, payload, Buffer.alloc(8)]);
  const target = await says((socket) => {
    socket.write('SSH-2.0-flood\r\n');
    const write = (chunk: Buffer) => {
      sent += 1;
      return !socket.destroyed && socket.write(chunk);
    };
    endless(write, (go) => socket.on('drain', go), packet);
  });
  expect(await survives(target, hasty)).toBe('deadline');
  expect(sent).toBeGreaterThan(10);
});

const rsa = ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).private) as ParsedKey;
const type = text('ssh-rsa');
const exponent = text(Buffer.from([1, 0, 1]));
const modulus = text(Buffer.alloc(257, 0x5a));
test.each([
  ['that ends after its type', type],
  ['that ends after its exponent', Buffer.concat([type, exponent])],
  ['with a length beyond its end', Buffer.concat([type, exponent, Buffer.from([0x7f, 0xff, 0xff, 0xff, 1])])],
  ['with an empty modulus', Buffer.concat([type, exponent, text('')])],
  ['with the modulus 0', Buffer.concat([type, exponent, text(Buffer.from([0]))])],
  ['with a negative modulus', Buffer.concat([type, exponent, text(Buffer.alloc(256, 0xff))])],
  ['with the exponent 0', Buffer.concat([type, text(Buffer.from([0])), modulus])],
  ['with an exponent of 15000 bytes', Buffer.concat([type, text(Buffer.alloc(15_000, 0x7f)), modulus])],
  ['with a modulus of 30000 bytes', Buffer.concat([type, exponent, text(Buffer.alloc(30_000, 0x7f))])],
  ['that is another one than its signature\u2019s', Buffer.concat([type, exponent, modulus])],
])('[S86] an RSA host key %s is refused before we sign in, and the client lives on', async (_what, wire) => {
  let asked = 0;
  const shown = Object.assign(Object.create(rsa) as ParsedKey, { getPublicSSH: () => wire });
  const target = await meets((client) => client.on('authentication', () => (asked += 1)), {
    hostKeys: [{ key: shown as unknown as string }] as never,
    algorithms: { serverHostKey: ['rsa-sha2-256'] },
  });
  expect(await kindOfFailure(pool.exec(target, ['true']))).toBe('host-key');
  const pinned = { ...target, hostKey: wire.toString('base64') };
  expect(['refused', 'lost', 'host-key']).toContain(await survives(pinned, pool));
  const seen = await scanHostKey(target.address, target.port, 5000);
  expect(seen.key).toBe(pinned.hostKey);
  expect(asked).toBe(0);
});
