import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { makeKeyPair } from '../../src/shells/ssh/key-pair.ts';
import { median, type Row, say, timesLess } from '../rows.ts';
import { Ground } from './ground.ts';
import { OpenSsh, type Theirs } from './openssh.ts';
import { machineOf, startMachines } from './real-machines.ts';
import type { Spent } from './sweeper.ts';

/** As many as it takes for a machine's link to have been read with some of them, as it is in a day. */
const STEADY_SWEEPS = 40;

type Round = { theirs: Theirs; warm: Theirs; cold: Spent; steady: Spent[] };

/** Real sshd and supervisord: ours against the original's way and against a warm ControlMaster. */
export async function sweepReal(count: number, rounds: number): Promise<Row[]> {
  const ground = new Ground();
  const pair = makeKeyPair('bench');
  const identity = join(ground.dir, 'identity');
  writeFileSync(identity, pair.private, { mode: 0o600 });
  const hosts: FleetHost[] = [];
  try {
    await startMachines(ground.dir, count, [await ground.key(), pair.public], hosts);
    await ground.fill(hosts.map(machineOf), {});
    const ssh = new OpenSsh(ground.dir, hosts, identity);
    await ssh.connect();
    try {
      return rowsOf(count, await measure(ground, ssh, rounds));
    } finally {
      ssh.disconnect();
    }
  } finally {
    await ground.end();
    await Promise.all(hosts.map((host) => host.stop()));
  }
}

async function measure(ground: Ground, ssh: OpenSsh, rounds: number): Promise<Round[]> {
  await ground.sweep('cold');
  await sweeps(ground, STEADY_SWEEPS * 10);
  const all: Round[] = [];
  for (let round = 0; round < rounds; round++)
    all.push({
      theirs: await ssh.cold(),
      cold: await ground.sweep('cold'),
      warm: await ssh.warm(),
      steady: await sweeps(ground, STEADY_SWEEPS),
    });
  return all;
}

async function sweeps(ground: Ground, count: number): Promise<Spent[]> {
  const all: Spent[] = [];
  for (let sweep = 0; sweep < count; sweep++) all.push(await ground.sweep('steady'));
  return all;
}

function rowsOf(count: number, rounds: Round[]): Row[] {
  const each = (numbers: number[]) => median(numbers) / count;
  const ours = each(rounds.map(({ steady }) => mean(steady.map(({ cpuMs }) => cpuMs))));
  const original = each(rounds.map(({ theirs }) => theirs.cpuMs));
  const warm = each(rounds.map((round) => round.warm.cpuMs));
  const wall = (pick: (round: Round) => number) => median(rounds.map(pick)) / 1000;
  const [cold, theirCold] = [wall(({ cold }) => cold.wallMs), wall(({ theirs }) => theirs.wallMs)];
  say(`${count} real machines, medians of ${rounds.length} rounds`);
  say(
    `  steady: ${ours.toFixed(3)} ms of client CPU for a machine, ${wall(({ steady }) => mean(steady.map((one) => one.wallMs))).toFixed(3)} s for all`,
  );
  say(
    `  cold: ${cold.toFixed(2)} s, ${each(rounds.map((round) => round.cold.cpuMs)).toFixed(1)} ms of client CPU for a machine`,
  );
  say(
    `  original's way: ${theirCold.toFixed(2)} s, ${original.toFixed(1)} ms; warm ControlMaster: ${wall((round) => round.warm.wallMs).toFixed(2)} s, ${warm.toFixed(1)} ms`,
  );
  return [
    timesLess('steady, client CPU ms a machine, against the original way', ours, original, 50),
    timesLess('steady, client CPU ms a machine, against a warm ControlMaster', ours, warm, 25),
    timesLess('cold, wall s, against the original way', cold, theirCold, 5),
  ];
}

function mean(numbers: number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
