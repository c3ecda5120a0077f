import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runToEnd } from '../../src/bin/child.ts';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { Supervisord } from '../../src/demo/fleet/supervisord.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { root, textOf } from '../house/source.ts';

test('deploy-supervisor.conf runs the console under a real supervisord, and a stop is a clean one', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-prod-'));
  const port = await freePort('127.0.0.1');
  const env = { CEDAR_DATA_DIR: join(dir, 'data'), CEDAR_PORT: String(port) };
  await runToEnd('migrate', { PATH: process.env.PATH, HOME: dir, ...env }, 'inherit');
  const supervisord = await Supervisord.start({ dir: join(dir, 'sv') });
  onTestFinished(async () => {
    await supervisord.stop();
    supervisord.removeSocket();
    rmSync(dir, { recursive: true });
  });
  writeFileSync(join(supervisord.includeDir, 'cedardeploy.conf'), adapted(dir, env));
  const ctl = (...words: string[]) => {
    const [program = '', ...first] = supervisord.ctl;
    return spawnSync(program, [...first, ...words], { encoding: 'utf8' }).stdout;
  };
  expect(ctl('reread')).toContain('cedardeploy: available');
  ctl('update', 'cedardeploy');
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until('the console answers', isUp, 60_000, 100);
  await until('all three run', () => ctl('status').match(/RUNNING/g)?.length === 3, 30_000, 200);
  ctl('stop', 'cedardeploy:');
  expect(ctl('status').match(/STOPPED/g)).toHaveLength(3);
  const history = readFileSync(join(dir, 'sv/supervisord.log'), 'utf8');
  expect(history).not.toContain('SIGKILL');
  expect(history.match(/stopped: cedar-\w+ \(exit status 0\)/g)).toHaveLength(3);
});

/** The file as it is, but for what its first lines tell people to adapt. */
function adapted(dir: string, env: Record<string, string>): string {
  const more = Object.entries(env).map(([name, value]) => `,${name}="${value}"`);
  return textOf('deploy-supervisor.conf')
    .replace(/^user=.*\n/gm, '')
    .replace(/HOME="[^"]*"/g, `HOME="${dir}"${more.join('')}`)
    .replaceAll('/opt/cedardeploy', root)
    .replaceAll('/var/log/cedardeploy', dir);
}
