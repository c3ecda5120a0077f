import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { difference, makeManifest } from '../../src/builds/manifest.ts';
import { isReceiver } from '../../src/commands/rsync.ts';
import { type Ship, ship } from '../../src/shells/rsync.ts';
import { Bridge } from '../../src/shells/ssh/bridge.ts';
import { type Lab, startLab, until } from './ssh/lab.ts';

let lab: Lab;
let bridge: Bridge;
let sockets: string;
let top: string;
let from: string;
let to: string;

beforeAll(async () => {
  lab = await startLab();
  sockets = mkdtempSync(join(tmpdir(), 'ship-bridge-'));
  bridge = new Bridge(lab.pool, sockets);
  await bridge.listen();
});
afterAll(async () => {
  await bridge.close();
  await lab.stop();
  rmSync(sockets, { recursive: true });
});
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'ship-'));
  [from, to] = [join(top, 'from'), join(top, 'to')];
  mkdirSync(to);
  write(from, 'index.js', 'hello');
});
afterEach(() => rmSync(top, { recursive: true }));

function write(dir: string, path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
  chmodSync(join(dir, path), mode);
}

const shipped = (changes: Partial<Ship> = {}) =>
  ship({ bridge, target: lab.target, from, to, files: null, deadlineMs: 20_000, ...changes });

describe('ship', () => {
  it('[S83] sends nothing and signs in nowhere where rsync alone meets another host key', async () => {
    const before = lab.sshd.log().length;
    const hostKey = lab.target.hostKey.replace(/.{8}$/, 'AAAAAAAA');
    await expect(shipped({ target: { ...lab.target, hostKey } })).rejects.toThrow(/host.key/);
    await until('sshd sees us go', () => lab.sshd.log().slice(before).includes('[preauth]'));
    expect(lab.sshd.log().slice(before)).not.toMatch(/publickey|Accepted|Failed|user/);
    expect(existsSync(join(to, 'index.js'))).toBe(false);
  });

  it('sends a whole tree: contents, modes, times and links', async () => {
    write(from, 'bin/run', '#!/bin/sh\n', 0o755);
    write(from, 'private', 'x', 0o600);
    utimesSync(join(from, 'index.js'), 1_000_000, 1_000_000);
    symlinkSync('../index.js', join(from, 'bin/link'));
    symlinkSync('nowhere', join(from, 'dangling'));
    const { bytesSent } = await shipped();
    expect((await makeManifest(to)).text).toBe((await makeManifest(from)).text);
    expect(statSync(join(to, 'index.js')).mtimeMs).toBe(1_000_000_000);
    expect(readlinkSync(join(to, 'dangling'))).toBe('nowhere');
    expect(bytesSent).toBeGreaterThan(100);
  });

  it('[S42] [S45] sends names as they are, whatever they look like', async () => {
    const names = [
      '-e sh',
      '--rsh=touch canary',
      '$(touch canary)',
      'a b',
      "a'b",
      '#x',
      ';x',
      '*',
      '[a]',
      'zoë',
      '~',
    ];
    for (const name of names) write(from, name, name);
    write(from, '+ x/- y', 'filter-like');
    const strange = join(top, 'to $(touch canary) `id`;x \'"');
    mkdirSync(strange);
    await shipped({ to: strange });
    expect((await makeManifest(strange)).hash).toBe((await makeManifest(from)).hash);
    expect(existsSync(join(top, 'canary'))).toBe(false);
  });

  it('makes a hard-linked copy into the new release without touching the old one', async () => {
    const old = join(top, 'old');
    for (const dir of [from, old]) {
      write(dir, 'same', 'same');
      write(dir, 'changed', 'old');
      write(dir, 'mode', 'm');
      write(dir, 'gone', 'x');
      write(dir, 'becomes-file/a', 'x');
    }
    write(old, 'index.js', 'hello');
    const before = await makeManifest(old);
    for (const { path } of before.entries) {
      mkdirSync(dirname(join(to, path)), { recursive: true });
      linkSync(join(old, path), join(to, path));
    }
    write(from, 'changed', 'new');
    chmodSync(join(from, 'mode'), 0o755);
    rmSync(join(from, 'gone'));
    rmSync(join(from, 'becomes-file'), { recursive: true });
    write(from, 'becomes-file', 'y');
    write(from, 'added/b', 'z');
    const wanted = await makeManifest(from);
    const { send, remove } = difference(before, wanted);
    for (const path of [...send, ...remove])
      if (path !== 'becomes-file') rmSync(join(to, path), { force: true });
    await shipped({ files: send });
    // Names in `old` share their files with `to`, so the manifests look at copies without them.
    expect(readFileSync(join(to, 'changed'), 'utf8')).toBe('new');
    expect(lstatSync(join(to, 'becomes-file')).isFile()).toBe(true);
    expect(statSync(join(to, 'same')).ino).toBe(statSync(join(old, 'same')).ino);
    expect(copyHash(to)).toBe(wanted.hash);
    expect(copyHash(old)).toBe(before.hash);
  });

  function copyHash(dir: string): string {
    const lines = execFileSync(
      'sh',
      [
        '-c',
        `find . -type f -printf '%P\\n' | LC_ALL=C sort | while IFS= read -r f; do
        printf '%s\\t%s\\n' "$(sha256sum <"$f" | cut -d' ' -f1)" "$(find "./$f" -printf '%m\\t%s\\t')$f"; done`,
      ],
      { cwd: dir },
    );
    return execFileSync('sha256sum', { input: lines, encoding: 'utf8' }).split(' ')[0] ?? '';
  }

  it('replaces files, never writes through a hard link, also where nothing was deleted before', async () => {
    write(top, 'precious', 'old contents');
    linkSync(join(top, 'precious'), join(to, 'index.js'));
    await shipped();
    expect(readFileSync(join(top, 'precious'), 'utf8')).toBe('old contents');
    expect(readFileSync(join(to, 'index.js'), 'utf8')).toBe('hello');
  });

  it('sends only what is named, deletes nothing, and nothing for an empty list', async () => {
    write(from, 'other', 'x');
    write(to, 'already', 'there');
    expect(await shipped({ files: [] })).toEqual({ bytesSent: 0 });
    await shipped({ files: ['index.js'] });
    expect((await makeManifest(to)).entries.map(({ path }) => path)).toEqual(['already', 'index.js']);
  });

  it('[S84] spawns no ssh', async () => {
    const bin = join(top, 'bin');
    write(bin, 'ssh', `#!/bin/sh\n: >${join(top, 'canary')}\nexit 255\n`, 0o755);
    const path = process.env.PATH;
    process.env.PATH = `${bin}:${path}`;
    await shipped();
    process.env.PATH = path;
    expect(existsSync(join(top, 'canary'))).toBe(false);
  });
});

