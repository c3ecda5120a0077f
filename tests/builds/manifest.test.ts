import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { difference, makeManifest, parseManifest } from '../../src/builds/manifest.ts';
import { CedarError } from '../../src/errors.ts';

let top: string;
let tree: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'manifest-'));
  tree = join(top, 'tree');
  mkdirSync(join(tree, 'lib/deep'), { recursive: true });
  write('index.js', 'hello\n');
});
afterEach(() => rmSync(top, { recursive: true }));

function write(path: string, text: string, mode = 0o644): void {
  writeFileSync(join(tree, path), text);
  chmodSync(join(tree, path), mode);
}

async function refused(): Promise<string> {
  const error = await makeManifest(tree).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CedarError);
  expect((error as CedarError).code).toBe('build_output');
  return String((error as CedarError).detail.list);
}

describe('makeManifest', () => {
  it('writes what find and sha256sum say', async () => {
    write('lib/a name with  spaces', 'x', 0o755);
    write('lib/-e sh', 'y', 0o600);
    write('zoë', '');
    symlinkSync('../index.js', join(tree, 'lib/link to it'));
    const { text } = await makeManifest(tree);
    const files = execFileSync(
      'sh',
      [
        '-c',
        `find . -type f -printf '%P\\n' | while IFS= read -r f; do
           printf '%s\\t%s\\n' "$(sha256sum <"$f" | cut -d' ' -f1)" "$(find "./$f" -printf '%m\\t%s\\t')$f"; done
         find . -type l -printf 'link\\t%l\\t%P\\n'`,
      ],
      { cwd: tree, encoding: 'utf8' },
    );
    expect(text.split('\n').sort()).toEqual(files.split('\n').sort());
    expect(text).toContain('link\t../index.js\tlib/link to it\n');
    expect(text.split('\n').map((line) => line.split('\t').at(-1))).toEqual([
      'index.js',
      'lib/-e sh',
      'lib/a name with  spaces',
      'lib/link to it',
      'zoë',
      '',
    ]);
  });

  it('reads large files as sha256sum does', async () => {
    writeFileSync(join(tree, 'big'), Buffer.alloc(5_000_001, 'abc'));
    const [entry] = (await makeManifest(tree)).entries;
    const [sum] = execFileSync('sha256sum', [join(tree, 'big')], { encoding: 'utf8' }).split(' ');
    expect(entry).toMatchObject({ path: 'big', sha256: sum, size: 5_000_001 });
  });

  it('is the same for the same tree made twice, and reads back', async () => {
    const first = await makeManifest(tree);
    rmSync(tree, { recursive: true });
    mkdirSync(tree);
    write('index.js', 'hello\n');
    const second = await makeManifest(tree);
    expect(second.hash).toBe(first.hash);
    expect(parseManifest(first.text)).toEqual(first);
  });

  it.each([
    ['/etc/passwd', 'absolute'],
    ['../../../p2', 'out of the tree'],
    ['../../..', 'the folder above'],
    ['up/../../x', 'through another link'],
    ['', 'x\ny'],
  ])('[S42] refuses a link to %j (%s)', async (target, name) => {
    if (target === '') symlinkSync(name, join(tree, 'lib/deep/evil'));
    else symlinkSync(target, join(tree, 'lib/deep/evil'));
    expect(await refused()).toBe('link: "lib/deep/evil"');
  });

  it('[S42] keeps links that stay inside', async () => {
    symlinkSync('../../index.js', join(tree, 'lib/deep/ok'));
    symlinkSync('./deep/../deep', join(tree, 'lib/no'));
    expect(await refused()).toBe('link: "lib/no"');
    rmSync(join(tree, 'lib/no'));
    symlinkSync('..', join(tree, 'lib/deep/up'));
    expect((await makeManifest(tree)).entries).toHaveLength(3);
  });

  it('[S42] refuses hard links to a file outside, and keeps those inside', async () => {
    linkSync(join(tree, 'index.js'), join(tree, 'lib/second'));
    expect((await makeManifest(tree)).entries).toHaveLength(2);
    linkSync(join(tree, 'index.js'), join(top, 'outside'));
    expect(await refused()).toMatch(/^hard link: "(index.js|lib\/second)"$/);
  });

  it('[S42] refuses pipes, sockets, setuid files and devices', async () => {
    execFileSync('mkfifo', [join(tree, 'a-pipe')]);
    write('b-setuid', '#!/bin/sh\n', 0o4755);
    write('c-setgid', '#!/bin/sh\n', 0o2755);
    const server = createServer().listen(join(tree, 'd-socket'));
    await new Promise((resolve) => server.on('listening', resolve));
    const reasons = await refused();
    server.close();
    expect(reasons.split('\n')).toEqual([
      'pipe: "a-pipe"',
      'setuid: "b-setuid"',
      'setuid: "c-setgid"',
      'socket: "d-socket"',
    ]);
  });

  it.each(['a\nb', 'a\tb', 'a\\b', 'a\x1b[2J', '\x7f'])('[S42] refuses the name %j', async (name) => {
    write(name, '');
    expect(await refused()).toBe(`name: ${JSON.stringify(name)}`);
  });

  it('refuses a name that is not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0x66, 0xff])]), '');
    expect(await refused()).toContain('name: ');
  });

  it('counts all, lists twenty', async () => {
    for (let number = 0; number < 30; number += 1) symlinkSync('/etc', join(tree, `l${number}`));
    const error = (await makeManifest(tree).catch((thrown: unknown) => thrown)) as CedarError;
    expect(error.detail.count).toBe(30);
    expect(String(error.detail.list).split('\n')).toHaveLength(20);
  });
});

describe('parseManifest', () => {
  const sum = 'a'.repeat(64);
  it.each([
    `${sum}\t644\t1\ta`,
    `${sum}\t644\ta\n`,
    `${sum}\t4755\t1\ta\n`,
    `${sum}\t644\t1\tb\n${sum}\t644\t1\ta\n`,
    'link\ta\n',
    '\n',
    `${sum}\t0644\t1\ta\n`,
  ])('refuses %j', (text) => {
    expect(() => parseManifest(text)).toThrow(CedarError);
  });
});

describe('difference', () => {
  it('sends what is new or changed in any way, removes what is gone', async () => {
    write('same', '1');
    write('changed', '1');
    write('mode', '1');
    write('gone', '1');
    write('becomes-folder', '1');
    symlinkSync('same', join(tree, 'link'));
    const old = await makeManifest(tree);
    write('changed', '2');
    write('mode', '1', 0o755);
    rmSync(join(tree, 'gone'));
    rmSync(join(tree, 'becomes-folder'));
    mkdirSync(join(tree, 'becomes-folder'));
    write('becomes-folder/inside', '1');
    rmSync(join(tree, 'link'));
    symlinkSync('mode', join(tree, 'link'));
    const now = await makeManifest(tree);
    expect(difference(old, now)).toEqual({
      send: ['becomes-folder/inside', 'changed', 'link', 'mode'],
      remove: ['becomes-folder', 'gone'],
      same: ['index.js', 'same'],
    });
    expect(difference(null, now)).toEqual({
      send: now.entries.map(({ path }) => path),
      remove: [],
      same: [],
    });
  });
});
