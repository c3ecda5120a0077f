import type { Express } from 'express';
import type { Db } from '../../store/database.ts';
import { LiveHub } from './hub.ts';

const hubs = new WeakMap<Express, LiveHub>();

/** The streams of a console; they end with it. `app.locals.live`, where set before, has them behave otherwise. */
export function hubOf(app: Express, db: Db): LiveHub {
  const known = hubs.get(app);
  if (known) return known;
  const hub = new LiveHub(db, app.locals.live);
  hubs.set(app, hub);
  (app as NodeJS.EventEmitter).on('closing', () => hub.close());
  return hub;
}
