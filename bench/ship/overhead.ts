import { freePort } from '../../src/demo/fleet/free-port.ts';
import { typeOf } from '../../src/project-types/index.ts';
import { startingSettings } from '../../src/web/setup/project-form.ts';
import type { Bed } from './bed.ts';
import { command, median, seconds, together } from './commands.ts';
import type { Machine } from './machines.ts';
import { KEEP } from './product.ts';

/**
 * What a deploy adds of its own: ten hosts, staged side by side, then one after the other switched, restarted by
 * supervisor and asked by port and http. Counted: the whole operation less the same commands without the product, in
 * the same rounds and against the same supervisord, tree and program (`cp -al`, rsync, `ln`, `mv`,
 * `supervisorctl restart`, an http request until it is answered; over warm connections), by the number of hosts.
 */
export async function overhead(bed: Bed): Promise<void> {
  const { machines, tree, size, report, product } = bed;
  const targets = bed.some(size.hosts);
  await machines.supervise(targets);
  await product.update(targets);
  const port = await freePort(targets[0]!.sshd.address);
  const settings = { ...startingSettings(typeOf('nodejs')), startSeconds: 1, stopSeconds: 5, keep: KEEP };
  const env = [{ name: 'NODE_ENV', value: product.seal('production'), secret: false }];
  const project = await product.addProject(
    'app',
    tree.url,
    targets,
    { type: 'nodejs', port, settings, env },
    addressOf,
  );
  const asked = { projectId: project.id, hostIds: await product.hostIds(targets) };
  await product.run({ kind: 'deploy', ...asked });
  for (let round = 0; round < KEEP; round++) {
    tree.change();
    await product.run({ kind: 'deploy', ...asked });
  }
  // The very process that the product restarts: a whole group takes supervisorctl longer.
  const names = new Map<string, string>();
  for (const {
    name,
    settings: { supervisorctl },
  } of targets) {
    const status = await command([
      'ssh',
      '-F',
      machines.warmConfig,
      name,
      `${supervisorctl.join(' ')} status; true`,
    ]);
    names.set(name, status.split(/\s/)[0]!);
  }
  const times = { ours: [] as number[], raw: [] as number[] };
  for (let round = 1; round <= size.rounds; round++) {
    tree.change();
    await product.run({ kind: 'prepare', ...asked });
    const mine = async () =>
      times.ours.push(await seconds(async () => void (await product.run({ kind: 'deploy', ...asked }))));
    const raw = async () =>
      times.raw.push(await seconds(() => rawDeploy(bed, targets, { key: project.key, port, round, names })));
    for (const run of round % 2 ? [mine, raw] : [raw, mine]) await run();
  }
  await together(targets, 8, async ({ name }) => {
    await command(['ssh', '-F', machines.warmConfig, '-O', 'exit', name]);
  });
  const each = ((median(times.ours) - median(times.raw)) / targets.length) * 1000;
  const shown = (list: number[]) => list.map((one) => one.toFixed(2)).join(' ');
  report.say(
    `with restart, host after host: ours ${shown(times.ours)} s, the commands alone ${shown(times.raw)} s`,
  );
  report.atMost("a deploy's own overhead per host, milliseconds", each, 150);
}

/** The program listens on its machine's own address. */
const addressOf = ({ sshd }: Machine) => ({ HOST: sshd.address });

/** The same work by the commands alone. It switches a link of its own, and restarts what the product has running. */
async function rawDeploy(
  { machines, tree }: Bed,
  targets: Machine[],
  { key, port, round, names }: { key: string; port: number; round: number; names: Map<string, string> },
): Promise<void> {
  const ssh = ['ssh', '-F', machines.warmConfig];
  await together(targets, 8, async ({ name, dir }) => {
    const from = round === 1 ? `${dir}/app/${key}/.` : `${dir}/raw/own-${round - 1}`;
    const to = `${dir}/raw/own-${round}`;
    await command([...ssh, name, `cp -al ${from} ${to}`]);
    const what = ['rsync', '-a', '--delete', '--exclude=/.git', '-e', ssh.join(' ')];
    await command([...what, `${tree.dir}/`, `${name}:${to}/`]);
  });
  for (const { name, dir, sshd, settings } of targets) {
    await command([
      ...ssh,
      name,
      `ln -sfn own-${round} ${dir}/raw/next && mv -T ${dir}/raw/next ${dir}/raw/own`,
    ]);
    await command([...ssh, name, [...settings.supervisorctl, 'restart', names.get(name)!].join(' ')]);
    const answer = await fetch(`http://${sshd.address}:${port}/healthcheck`);
    if (!answer.ok) throw new Error(`${name} answered ${answer.status}`);
  }
}
