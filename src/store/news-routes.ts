import { ulid } from 'ulid';
import { hearersOf, type NewsKind, type NewsPlace, type NewsRoute } from '../model/route.ts';
import { audiences } from './channels.ts';
import type { Db } from './database.ts';

export async function all(db: Db): Promise<NewsRoute[]> {
  const rows = await db('news_routes').orderBy('id');
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    groupId: row.group_id,
    environment: row.environment,
    channelId: row.channel_id,
  }));
}

export type Added = Omit<NewsRoute, 'id'>;

export async function add(trx: Db, route: Added): Promise<string> {
  const id = ulid();
  await trx('news_routes').insert({
    ...{ id, kind: route.kind, group_id: route.groupId },
    ...{ environment: route.environment, channel_id: route.channelId },
  });
  return id;
}

/** False where it was not there. */
export async function remove(trx: Db, id: string): Promise<boolean> {
  return (await trx('news_routes').where({ id }).delete()) === 1;
}

/** Who hears news of a kind that happened at a place; asked again and again of one look at the routes. */
export type Hearers = (kind: NewsKind, place: NewsPlace) => string[];

export async function hearers(db: Db): Promise<Hearers> {
  const [routes, robots] = [await all(db), await audiences(db)];
  return (kind, place) => hearersOf(routes, robots, kind, place);
}

/** Who hears of alarms at some places. Of no place at all (nobody looks) the SRE robot hears, else everybody. */
export async function hearing(db: Db, kind: NewsKind): Promise<(places: readonly NewsPlace[]) => string[]> {
  const [routes, robots] = [await all(db), await audiences(db)];
  const everybody = [...robots.values(), ...routes.map(({ channelId }) => channelId)];
  return (places) => {
    if (places.length > 0)
      return [...new Set(places.flatMap((place) => hearersOf(routes, robots, kind, place)))];
    const sre = robots.get('sre');
    return sre === undefined ? [...new Set(everybody)] : [sre];
  };
}