describe('a shipment that fails', () => {
  it.skipIf(process.getuid?.() !== 0)('says that the host has no room (R30)', async () => {
    const small = join(top, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]);
    write(from, 'big', 'x'.repeat(200_000));
    const error = await shipped({ to: small }).catch((thrown: unknown) => thrown);
    execFileSync('umount', ['--lazy', small]);
    expect(error).toMatchObject({ code: 'ship_disk_full', detail: { host: lab.target.name } });
  });

  it('says that the host is not who it was', async () => {
    const target = { ...lab.target, hostKey: lab.target.hostKey.replace(/.{8}$/, 'AAAAAAAA') };
    const error = await shipped({ target }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ship_unreachable' });
    expect(String((error as Error).message)).toContain('host-key');
    expect(existsSync(join(to, 'index.js'))).toBe(false);
  });

  it('says that a file is missing here', async () => {
    await expect(shipped({ files: ['no-such'] })).rejects.toMatchObject({
      code: 'ship_failed',
      detail: { code: 23 },
    });
  });

  it('ends at the deadline and when it is abandoned', async () => {
    await expect(shipped({ deadlineMs: 1 })).rejects.toMatchObject({ code: 'ship_deadline' });
    await expect(shipped({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ship_aborted' });
  });
});

describe('the command that a grant for a shipment accepts', () => {
  it.each([
    ['rsync --server -slWtprRe.iLsfxCIvu', true],
    ['rsync --server --sender -slWtpre.iLsfxCIvu', false],
    ['rsync --server -lWtpr . /etc', false],
    ['rsync --server -s; touch /tmp/canary', false],
    ['sh -c id', false],
  ])('%s: %s', (command, allowed) => {
    expect(isReceiver(command)).toBe(allowed);
  });
});
