import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { isLive } from '../../src/model/operation.ts';
import * as operations from '../../src/store/operations.ts';
import { Rig } from '../lab/rig.ts';
import { expectOver } from './story.ts';

/** Stands between a worker and its database, and goes away for a while. */
class Door {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;
  #open = true;

  constructor(to: number) {
    this.#server = createServer((near) => {
      if (!this.#open) return near.destroy();
      const far = connect(to, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => one.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as { port: number }).port;
  }

  shut(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  unlock(): void {
    this.#open = true;
  }

  close(): void {
    this.shut();
    this.#server.close();
  }
}

const doors: Door[] = [];
afterAll(() => {
  for (const door of doors) door.close();
});

it('an operation waits while its database is away, again and again, and goes on', async () => {
  const rig = await Rig.start({ hosts: 1, database: 'mariadb' });
  await rig.addProject('away');
  const address = new URL(rig.env.DATABASE_URL!);
  const door = new Door(Number(address.port));
  doors.push(door);
  await door.listen();
  address.port = String(door.port);
  const patient = {
    CEDAR_LEASE_SECONDS: '30',
    CEDAR_LEASE_RENEW_SECONDS: '1',
    CEDAR_LEASE_STOP_SECONDS: '20',
  };
  const worker = rig.startWorker({ DATABASE_URL: address.href, ...patient });
  await until('the worker is there', () => worker.output.includes('worker started'), 30_000);
  const { id } = await rig.launch({ kind: 'deploy' });
  for (let away = 0, over = false; !over; away += 1) {
    if (away % 3 === 0) door.shut();
    if (away % 3 === 2) door.unlock();
    const began = performance.now();
    await until('a third of a second has passed', () => performance.now() - began > 300);
    over = !isLive((await operations.byId(rig.db, id))!.state);
  }
  door.unlock();
  const operation = await rig.ended(id);
  expect(operation.state, `${JSON.stringify(operation.failure)}\n${await rig.logOf(id)}`).toBe('succeeded');
  expect(operation.crashes).toBe(0);
  expect(worker.output).toContain('database tried again');
  expect(rig.starts(rig.fleet[0]!)).toHaveLength(1);
  await expectOver(rig, operation);
}, 120_000);
