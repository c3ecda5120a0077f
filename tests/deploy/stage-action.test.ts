import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { makeManifest } from '../../src/builds/manifest.ts';
import { checkFiles } from '../../src/deploy/host-manifest.ts';
import { pack } from '../../src/deploy/parcel.ts';
import { type ActionName, actionText } from '../../src/shells/guard/action.ts';

const top = mkdtempSync(join(tmpdir(), 'cedar-stage-'));
let root: string;
let old: string;
let wanted: string;
let turn = 0;

const long = `${'very-long-folder-name/'.repeat(6)}${'x'.repeat(120)}.js`;
const before = {
  same: 'stays',
  changed: 'one',
  'mode.sh': 'run me',
  gone: 'away',
  'folder/inside': 'x',
  flat: 'a file',
  [long]: 'deep',
};
const after = {
  ...before,
  changed: 'two',
  folder: 'now a file',
  'flat/inside': 'now a folder',
  [long]: 'deeper',
};

beforeEach(() => {
  root = join(top, `h${++turn}`);
  old = join(root, '.cedar/shop/releases/OLD');
  wanted = join(root, 'wanted');
  fill(old, before);
  const { gone, flat, 'folder/inside': inside, ...rest } = after;
  void [gone, flat, inside];
  fill(wanted, rest);
  chmodSync(join(wanted, 'mode.sh'), 0o755);
  symlinkSync('same', join(wanted, 'link'));
});

afterAll(() => rmSync(top, { recursive: true }));

