import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../src/demo/fleet/free-port.ts';
import { descendantsOf } from '../../../src/demo/fleet/proc.ts';
import { fingerprintOf } from '../../../src/shells/ssh/keys.ts';
import type { SshPool } from '../../../src/shells/ssh/pool.ts';
import type { Target } from '../../../src/shells/ssh/target.ts';
import { startSshd } from '../../lab/sshd.ts';
import { count, kindOfFailure, type Lab, newKeys, newPool, startLab, until } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const printOf = (hostKey: string) => fingerprintOf(Buffer.from(hostKey, 'base64'));
const kindAt = (target: Target, pool: SshPool = lab.pool) => kindOfFailure(pool.exec(target, ['true']));

describe('the host key', () => {
  test('[S83] is checked before anything is authenticated', async () => {
    const other = (await startSshdOnce()).hostKey;
    const before = lab.sshd.log().length;
    const refusal = lab.pool.exec({ ...lab.target, hostKey: other }, ['true']);
    const both = `it shows ${printOf(lab.target.hostKey)}, accepted is ${printOf(other)}`;
    await expect(refusal).rejects.toMatchObject({ kind: 'host-key', detail: { host: 'lab', reason: both } });
    await until('sshd sees us go', () => lab.sshd.log().slice(before).includes('[preauth]'));
    expect(lab.sshd.log().slice(before)).not.toMatch(/publickey|Accepted|Failed|user/);
    await lab.pool.exec(lab.target, ['true']);
    expect(lab.sshd.log().slice(before)).toMatch(/Accepted publickey/);
  });

  test('must be pinned: without one no connection is tried', async () => {
    expect(await kindAt({ ...lab.target, hostKey: '' })).toBe('host-key');
    expect(await kindAt({ ...lab.target, hostKey: 'not a key' })).toBe('host-key');
  });

  test('of another type than the pinned one is a wrong key', async () => {
    const rsa = await startLab({ sshd: { hostKeyType: 'rsa' } });
    try {
      expect((await rsa.pool.exec(rsa.target, ['echo', 'rsa'])).stdout).toBe('rsa\n');
      expect(await kindAt({ ...rsa.target, hostKey: lab.target.hostKey }, rsa.pool)).toBe('host-key');
    } finally {
      await rsa.stop();
    }
  });

  test('in use is not reused for another pin', async () => {
    await lab.pool.exec(lab.target, ['true']);
    const other = (await startSshdOnce()).hostKey;
    expect(await kindAt({ ...lab.target, hostKey: other })).toBe('host-key');
  });
});

describe('[S85] old algorithms are refused', () => {
  const cases = [
    ['KexAlgorithms diffie-hellman-group14-sha1', 'algorithms'],
    ['KexAlgorithms diffie-hellman-group1-sha1', 'algorithms'],
    ['KexAlgorithms diffie-hellman-group-exchange-sha256', 'algorithms'],
    ['Ciphers aes128-cbc', 'algorithms'],
    ['Ciphers chacha20-poly1305@openssh.com', 'algorithms'],
    ['MACs hmac-sha2-256-etm@openssh.com\nCiphers aes128-ctr', 'algorithms'],
    ['HostKeyAlgorithms ssh-rsa', 'host-key'],
  ] as const;
  test.each(cases)(
    '%s, unless an exception was made, and then on connections of its own',
    async (line, kind) => {
      const old = await startLab({ sshd: { config: [line], hostKeyType: 'rsa' } });
      try {
        expect(await kindAt(old.target, old.pool)).toBe(kind);
        const excepted = await old.pool.exec({ ...old.target, weak: true }, ['echo', 'old']);
        expect(excepted.stdout).toBe('old\n');
        expect(await kindAt(old.target, old.pool)).toBe(kind);
      } finally {
        await old.stop();
      }
    },
  );
});

describe('a key that the host does not know', () => {
  test('is offered once', async () => {
    const stranger = await newKeys();
    const pool = newPool(stranger);
    const before = lab.sshd.log().length;
    expect(await kindAt(lab.target, pool)).toBe('auth');
    await until('sshd sees us go', () => lab.sshd.log().slice(before).includes('[preauth]'));
    expect(lab.sshd.log().slice(before)).not.toMatch(/Accepted/);
    await rm(stranger.dir, { recursive: true });
  });

  test('and one that we do not have is named', async () => {
    const attempt = lab.pool.exec({ ...lab.target, keyName: 'absent' }, ['true']);
    await expect(attempt).rejects.toMatchObject({ code: 'ssh_key_missing', detail: { name: 'absent' } });
  });
});

