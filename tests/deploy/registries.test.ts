import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OptionValues } from '../../src/model/option.ts';
import { FakeControlPort } from '../lab/fake-control-port.ts';
import { FakeGateway } from '../lab/fake-gateway.ts';
import { FakeNacos } from '../lab/fake-nacos.ts';
import { Rig } from '../lab/rig.ts';
import { expectOrder, observed, registry } from './registry-story.ts';
import { expectUntouched, fails, seen, story } from './story.ts';

type Event = { at: number; event: 'out' | 'in' };

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  rig.startWorker({ CEDAR_REGISTER_TRIES: '2', CEDAR_REGISTER_EVERY_SECONDS: '0.1' });
});

/** A running project whose registry is set once its port is known. */
async function under(
  name: string,
  of: string,
  options: (own: Rig) => OptionValues | Promise<OptionValues>,
): Promise<Rig> {
  const own = await story(rig, name);
  await own.change(registry(of, await options(own), { drainSeconds: 1 }));
  await own.run({ kind: 'deploy' });
  return own;
}

/** A restart goes by the order of traffic; one that cannot be taken out is not begun; one that cannot be put in is red. */
async function goesByTheBook(own: Rig, ledger: Event[], mood: (word: 'well' | 'out' | 'in') => void) {
  ledger.length = 0;
  const { id } = await own.run({ kind: 'restart' });
  await expectOrder(own, id, ledger, 1);
  const before = await seen(own, own.fleet[0]!);
  mood('out');
  const stopped = await fails(own, { kind: 'restart' }, 'deregister_failed');
  await expectUntouched(own, before);
  mood('in');
  const left = await fails(own, { kind: 'restart' }, 'register_failed');
  expect(await observed(own)).toBe('unknown');
  mood('well');
  await own.run({ kind: 'put-back' });
  expect(await observed(own)).toBe('in');
  expect(ledger.at(-1)?.event).toBe('in');
  return [id, stopped.id, left.id];
}

describe.concurrent('each registry', () => {
  it.each(['v1', 'v2'])('Nacos %s disables and enables, and keeps weight and metadata', async (api) => {
    const nacos = await new FakeNacos().start();
    const password = rig.vault.seal(nacos.password);
    const options = { api, server: nacos.url, namespace: 'shop-ns', user: nacos.user, password };
    let key = '';
    const own = await under(`nacos-${api}`, 'nacos', ({ project, fleet }) => {
      key = `shop-ns/DEFAULT_GROUP/nacos-${api}/${fleet[0]!.address}:${project.port}`;
      nacos.add(key);
      return options;
    });
    const ids = await goesByTheBook(own, nacos.ledger, (word) => {
      nacos.moodFor = ({ body }) =>
        body.includes(`enabled=${word === 'in'}`) && word !== 'well' ? 'broken' : 'well';
    });
    expect(nacos.instances.get(key)).toMatchObject({ enabled: true, weight: 3, metadata: { zone: 'a' } });
    for (const id of ids) expect(await own.logOf(id)).not.toMatch(/given-token|nacos-word/);
  });

  it('an HTTP hook is called with what it needs', async () => {
    const gateway = await new FakeGateway().start();
    const own = await under('hooked', 'hook', () => ({
      ...{ url: `${gateway.url}/backends/{hostname}:{port}/{direction}`, code: '202', answer: 'accepted' },
      ...{ body: '{"service":"{project}","state":"{direction}"}' },
      ...{ header_name: 'X-Key', header_value: rig.vault.seal(gateway.key) },
    }));
    await goesByTheBook(own, gateway.ledger, (word) => {
      gateway.moodFor = ({ path }) => (word !== 'well' && path.endsWith(`/${word}`) ? 'odd' : 'well');
    });
    expect(gateway.ledger.at(-1)).toMatchObject({ id: `h1:${own.project.port}` });
  });

  it('a TCP line takes out by the control port, and a restart puts in', async () => {
    const control = new FakeControlPort();
    const own = await under('lined', 'tcp-line', async ({ project, fleet }) => ({
      offset: String((await control.start(fleet[0]!.address)) - project.port!),
      in: 'on online',
    }));
    control.ledger.length = 0;
    const { id } = await own.run({ kind: 'restart' });
    await expectOrder(own, id, control.ledger, 1);
    for (const mood of ['broken', 'hanging'] as const) {
      const before = await seen(own, own.fleet[0]!);
      control.mood = mood;
      const { failure } = await fails(own, { kind: 'restart' }, 'deregister_failed');
      expect(failure.detail.problem).toMatch(mood === 'broken' ? /ERR unknown/ : /no answer in time/);
      await expectUntouched(own, before);
      control.mood = 'well';
      await own.run({ kind: 'put-back' });
    }
  });

  it.each(['here', 'host'])('a command runs with what it needs: %s', async (where) => {
    const word = `command-secret-${where}`;
    let file = '';
    const own = await under(`command-${where}`, 'command', ({ fleet }) => {
      file = join(fleet[0]!.dir, `traffic-${where}`);
      const said = '$1 $CEDAR_TRAFFIC $CEDAR_HOST $CEDAR_PORT $CEDAR_SECRET $(date +%s%3N)';
      const command = `echo "using $CEDAR_SECRET"\nif [ -e ${file}.$1 ]; then exit 7; fi\necho "${said}" >>${file}`;
      return { where, command, secret: rig.vault.seal(word) };
    });
    const lines = () =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' '));
    const from = lines().length;
    const { id } = await own.run({ kind: 'restart' });
    const ledger = lines().slice(from);
    const events = ledger.map(([event, , , , , at]) => ({ at: Number(at), event: event as 'in' | 'out' }));
    await expectOrder(own, id, events, 1);
    expect(ledger[0]?.slice(0, 5)).toEqual(['out', 'out', 'h1', String(own.project.port), word]);
    expect(await own.logOf(id)).toContain('using ***');
    const before = await seen(own, own.fleet[0]!);
    appendFileSync(`${file}.out`, '');
    const { failure } = await fails(own, { kind: 'restart' }, 'deregister_failed');
    expect(failure.detail.problem).toContain('exit code 7');
    await expectUntouched(own, before);
    expect(existsSync(`${file}.out`)).toBe(true);
    expect(await observed(own)).toBe('in');
  });
});
