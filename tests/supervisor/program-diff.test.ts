import { describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../src/model/unified-diff.ts';
import { programDiff } from '../../src/supervisor/program-diff.ts';
import { renderForHost } from '../../src/supervisor/render-for-host.ts';
import { aHost, aProject, sealed, vault } from './snapshots.ts';

const project = aProject({
  env: [...sealed({ MODE: 'fast', GREETING: 'hello, "you"' }), ...sealed({ TOKEN: 's3cret-of-today' }, true)],
});
const host = aHost();
const file = renderForHost(project, host, vault);

describe('how a program file would change', () => {
  test('nothing is said of the file that belongs there', () => {
    expect(programDiff(project, host, vault, file)).toBe('');
  });

  test('a file that is missing is all new, without its secrets', () => {
    const diff = programDiff(project, host, vault, null);
    expect(diff).toContain('+[program:online_shop]');
    expect(diff).toContain('TOKEN=••••');
    expect(diff).not.toContain('s3cret');
    expect(diff).toContain('MODE="fast"');
  });

  test('open values are shown, secret ones only as being another, wherever they come from', () => {
    const there = file
      .replace('s3cret-of-today', 'yesterday-s3cret')
      .replace('MODE="fast"', 'MODE="slow",OLD_KEY="older-s3cret"')
      .replace('startretries=3', 'startretries=9');
    const diff = programDiff(project, host, vault, there);
    expect(diff).not.toContain('s3cret');
    expect(diff).toMatch(/^-environment=.*MODE="slow",OLD_KEY=••••.*TOKEN=•••• \(another value\)/m);
    expect(diff).toMatch(/^\+environment=.*MODE="fast".*TOKEN=••••$/m);
    expect(diff).toContain('-startretries=9\n+startretries=3');
  });

  test('a secret in a command is masked too', () => {
    const there = `${file}; token s3cret-of-today\n`;
    expect(programDiff(project, host, vault, there)).toContain('-; token ***');
  });

  test('an option over several lines is one', () => {
    const there = file.replace(/environment=.*/, 'environment=MODE="fast",\n  PASSWORD=plain-s3cret');
    const diff = programDiff(project, host, vault, there);
    expect(diff).not.toContain('s3cret');
    expect(diff).toContain('-  PASSWORD=••••');
  });
});

describe('a unified diff', () => {
  test('shows each change with the lines around it, as diff -u does', () => {
    const before = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].join('\n');
    const after = before.replace('2\n', 'two\n').replace('\n12', '\n12\n13');
    expect(unifiedDiff(before, after)).toBe(
      [
        ...['@@ -1,5 +1,5 @@', ' 1', '-2', '+two', ' 3', ' 4', ' 5'],
        ...['@@ -10,3 +10,4 @@', ' 10', ' 11', ' 12', '+13'],
      ].join('\n'),
    );
  });

  test('is empty for the same, and all of it for nothing', () => {
    expect(unifiedDiff('a\nb\n', 'a\r\nb')).toBe('');
    expect(unifiedDiff('', 'a\n')).toBe('@@ -0,0 +1,1 @@\n+a');
  });
});