describe('no connection', () => {
  test('where nothing listens: refused', async () => {
    expect(await kindAt({ ...lab.target, port: await freePort('127.0.0.1') })).toBe('refused');
  });

  test('to a name of which no address answers: refused, with a reason', async () => {
    const target = { ...lab.target, address: 'localhost', port: await freePort('127.0.0.1') };
    const reason = /ECONNREFUSED/;
    await expect(lab.pool.exec(target, ['true'])).rejects.toMatchObject({
      kind: 'refused',
      detail: { reason: expect.stringMatching(reason) },
    });
  });

  test('where the server drops us: refused, after a second try', async () => {
    const server = await listen((socket) => socket.destroy());
    expect(await kindAt({ ...lab.target, port: server.port })).toBe('refused');
    expect(server.connections()).toBe(2);
    await server.close();
  });

  test('where the server accepts and is silent: deadline, without a second try', async () => {
    const server = await listen(() => null);
    const pool = newPool(lab.keys, { connectSeconds: 0.3 });
    const began = Date.now();
    expect(await kindAt({ ...lab.target, port: server.port }, pool)).toBe('deadline');
    expect(Date.now() - began).toBeLessThan(2000);
    expect(server.connections()).toBe(1);
    await server.close();
  });

  test('a crowd of servers that accept and are silent holds up no other handshake', async () => {
    const server = await listen(() => null, '0.0.0.0');
    const pool = newPool(lab.keys);
    let given = 0;
    const silent = Array.from({ length: 70 }, (_, number) => {
      const target = { ...lab.target, address: `127.0.1.${number + 1}`, port: server.port };
      return kindAt(target, pool).finally(() => {
        given += 1;
      });
    });
    await until('all of them accepted', () => server.connections() === 70);
    expect((await pool.exec(lab.target, ['echo', 'well'])).stdout).toBe('well\n');
    expect(given, 'all of them are still waited for').toBe(0);
    await server.close();
    expect(new Set(await Promise.all(silent))).toEqual(new Set(['refused']));
    await pool.close();
  });

  test('where packets vanish: unreachable, within two deadlines', async () => {
    const hole = await blackhole();
    const pool = newPool(lab.keys, { connectSeconds: 0.3 });
    const began = Date.now();
    expect(await kindAt({ ...lab.target, port: hole.port }, pool)).toBe('unreachable');
    expect(Date.now() - began).toBeGreaterThan(600);
    expect(Date.now() - began).toBeLessThan(3000);
    hole.close();
  });

  test('and the next attempt begins anew', async () => {
    const port = await freePort('127.0.0.1');
    const target = { ...lab.target, port };
    expect(await kindAt(target)).toBe('refused');
    const authorizedKeys = [(await lab.keys.public('default')).line];
    const sshd = await startSshd({ authorizedKeys, port });
    expect((await lab.pool.exec(sshd.target, ['echo', 'now'])).stdout).toBe('now\n');
    await sshd.stop();
  });

  test('is never asked for faster than the server takes it, however many want one', async () => {
    const narrow = await startLab({ sshd: { config: ['MaxStartups 8:100:8'] } });
    const pools = await Promise.all(
      Array.from({ length: 24 }, async (_, at) => {
        await narrow.keys.ensure(`key${at}`);
        return { ...narrow.target, keyName: `key${at}` };
      }),
    );
    try {
      const kinds = await Promise.all(pools.map((target) => kindAt(target, narrow.pool)));
      expect(kinds).toEqual(Array(24).fill('auth'));
      expect(narrow.sshd.log()).not.toContain('MaxStartups');
    } finally {
      await narrow.stop();
    }
  });
});

