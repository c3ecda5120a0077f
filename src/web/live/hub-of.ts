import type { Express } from 'express';
import type { Db } from '../../store/database.ts';
import { FleetHub } from './fleet-hub.ts';
import { LiveHub } from './hub.ts';
import { streamsOf } from './streams.ts';

const hubs = new WeakMap<Express, LiveHub>();
const fleets = new WeakMap<Express, FleetHub>();

/** The streams of a console's operations; they end with it. */
export function hubOf(app: Express, db: Db): LiveHub {
  const known = hubs.get(app);
  if (known) return known;
  const hub = new LiveHub(db, streamsOf(app));
  hubs.set(app, hub);
  (app as NodeJS.EventEmitter).on('closing', () => hub.close());
  return hub;
}

/** The streams of a console's fleet; they end with it. */
export function fleetOf(app: Express, db: Db): FleetHub {
  const known = fleets.get(app);
  if (known) return known;
  const hub = new FleetHub(db, streamsOf(app));
  fleets.set(app, hub);
  (app as NodeJS.EventEmitter).on('closing', () => hub.close());
  return hub;
}
