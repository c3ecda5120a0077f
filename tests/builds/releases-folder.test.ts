import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReleasesFolder } from '../../src/builds/releases-folder.ts';

let top: string;
let releases: ReleasesFolder;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'releases-'));
  releases = new ReleasesFolder(join(top, 'releases'));
});
afterEach(() => rmSync(top, { recursive: true }));

function built(name = 'built'): string {
  const dir = join(top, name);
  mkdirSync(join(dir, 'lib'), { recursive: true });
  writeFileSync(join(dir, 'index.js'), name);
  symlinkSync('../index.js', join(dir, 'lib/link'));
  return dir;
}

describe('ReleasesFolder', () => {
  it('keeps a tree as a whole, with its manifest', async () => {
    const manifest = await releases.keep('online_shop', 'r1', built());
    expect(existsSync(join(top, 'built'))).toBe(false);
    expect(existsSync(join(releases.path('online_shop', 'r1'), 'lib/link'))).toBe(true);
    expect(await releases.manifest('online_shop', 'r1')).toEqual(manifest);
    expect(await releases.verify('online_shop', 'r1')).toEqual({ ok: true, changed: [] });
    expect(await releases.list('online_shop')).toEqual(['r1']);
  });

  it('copies from another file system', async () => {
    const other = mkdtempSync('/dev/shm/releases-');
    mkdirSync(join(other, 'tree'));
    writeFileSync(join(other, 'tree/a'), 'a', { mode: 0o750 });
    symlinkSync('a', join(other, 'tree/b'));
    const { text } = await releases.keep('online_shop', 'r1', join(other, 'tree'));
    rmSync(other, { recursive: true });
    expect(text).toMatch(/\t750\t1\ta\nlink\ta\tb\n$/);
    expect((await releases.verify('online_shop', 'r1')).ok).toBe(true);
  });

  it('answers what is kept already when asked again, also with nothing to keep', async () => {
    const first = await releases.keep('online_shop', 'r1', built());
    expect(await releases.keep('online_shop', 'r1', join(top, 'built'))).toEqual(first);
    expect(await releases.keep('online_shop', 'r1', built('other'))).toEqual(first);
  });

  it('goes on where it was cut off after moving the tree', async () => {
    const part = join(top, 'releases/online_shop/r1.part');
    mkdirSync(part, { recursive: true });
    mkdirSync(join(part, 'tree'));
    writeFileSync(join(part, 'tree/a'), 'a');
    expect(await releases.list('online_shop')).toEqual([]);
    const manifest = await releases.keep('online_shop', 'r1', join(top, 'gone'));
    expect(manifest.entries.map(({ path }) => path)).toEqual(['a']);
    expect(await releases.list('online_shop')).toEqual(['r1']);
  });

  it('leaves a tree that may not be shipped where it was', async () => {
    const dir = built();
    symlinkSync('/etc/passwd', join(dir, 'evil'));
    await expect(releases.keep('online_shop', 'r1', dir)).rejects.toThrow('build_output');
    expect(existsSync(join(dir, 'evil'))).toBe(true);
    expect(await releases.list('online_shop')).toEqual([]);
  });

  it('says which paths are no longer as the manifest has them', async () => {
    await releases.keep('online_shop', 'r1', built());
    const tree = releases.path('online_shop', 'r1');
    writeFileSync(join(tree, 'index.js'), 'Built');
    writeFileSync(join(tree, 'more'), '');
    rmSync(join(tree, 'lib/link'));
    const verdict = { ok: false, changed: ['index.js', 'lib/link', 'more'] };
    expect(await releases.verify('online_shop', 'r1')).toEqual(verdict);
  });

  it('removes one release of one project, and bears being asked twice', async () => {
    await releases.keep('online_a', 'r1', built());
    await releases.keep('online_a-b', 'r1', built());
    await releases.keep('online_a', 'r11', built());
    await releases.remove('online_a', 'r1');
    await releases.remove('online_a', 'r1');
    expect(await releases.list('online_a')).toEqual(['r11']);
    expect(await releases.list('online_a-b')).toEqual(['r1']);
    await expect(releases.manifest('online_a', 'r1')).rejects.toThrow('release_gone');
    await expect(releases.verify('online_a', 'r1')).rejects.toThrow('release_gone');
    // Its files may go later, also after a crash: nobody has to wait for that.
    expect(await releases.everything('online_a')).toContain('r1');
    await releases.tidy('online_a');
    await releases.tidy('online_nothing');
    expect(readdirSync(join(top, 'releases/online_a'))).toEqual(['r11']);
    expect(readdirSync(join(top, 'releases/online_a-b'))).toEqual(['r1']);
  });

  it.each(['../online_b', 'a/b', '..', '.', '', '-rf', 'r1.part', 'a\0b', '$(id)'])(
    '[S40] refuses the name %j',
    async (name) => {
      expect(() => releases.path('online_a', name)).toThrow('release_name');
      await expect(releases.remove(name, 'r1')).rejects.toThrow('release_name');
      await expect(releases.list(name)).rejects.toThrow('release_name');
    },
  );
});
