import { freePort } from '../../src/demo/fleet/free-port.ts';
import { makeKeyPair } from '../../src/shells/ssh/key-pair.ts';
import { atMost, median, type Row, say } from '../rows.ts';
import { Ground } from './ground.ts';
import type { Machine } from './inventory.ts';
import { Program } from './program.ts';
import type { Spent } from './sweeper.ts';

const PROJECTS = 1000;
/** Machines that one process plays: its open files are their connections. */
const A_PROCESS = 5000;

export type FakeFleet = {
  count: number;
  perMachine: number;
  sweeps: number;
  /** Bars in seconds; null: none. */
  cold: number | null;
  steady: number;
};

/** Many machines, played by processes of ours that speak the real protocol. */
export async function sweepFakes(fleet: FakeFleet): Promise<Row[]> {
  const ground = new Ground();
  const players: Program<'end', never>[] = [];
  try {
    const hostKey = makeKeyPair('fake');
    const publicKey = await ground.key();
    const ports: number[] = [];
    for (let begin = 0; begin < fleet.count; begin += A_PROCESS) {
      const port = await freePort('0.0.0.0');
      const env = { PORT: `${port}`, HOST_KEY: hostKey.private, PUBLIC_KEY: publicKey };
      const what = { PER_MACHINE: `${fleet.perMachine}`, PROJECTS: `${PROJECTS}` };
      players.push(await Program.start('fake-machines.ts', { ...env, ...what }));
      ports.push(port);
    }
    const key = hostKey.public.split(' ')[1] ?? '';
    const machines = Array.from({ length: fleet.count }, (_, number) => machineOf(number, fleet, ports, key));
    await ground.fill(machines, { sshUser: 'deploy' });
    const played = () => players.reduce((sum, player) => sum + player.cpuMs(), 0);
    const cold = await ground.sweep('cold');
    const before = played();
    const steady: Spent[] = [];
    for (let sweep = 0; sweep < fleet.sweeps; sweep++) steady.push(await ground.sweep('steady'));
    return rowsOf(fleet, cold, steady, (played() - before) / fleet.sweeps);
  } finally {
    await ground.end();
    await Promise.all(players.map((player) => player.end()));
  }
}

function machineOf(number: number, { perMachine }: FakeFleet, ports: number[], hostKey: string): Machine {
  const address = `127.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  const projects = Array.from({ length: perMachine }, (_, place) => (number * perMachine + place) % PROJECTS);
  const settings = { sshPort: ports[Math.floor(number / A_PROCESS)] };
  return { name: `fake-${number}`, address, hostKey, settings, projects };
}

/** The first third is warming up. */
function rowsOf({ count, ...bars }: FakeFleet, cold: Spent, all: Spent[], played: number): Row[] {
  const steady = all.slice(Math.floor(all.length / 3));
  const seconds = median(steady.map(({ wallMs }) => wallMs)) / 1000;
  const cpu = median(steady.map(({ cpuMs }) => cpuMs));
  const drift = (pick: (one: Spent) => number) => driftOf(steady.map(pick));
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  const last = steady.at(-1)!;
  say(
    `${count} machines played by us, ${bars.perMachine} services on each, ${steady.length} sweeps after warming up`,
  );
  say(
    `  cold ${(cold.wallMs / 1000).toFixed(1)} s, steady ${seconds.toFixed(2)} s (${cpu.toFixed(0)} ms CPU ours, ${played.toFixed(0)} ms CPU of the machines played)`,
  );
  say(`  the health process: ${mib(last.rss)} MiB RSS, ${last.files} open files`);
  const rows = [atMost(`${count} machines, steady, s`, seconds, bars.steady)];
  if (bars.cold !== null) rows.unshift(atMost(`${count} machines, cold, s`, cold.wallMs / 1000, bars.cold));
  return [
    ...rows,
    atMost(
      `${count} machines, memory at the end against after warming up, % more`,
      drift(({ rss }) => rss),
      5,
    ),
    atMost(
      `${count} machines, open files, % more`,
      drift(({ files }) => files),
      5,
    ),
  ];
}

/** By how much the last third lies above the first, in percent. */
function driftOf(numbers: number[]): number {
  const third = Math.max(1, Math.floor(numbers.length / 3));
  return (median(numbers.slice(-third)) / median(numbers.slice(0, third)) - 1) * 100;
}
