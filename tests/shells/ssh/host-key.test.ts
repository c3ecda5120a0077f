import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../../src/demo/fleet/free-port.ts';
import { scanHostKey } from '../../../src/shells/ssh/host-key.ts';
import { startSshd } from '../../lab/sshd.ts';
import { kindOfFailure, until } from './lab.ts';

test.each([
  ['ed25519', 'ssh-ed25519'],
  ['ecdsa', 'ecdsa-sha2-nistp256'],
  ['rsa', 'ssh-rsa'],
] as const)('the %s key of a server is read, and nobody signs in', async (type, algorithm) => {
  const sshd = await startSshd({ authorizedKeys: [], hostKeyType: type });
  try {
    const shown = await scanHostKey(sshd.target.address, sshd.target.port, 5000);
    expect(shown).toMatchObject({ key: sshd.target.hostKey, algorithm });
    const openssh = execFileSync('ssh-keygen', ['-l', '-f', join(sshd.dir, 'host_key')]).toString();
    expect(openssh).toContain(` ${shown.fingerprint} `);
    await until('sshd sees us go', () => /closed|reset|disconnect/i.test(sshd.log()));
    expect(sshd.log()).not.toMatch(/publickey|invalid user|Failed/);
  } finally {
    await sshd.stop();
  }
});

test('a closed port is refused', async () => {
  expect(await kindOfFailure(scanHostKey('127.0.0.1', await freePort('127.0.0.1'), 1000))).toBe('refused');
});

test('a server that is silent, or speaks something else, is given up', async () => {
  expect(await kindOfGreeting('', 200)).toBe('deadline');
  expect(await kindOfGreeting('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(2000), 5000)).not.toBe('host-key');
});

async function kindOfGreeting(greeting: string, deadlineMs: number): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    if (greeting) socket.end(greeting);
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  const kind = await kindOfFailure(scanHostKey('127.0.0.1', port, deadlineMs));
  await new Promise((resolve) => server.close(resolve));
  return kind;
}
