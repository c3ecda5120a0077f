import { ulid } from 'ulid';
import { type NewsKind, type NewsPlace, type NewsRoute, routed } from '../model/route.ts';
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

/** The channels that routes name for news of a place; empty: no route is about it. */
export async function routedTo(db: Db, kind: NewsKind, place: NewsPlace): Promise<string[]> {
  return routed(await all(db), kind, place);
}

/**
 * Who hears news of some places: what the routes say and, of a place that none of them is about, the robot of its
 * group, for production. News of no place at all (nobody looks) go to the SRE robot, else to everybody.
 */
export async function hearing(db: Db, kind: NewsKind): Promise<(places: readonly NewsPlace[]) => string[]> {
  const routes = await all(db);
  const rows: { audience: string; channel_id: string }[] = await db('audiences');
  const audiences = new Map(rows.map((row) => [row.audience, row.channel_id]));
  const everybody = [...audiences.values(), ...routes.map(({ channelId }) => channelId)];
  const of = (place: NewsPlace) => {
    const chosen = routed(routes, kind, place);
    if (chosen.length > 0 || !place.production) return chosen;
    return [audiences.get(`group:${place.groupId}`)].filter((id) => id !== undefined);
  };
  return (places) => {
    if (places.length > 0) return [...new Set(places.flatMap(of))];
    const sre = audiences.get('sre');
    return sre === undefined ? [...new Set(everybody)] : [sre];
  };
}
