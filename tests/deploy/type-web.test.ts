import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { typeOf } from '../../src/project-types/index.ts';
import { startingSettings } from '../../src/web/setup/project-form.ts';
import { killedAt } from '../lab/killed-at.ts';
import { Rig } from '../lab/rig.ts';
import { SampleRepository } from '../lab/sample-app.ts';
import { placementNow } from '../lab/seen-now.ts';
import { WebServer } from '../lab/web-server.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { build, fails } from './story.ts';

let rig: Rig;
let host: FleetHost;
let worker: WorkerProcess;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  host = rig.fleet[0]!;
  worker = rig.startWorker();
});

/** A project of a type with a repository of its own. */
async function project(type: string, name: string, code: SampleRepository): Promise<Rig> {
  const own: Rig = Object.create(rig);
  await own.addProject(name, startingSettings(typeOf(type)), 1, { type, gitUrl: code.url, port: null });
  return own;
}

const set = (own: Rig, options: Record<string, string>) =>
  own.change({ options: { ...own.project.settings.options, ...options } });

describe('a static project', () => {
  it('is served by nginx, which is reloaded; is updated, broken and rolled back', async () => {
    const code = new SampleRepository();
    const files = (version: string) => ({
      'site/page.html': `<p>${version}</p>`.padEnd(300_000),
      'site/headers.inc': `add_header X-Release ${version};`,
    });
    code.commit('one', { files: files('v1') });
    const own = await project('static', 'pages', code);
    const live = join(host.hostPath, own.project.key);
    // The site's configuration comes with the release: only a reload makes it count.
    const web = await WebServer.start(
      host.address,
      () => `root ${live}/built; include ${live}/built/*.inc; location / { index page.html; }`,
    );
    await set(own, { web_port: String(web.port), web_path: '/page.html', reload: web.reload });
    await own.change({ build: build('cp -r site built') });
    const first = await own.run({ kind: 'deploy' });
    await expect.poll(async () => (await web.get()).headers.get('x-release')).toBe('v1');
    code.commit('two', { files: files('v2') });
    await own.run({ kind: 'deploy' });
    expect((await web.get()).text).toBe('<p>v2</p>');
    await expect.poll(async () => (await web.get()).headers.get('x-release')).toBe('v2');
    expect(await placementNow(own)).toMatchObject({ state: 'running' });

    await own.change({ build: build('mkdir built; cp site/headers.inc built') });
    const { failure } = await fails(own, { kind: 'deploy' }, 'site_check');
    expect(failure.detail).toMatchObject({ port: web.port, path: '/page.html', code: 200 });
    expect(await placementNow(own)).toMatchObject({ state: 'failed', message: 'site_wrong' });
    await own.run({ kind: 'rollback', releaseId: first.releaseId });
    expect((await web.get()).text).toBe('<p>v1</p>');
    await expect.poll(async () => (await web.get()).headers.get('x-release')).toBe('v1');

    await set(own, { reload: '/bin/false' });
    await fails(own, { kind: 'restart' }, 'action_reload');
  });
});

/** Prints its version as the first file, a second one and one found by the document root have it, slowly. */
const page = (version: string) => ({
  'index.php': `<?php
echo '${version}';
usleep(15000);
require __DIR__ . '/second.php';
usleep(15000);
require $_SERVER['DOCUMENT_ROOT'] . '/third.php';
chdir(__DIR__);
echo ' ', trim(file_get_contents('word.txt'));
`,
  'second.php': `<?php echo ' ${version}';`,
  'third.php': `<?php echo ' ${version}';`,
  'word.txt': version,
});

const siteOf = (live: string, root: string, socket: string) => `root ${live};
location / {
  fastcgi_pass unix:${socket};
  include /etc/nginx/fastcgi_params;
  fastcgi_param SCRIPT_FILENAME ${root}/index.php;
  fastcgi_param DOCUMENT_ROOT ${root};
}`;

describe('a php project', () => {
  it.each([
    ['nginx passes the real path', 'real-path', '$realpath_root'],
    ['php-fpm begins anew', 'fpm', '$document_root'],
  ])('%s: no request sees two releases', async (_name, way, root) => {
    const code = new SampleRepository();
    code.commit('one', { files: page('v1') });
    const own = await project('php', `shop-${way}`, code);
    const live = join(host.hostPath, own.project.key);
    const web = await WebServer.start(host.address, (it) => siteOf(live, root, it.socket), true);
    const options = { one_release: way, nginx_conf: web.siteFile, fpm_pid: web.fpmPid };
    await set(own, { ...options, web_port: String(web.port) });
    const first = await own.run({ kind: 'deploy' });
    expect((await web.get()).text).toBe('v1 v1 v1 v1');

    const answers: string[] = [];
    let going = true;
    const guests = Array.from({ length: 3 }, async () => {
      while (going) {
        const { status, text } = await web.get();
        answers.push(`${status} ${text}`);
      }
    });
    for (const [version, point] of [
      ['v2', null],
      ['v3', way === 'fpm' ? 'fpm@h1:done' : 'switch@h1:done'],
    ] as const) {
      code.commit(version, { files: page(version) });
      if (point === null) await own.run({ kind: 'deploy' });
      else ({ worker } = await killedAt(own, worker, point, { kind: 'deploy' }));
      expect((await web.get()).text.split(' ')[0]).toBe(version);
    }
    await own.run({ kind: 'fast-rollback', releaseId: first.releaseId });
    expect((await web.get()).text).toBe('v1 v1 v1 v1');
    going = false;
    await Promise.all(guests);
    expect(new Set(answers)).toEqual(new Set(['v1', 'v2', 'v3'].map((v) => `200 ${v} ${v} ${v} ${v}`)));

    code.commit('bad', { files: { ...page('v4'), 'second.php': '<?php oops(' } });
    await fails(own, { kind: 'deploy' }, 'site_check');
    await own.run({ kind: 'rollback', releaseId: first.releaseId });
    expect((await web.get()).text).toBe('v1 v1 v1 v1');
    expect(await placementNow(own)).toMatchObject({ state: 'running' });
  });

  it('is refused while nothing proves that a request keeps to one release', async () => {
    const code = new SampleRepository();
    const own = await project('php', 'loose', code);
    const live = join(host.hostPath, own.project.key);
    const file = join(host.dir, 'loose.conf');
    const tried = async (options: Record<string, string>, refusal: string) => {
      await set(own, options);
      await fails(own, { kind: 'deploy' }, refusal);
    };
    await tried({}, 'php_unproven');
    await tried({ nginx_conf: file }, 'nginx_unread');
    writeFileSync(file, siteOf('/srv/other', '$realpath_root', '/run/x'));
    await tried({}, 'nginx_other');
    writeFileSync(file, siteOf(live, '$document_root', '/run/x'));
    await tried({}, 'nginx_not_real');
    await tried({ one_release: 'fpm' }, 'php_unproven');
    writeFileSync(join(host.dir, 'pid'), `${process.pid}\n`);
    await tried({ fpm_pid: join(host.dir, 'pid') }, 'no_fpm');
    expect(own.current(host)).toBeNull();
  });
});
