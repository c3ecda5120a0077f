import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionName, actionText } from '../../src/shells/guard/action.ts';

const all = mkdtempSync(join(tmpdir(), 'cedar actions '));
let root: string;
let count = 0;

beforeEach(() => {
  root = join(all, `host ${++count}`);
  mkdirSync(join(root, 'run'), { recursive: true });
});

afterAll(() => rmSync(all, { recursive: true, force: true }));

/** Runs an action as the guard does: sh, its values as positional parameters, in the folder of its run. */
function act(name: ActionName, args: string[], input: string | Buffer = '') {
  const action = join(root, 'run/action');
  writeFileSync(action, actionText(name, args));
  const { status, stdout, stderr } = spawnSync('sh', [action], {
    cwd: join(root, 'run'),
    input,
    encoding: 'utf8',
  });
  return { code: status, said: stdout + stderr };
}

describe('adopt', () => {
  const keep = ['folder', 'uploads', 'file', 'etc/local.json'];
  const adopt = () => act('adopt', [root, 'shop', 'R1', ...keep]);
  const release = () => join(root, '.cedar/shop/releases/R1');
  const shared = () => join(root, '.cedar/shop/shared');

  function plainFolder() {
    mkdirSync(join(root, 'shop/uploads'), { recursive: true });
    mkdirSync(join(root, 'shop/etc'));
    writeFileSync(join(root, 'shop/index.js'), 'old');
    writeFileSync(join(root, 'shop/uploads/cat'), 'precious');
    writeFileSync(join(root, 'shop/etc/local.json'), '{"a":1}');
  }

  function expectAdopted({ code, said }: { code: number | null; said: string }) {
    expect(code, said).toBe(0);
    expect(readlinkSync(join(root, 'shop'))).toBe('.cedar/shop/releases/R1');
    expect(readFileSync(join(shared(), 'uploads/cat'), 'utf8')).toBe('precious');
    expect(readFileSync(join(shared(), 'etc/local.json'), 'utf8')).toBe('{"a":1}');
    expect(readFileSync(join(release(), 'uploads/cat'), 'utf8')).toBe('precious');
    expect(said).toContain(`${createHash('sha256').update('old').digest('hex')}  ./index.js`);
    expect(said).toMatch(/--listing\nf 6\d\d \.\/index\.js\n--sums\n/);
  }

  it('moves what is kept beside the releases, also where staging has made empty ones already', () => {
    plainFolder();
    mkdirSync(join(shared(), 'uploads'), { recursive: true });
    mkdirSync(join(shared(), 'etc'));
    writeFileSync(join(shared(), 'etc/local.json'), '');
    expectAdopted(adopt());
  });

  it('leaves what is kept there already', () => {
    plainFolder();
    mkdirSync(join(shared(), 'uploads'), { recursive: true });
    writeFileSync(join(shared(), 'uploads/dog'), 'kept before');
    expect(adopt().code).toBe(0);
    expect(readdirSync(join(shared(), 'uploads'))).toEqual(['dog']);
    expect(readFileSync(join(release(), 'uploads/cat'), 'utf8')).toBe('precious');
  });

  it('goes on where the host died right after the folder was moved', () => {
    plainFolder();
    mkdirSync(join(release(), '..'), { recursive: true });
    renameSync(join(root, 'shop'), release());
    expectAdopted(adopt());
  });

  it('goes on where it was ended in the middle of its survey, and once more after that', () => {
    plainFolder();
    mkdirSync(join(release(), '..'), { recursive: true });
    renameSync(join(root, 'shop'), release());
    symlinkSync('.cedar/shop/releases/R1', join(root, 'shop'));
    expectAdopted(adopt());
    expectAdopted(adopt());
  });

  it('does nothing to a link that leads elsewhere, and says that it failed', () => {
    mkdirSync(join(root, '.cedar/shop/releases/R0'), { recursive: true });
    symlinkSync('.cedar/shop/releases/R0', join(root, 'shop'));
    expect(adopt().code).not.toBe(0);
    expect(readlinkSync(join(root, 'shop'))).toBe('.cedar/shop/releases/R0');
  });
});