describe('a connection that breaks', () => {
  test('in the middle of a command: lost, and the next command connects again', async () => {
    const pids = await whileRunning(lab, (sshdChild) => process.kill(sshdChild, 'SIGKILL'));
    expect(pids.kind).toBe('lost');
    expect((await lab.pool.exec(lab.target, ['echo', 'back'])).stdout).toBe('back\n');
  });

  test('silently: lost after three intervals without a byte', async () => {
    const own = await startLab({ pool: { keepaliveSeconds: 0.2 } });
    try {
      const began = Date.now();
      const stopped = await whileRunning(own, (sshdChild) => process.kill(sshdChild, 'SIGSTOP'));
      expect(stopped.kind).toBe('lost');
      expect(Date.now() - began).toBeLessThan(3000);
      process.kill(stopped.sshdChild, 'SIGKILL');
    } finally {
      await own.stop();
    }
  });

  test('silently, where the kernel alone asks for signs of life: gone with the first deadline', async () => {
    const own = await startLab({ pool: { keepaliveSeconds: 0 } });
    try {
      await own.pool.exec(own.target, ['true']);
      const [session] = descendantsOf(own.sshd.pid);
      process.kill(session!.pid, 'SIGSTOP');
      const asked = own.pool.exec(own.target, ['true'], { deadlineMs: 200 });
      expect(await kindOfFailure(asked)).toBe('deadline');
      expect((await own.pool.exec(own.target, ['echo', 'anew'])).stdout).toBe('anew\n');
      process.kill(session!.pid, 'SIGKILL');
      const late = own.pool.exec(own.target, ['sh', '-c', 'sleep 0.4; echo here; sleep 1'], {
        deadlineMs: 800,
      });
      expect(await kindOfFailure(late)).toBe('deadline');
      await own.pool.exec(own.target, ['true']);
      expect(count(own.sshd.log(), 'Accepted publickey'), 'one that speaks is kept').toBe(2);
    } finally {
      await own.stop();
    }
  });

  test('only after silence: a long quiet command lives on', async () => {
    const own = await startLab({ pool: { keepaliveSeconds: 0.1 } });
    try {
      expect((await own.pool.exec(own.target, ['sh', '-c', 'sleep 1; echo ok'])).stdout).toBe('ok\n');
      expect(count(own.sshd.log(), 'Accepted publickey')).toBe(1);
    } finally {
      await own.stop();
    }
  });

  test('because the pool is closed: lost, and nothing more is taken', async () => {
    const pool = newPool(lab.keys);
    let closing: Promise<void> | undefined;
    const running = pool.exec(lab.target, ['sh', '-c', 'echo up; exec sleep 5'], {
      onOutput: () => {
        closing = pool.close();
      },
    });
    expect(await kindOfFailure(running)).toBe('lost');
    await closing;
    expect(await kindAt(lab.target, pool)).toBe('lost');
  });
});

/** Does something to sshd's process of our connection while a command runs; tells how the command ended. */
async function whileRunning(each: Lab, act: (sshdChild: number) => void) {
  let sshdChild = 0;
  let sleeper = 0;
  const running = each.pool.exec(each.target, ['sh', '-c', 'echo $PPID $$; exec sleep 60'], {
    onOutput: (chunk) => {
      [sshdChild = 0, sleeper = 0] = chunk.toString().split(' ').map(Number);
      act(sshdChild);
    },
  });
  const kind = await kindOfFailure(running);
  process.kill(sleeper, 'SIGKILL');
  return { kind, sshdChild };
}

async function startSshdOnce(): Promise<Target> {
  const sshd = await startSshd({ authorizedKeys: [] });
  await sshd.stop();
  return sshd.target;
}

async function listen(greet: (socket: Socket) => void, address = '127.0.0.1') {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const bound = server.address();
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: typeof bound === 'object' && bound ? bound.port : 0, connections: () => connections, close };
}

/** A port whose queue of connections is full and whose owner is stopped: the kernel drops what comes. */
async function blackhole() {
  const script = `const s = require('net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => console.log(s.address().port))`;
  const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) =>
    owner.stdout.once('data', (text) => resolve(Number(text))),
  );
  owner.kill('SIGSTOP');
  const fillers = Array.from({ length: 8 }, () => connect({ host: '127.0.0.1', port }));
  for (const filler of fillers) filler.on('error', () => filler.destroy());
  await until('the queue is full', () => fillers.filter((filler) => !filler.connecting).length >= 2);
  const close = () => {
    for (const filler of fillers) filler.destroy();
    owner.kill('SIGKILL');
  };
  return { port, close };
}
