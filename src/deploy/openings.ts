import { type Openness, opennessAt } from '../model/openness.ts';
import {
  covers,
  type Freeze,
  type Placed,
  type WindowRules,
  type WindowSet,
  windowOf,
} from '../model/window.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import * as freezes from '../store/freezes.ts';
import * as windows from '../store/windows.ts';

/** What windows and freezes say of projects at one moment, the database's now. */
export type Openings = {
  at: number;
  rules: WindowRules;
  windowFor: (project: Placed) => WindowSet | null;
  freezesFor: (project: Placed) => Freeze[];
  opennessFor: (project: Placed) => Openness;
};

export async function openings(db: Db): Promise<Openings> {
  const at = await readClock(db);
  const rules = await windows.rules(db);
  const sets = await windows.all(db);
  const ahead = await freezes.endingAfter(db, at);
  const windowFor = (project: Placed) => windowOf(sets, project, rules);
  const freezesFor = (project: Placed) => ahead.filter(({ scope }) => covers(scope, project, rules));
  const known = new Map<string, Openness>();
  const opennessFor = (project: Placed) => {
    const [set, own] = [windowFor(project), freezesFor(project)];
    const key = [set?.id, ...own.map(({ id }) => id)].join();
    const openness = known.get(key) ?? opennessAt(set, own, at);
    known.set(key, openness);
    return openness;
  };
  return { at, rules, windowFor, freezesFor, opennessFor };
}