describe('configure', () => {
  const file = () => join(root, 'conf d/shop.conf');
  const other = () => join(root, 'conf d/old team.ini');
  const ctl = () => join(root, 'supervisorctl');

  beforeEach(() => mkdirSync(join(root, 'conf d')));

  /** A supervisorctl that answers as told, and writes down what the folder held when it was asked. */
  function supervisorctl(answer: string, code: number) {
    writeFileSync(
      ctl(),
      `#!/bin/sh\nls '${root}/conf d' >>'${root}/asked'\necho '${answer}'\nexit ${code}\n`,
    );
    chmodSync(ctl(), 0o755);
  }

  const configure = (text: string) =>
    act(
      'configure',
      [
        file(),
        'shop',
        join(root, 'lock'),
        join(root, 'asides'),
        join(root, 'logs/shop'),
        '01OPERATION',
        ctl(),
      ],
      text,
    );

  it('puts back the file of another name that it set aside, where supervisor refuses the new one', () => {
    supervisorctl('ERROR: CANT_REREAD', 2);
    writeFileSync(other(), '[program:shop]\ncommand=old\n');
    expect(configure('[program:shop]\nbroken').code).toBe(8);
    expect(readFileSync(other(), 'utf8')).toBe('[program:shop]\ncommand=old\n');
    expect(existsSync(file())).toBe(false);
    expect(readFileSync(join(root, 'asked'), 'utf8').trim().split('\n').at(-1)).toBe('old team.ini');
  });

  it('sets it aside for good where supervisor takes the new one', () => {
    supervisorctl('shop: changed', 0);
    writeFileSync(other(), '[program:shop]\ncommand=old\n');
    expect(configure('[program:shop]\n').code).toBe(0);
    expect(readdirSync(join(root, 'conf d'))).toEqual(['shop.conf']);
    expect(readdirSync(join(root, 'asides')).some((name) => name.startsWith('old team.ini.'))).toBe(true);
  });

  it('does not take a file away in which other programs are, too', () => {
    supervisorctl('shop: changed', 0);
    const both = '[program:shop]\ncommand=old\n[program:till]\ncommand=till\n';
    writeFileSync(other(), both);
    const { code, said } = configure('[program:shop]\n');
    expect(code).toBe(9);
    expect(said).toContain('by hand');
    expect(readFileSync(other(), 'utf8')).toBe(both);
    expect(readdirSync(join(root, 'conf d'))).toEqual(['old team.ini']);
  });

  it('knows the file of before even when an earlier attempt ended half-way', () => {
    supervisorctl('sleeping', 0);
    writeFileSync(file(), 'before');
    writeFileSync(ctl(), '#!/bin/sh\nkill -9 $PPID\n');
    configure('new');
    supervisorctl('ERROR: CANT_REREAD', 2);
    expect(configure('new').code).toBe(8);
    expect(readFileSync(file(), 'utf8')).toBe('before');
    supervisorctl('shop: changed', 0);
    expect(configure('newer').code).toBe(0);
    supervisorctl('ERROR: CANT_REREAD', 2);
    expect(configure('newest').code).toBe(8);
    expect(readFileSync(file(), 'utf8')).toBe('newer');
  });
});

describe('a folder whose sums cannot be checked does not count as checked', () => {
  const sums = `${createHash('sha256').update('right').digest('hex')}  ./a\n`;
  const listing = () => `f ${(lstatSync(join(root, 'tree/a')).mode & 0o777).toString(8)} ./a\n`;

  it.each(['seal', 'verify'] as const)('%s', (name) => {
    const place = join(root, '.cedar/shop/releases', name === 'seal' ? 'R.1.tmp' : 'R');
    mkdirSync(place, { recursive: true });
    mkdirSync(join(root, 'tree'));
    for (const tree of [place, join(root, 'tree')]) writeFileSync(join(tree, 'a'), 'wrong');
    // Stands for a disk without room: the list of what is wrong cannot be written.
    symlinkSync('/nonexistent/folder/file', join(root, 'run/bad'));
    const counts = [String(sums.length), String(listing().length)];
    const args = name === 'seal' ? ['R.1.tmp', 'R', ...counts] : ['R', ...counts];
    expect(act(name, [root, 'shop', ...args], sums + listing()).code).not.toBe(0);
  });
});