function fill(dir: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

/** Runs an action as the guard does: in a folder of its own, its input in a file. */
function act(name: ActionName, args: string[], input: Buffer = Buffer.alloc(0)) {
  const run = mkdtempSync(join(root, 'run-'));
  writeFileSync(join(run, 'input'), input);
  const script = actionText(name, [root, 'shop', ...args]);
  const { status, stdout } = spawnSync('sh', ['-c', `exec <input; ${script}`], {
    cwd: run,
    encoding: 'utf8',
  });
  return { code: status, out: stdout };
}

async function verify(folder: string) {
  const { sums, listing } = checkFiles(await makeManifest(join(root, '.cedar/shop/releases', folder)));
  return act('verify', [folder, String(sums.length), String(listing.length)], Buffer.concat([sums, listing]));
}

const glance = async (folder: string, tree: string) =>
  act('glance', [folder, checkFiles(await makeManifest(tree)).digest]);

type Asked = {
  change?: (input: Buffer) => Buffer;
  before?: string;
  from?: string;
  to?: string;
  name?: string;
};

async function stage(asked: Asked = {}) {
  const { change = (input: Buffer) => input, before: folder = 'OLD', name = 'NEW' } = asked;
  const [tree, goal] = [asked.from ?? oldAsShipped(), asked.to ?? wanted];
  const [from, to] = [await makeManifest(tree), await makeManifest(goal)];
  const parcel = (await pack(goal, from, to))!;
  const [known, { digest }] = [checkFiles(from).digest, checkFiles(to)];
  const { paths, sums, comes, leaves } = parcel;
  const parts = [paths, sums, comes, leaves];
  const args = [`${name}.1.tmp`, name, folder, known, digest, ...parts];
  return act('stage', args, change(parcel.input));
}

/** The old release as the deploy machine has it, whatever happened to it on the host. */
function oldAsShipped(): string {
  const dir = join(root, 'shipped');
  if (!existsSync(dir)) cpSync(old, dir, { recursive: true });
  return dir;
}

/** Points the project's link at a release, as `switch` does. */
function goLive(folder: string): void {
  rmSync(join(root, 'shop'), { force: true });
  symlinkSync(`.cedar/shop/releases/${folder}`, join(root, 'shop'));
}

describe('a release made from the one before, in one action', () => {
  it('is the wanted one to the last byte, and the one before stays as it was', async () => {
    oldAsShipped();
    expect((await verify('OLD')).code).toBe(0);
    const { code, out } = await stage();
    expect(code, out).toBe(0);
    const made = join(root, '.cedar/shop/releases/NEW');
    execFileSync('diff', ['-r', '--no-dereference', wanted, made]);
    execFileSync('diff', ['-r', oldAsShipped(), old]);
    expect(statSync(join(made, 'mode.sh')).mode & 0o777).toBe(0o755);
    expect(statSync(join(old, 'mode.sh')).mode & 0o777).not.toBe(0o755);
    expect(statSync(join(made, 'same')).ino).toBe(statSync(join(old, 'same')).ino);
    expect((await glance('NEW', wanted)).code).toBe(0);
    expect((await stage()).out).toContain('completed before');
  });

  it('is refused where the one before was never verified, or was written to since', async () => {
    oldAsShipped();
    expect((await stage()).code).toBe(9);
    await verify('OLD');
    // As many bytes as before, and what is sent does not touch it.
    writeFileSync(join(old, 'same'), 'strays'.slice(0, 5));
    const { code, out } = await stage();
    expect(code).toBe(5);
    expect(out).toContain('./same');
    expect(existsSync(join(root, '.cedar/shop/releases/NEW'))).toBe(false);
    expect((await glance('OLD', oldAsShipped())).code).toBe(5);
  });

  it('is refused where what arrived is not what was sent', async () => {
    await verify('OLD');
    const flipped = (input: Buffer) => {
      const at = input.indexOf('two');
      return Buffer.concat([input.subarray(0, at), Buffer.from('twO'), input.subarray(at + 3)]);
    };
    expect((await stage({ change: flipped })).code).toBe(5);
    expect((await stage({ change: (input) => input.subarray(0, input.length - 4096) })).code).not.toBe(0);
    expect(existsSync(join(root, '.cedar/shop/releases/NEW'))).toBe(false);
    expect(readdirSync(join(root, '.cedar/shop/whole')).map((name) => name.split('.')[0])).toEqual(['OLD']);
  });

  it('is made out of a removed one as well, which then has only to be brought up to date', async () => {
    await verify('OLD');
    const second = join(root, 'second');
    cpSync(old, second, { recursive: true });
    writeFileSync(join(second, 'changed'), 'two');
    expect((await stage({ to: second, name: 'SECOND' })).code).toBe(0);
    // The same file differs in all three, and one comes and goes.
    const third = join(root, 'third');
    cpSync(second, third, { recursive: true });
    writeFileSync(join(third, 'changed'), 'three');
    writeFileSync(join(third, 'comes'), 'new');
    const releases = join(root, '.cedar/shop/releases');
    const tree = join(root, '.cedar/shop/spare/tree');
    goLive('SECOND');
    expect(act('prune', ['OLD']).out).toBe('removed OLD\n');
    // While nobody waits for it, it was made equal to what runs.
    execFileSync('diff', ['-r', second, tree]);
    expect(statSync(join(tree, 'changed')).ino).toBe(statSync(join(releases, 'SECOND/changed')).ino);
    const spare = statSync(tree).ino;
    expect((await stage({ before: 'SECOND', from: second, to: third, name: 'THIRD' })).code).toBe(0);
    expect(statSync(join(releases, 'THIRD')).ino).toBe(spare);
    expect(existsSync(tree)).toBe(false);
    execFileSync('diff', ['-r', third, join(releases, 'THIRD')]);
    execFileSync('diff', ['-r', second, join(releases, 'SECOND')]);
    expect((await glance('THIRD', third)).code).toBe(0);
    // One that somebody wrote into is of no use, and does no harm.
    goLive('THIRD');
    act('prune', ['SECOND']);
    rmSync(join(tree, 'changed'));
    writeFileSync(join(tree, 'stranger'), 'x');
    const { code, out } = await stage({ before: 'THIRD', from: third, to: second, name: 'FOURTH' });
    expect(code, out).toBe(0);
    execFileSync('diff', ['-r', second, join(releases, 'FOURTH')]);
    expect(existsSync(tree)).toBe(false);
  });

  it('is made out of the spare of another release too, as after a rollback, and once only', async () => {
    await verify('OLD');
    const [releases, spare] = [join(root, '.cedar/shop/releases'), join(root, '.cedar/shop/spare')];
    const steps = ['one', 'two', 'three'].map((text) => {
      const dir = join(root, text);
      cpSync(old, dir, { recursive: true });
      writeFileSync(join(dir, 'changed'), text);
      writeFileSync(join(dir, `only ${text}`), text);
      return dir;
    });
    expect((await stage({ to: steps[0], name: 'ONE' })).code).toBe(0);
    expect((await stage({ to: steps[1], name: 'TWO', before: 'ONE', from: steps[0] })).code).toBe(0);
    goLive('TWO');
    act('prune', ['OLD']);
    const { ino } = statSync(join(spare, 'tree'));
    // Back at ONE, a release is made that has ONE before it; the spare is one of TWO.
    goLive('ONE');
    expect((await stage({ to: steps[2], name: 'THREE', before: 'ONE', from: steps[0] })).code).toBe(0);
    expect(statSync(join(releases, 'THREE')).ino).toBe(ino);
    execFileSync('diff', ['-r', steps[2]!, join(releases, 'THREE')]);
    execFileSync('diff', ['-r', steps[0]!, join(releases, 'ONE')]);
    execFileSync('diff', ['-r', steps[1]!, join(releases, 'TWO')]);
    expect(readFileSync(join(spare, 'of'), 'utf8')).toBe('');
    expect((await glance('THREE', steps[2]!)).code).toBe(0);
  });

  it('keeps as a spare what has other folders than the running one, and nothing where that was not verified', async () => {
    await verify('OLD');
    const folders = join(root, 'folders');
    cpSync(old, folders, { recursive: true });
    fill(folders, { 'fresh/folder/file': 'x' });
    rmSync(join(folders, 'folder'), { recursive: true });
    expect((await stage({ to: folders, name: 'FOLDERS' })).code).toBe(0);
    goLive('FOLDERS');
    act('prune', ['OLD']);
    execFileSync('diff', ['-r', folders, join(root, '.cedar/shop/spare/tree')]);
    expect((await stage({ to: folders, name: 'SAME', before: 'FOLDERS', from: folders })).code).toBe(0);
    execFileSync('diff', ['-r', folders, join(root, '.cedar/shop/releases/SAME')]);
    expect((await glance('SAME', folders)).code).toBe(0);
    cpSync(folders, join(root, '.cedar/shop/releases/UNKNOWN'), { recursive: true });
    goLive('UNKNOWN');
    expect(act('prune', ['SAME', 'FOLDERS', 'UNKNOWN']).out).toBe('removed SAME\nremoved FOLDERS\n');
    expect(existsSync(join(root, '.cedar/shop/spare/tree'))).toBe(false);
  });

  it('takes whatever names a tree may hold, also where they come, change and go', async () => {
    const names = ["it's", ' a b ', 'x:y', '-rf', '%s', '$(id)', '*', '"', 'größe', 'new/-n', '[a]', '#'];
    const shipped = join(root, 'odd0');
    const goal = join(root, 'odd1');
    fill(shipped, Object.fromEntries(names.map((name) => [name, 'one'])));
    cpSync(shipped, join(root, '.cedar/shop/releases/ODD'), { recursive: true });
    expect((await verify('ODD')).code).toBe(0);
    fill(goal, Object.fromEntries(names.map((name, index) => [name, index % 2 ? 'one' : 'two'])));
    for (const name of names.slice(0, 3)) rmSync(join(goal, name));
    fill(goal, Object.fromEntries(names.map((name) => [`more ${name}`, 'three'])));
    const { code, out } = await stage({ before: 'ODD', from: shipped, to: goal, name: 'EVEN' });
    expect(code, out).toBe(0);
    execFileSync('diff', ['-r', goal, join(root, '.cedar/shop/releases/EVEN')]);
    goLive('EVEN');
    act('prune', ['ODD']);
    execFileSync('diff', ['-r', goal, join(root, '.cedar/shop/spare/tree')]);
    expect((await stage({ before: 'EVEN', from: goal, to: shipped, name: 'ODD2' })).code).toBe(0);
    execFileSync('diff', ['-r', shipped, join(root, '.cedar/shop/releases/ODD2')]);
  });

  it('gives folders that are new or emptied meanwhile the modes that they have here', async () => {
    fill(old, { 'alone/file': 'one', 'alone/deeper/file': 'one', goes: 'x' });
    await verify('OLD');
    const goal = join(root, 'goal');
    cpSync(oldAsShipped(), goal, { recursive: true });
    rmSync(join(goal, 'goes'));
    fill(goal, { 'alone/file': 'two', 'alone/deeper/file': 'two', 'fresh/file': 'new' });
    for (const folder of ['alone', 'alone/deeper', 'fresh']) chmodSync(join(goal, folder), 0o711);
    const { code, out } = await stage({ to: goal });
    expect(code, out).toBe(0);
    const modes = ['alone', 'alone/deeper', 'fresh'].map((folder) =>
      (statSync(join(root, '.cedar/shop/releases/NEW', folder)).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['711', '711', '711']);
  });

  it('packs nothing from a tree that is not what its manifest says', async () => {
    const [from, to] = [await makeManifest(old), await makeManifest(wanted)];
    writeFileSync(join(wanted, 'changed'), 'TWO');
    expect(await pack(wanted, from, to)).toBeNull();
  });
});

describe('a release that is only looked at', () => {
  it('is known by its marks: a file that was touched has to be read again', async () => {
    expect((await glance('OLD', oldAsShipped())).code).toBe(6);
    await verify('OLD');
    expect((await glance('OLD', oldAsShipped())).code).toBe(0);
    utimesSync(join(old, 'same'), new Date(), new Date());
    expect((await glance('OLD', oldAsShipped())).code).toBe(5);
    expect((await verify('OLD')).code).toBe(0);
    expect((await glance('OLD', oldAsShipped())).code).toBe(0);
    writeFileSync(join(old, 'stranger'), '');
    expect((await glance('OLD', oldAsShipped())).code).toBe(5);
  });
});
