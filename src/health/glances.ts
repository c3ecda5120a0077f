import type { Look as Known } from '../model/look.ts';
import { isSameLook } from '../model/same-look.ts';
import { accessOf } from '../supervisor/access.ts';
import { KnownAnswer } from '../supervisor/known-answer.ts';
import { type Look, look, lookAgain } from '../supervisor/look.ts';
import { type Prober, pay, probe } from './probe.ts';
import { isSupervised, type Probe } from './seen.ts';
import { isChecked } from './swept-checks.ts';
import { type Visit, visits } from './visits.ts';
import type { Watched, WatchedHost } from './watch-list.ts';

/**
 * Looks at machines of which something is known. Where supervisord tells byte for byte what it told when a machine was
 * found as it is known, its clock apart, the machine is found as known again and nothing is read.
 */
export class Glances {
  readonly #prober: Prober;
  /** By machine and placements as they are: another object where anything of them changed. */
  readonly #told = new WeakMap<WatchedHost, { known: Known; answer: KnownAnswer }>();

  constructor(prober: Prober) {
    this.#prober = prober;
  }

  /** As `probe` does. @returns `known` itself where the machine is as known */
  async look(watched: WatchedHost, known: Known): Promise<Probe> {
    const visit = onlyVisit(watched);
    return visit ? this.#again(watched, visit, known) : probe(this.#prober, watched, known);
  }

  async #again(watched: WatchedHost, visit: Visit, known: Known): Promise<Probe> {
    const looking = this.#ask(watched, visit, known);
    const looked = await looking.catch(() => undefined);
    if (looked === null) return known;
    const found = await pay(this.#prober, visit, looking, known);
    const same = isSameLook(known, { hostId: watched.id, ...found });
    if (looked?.answer && same)
      this.#told.set(watched, { known, answer: new KnownAnswer(looked.answer, Date.now()) });
    return same ? known : found;
  }

  /** Null: told as before. */
  async #ask(watched: WatchedHost, visit: Visit, known: Known): Promise<Look | null> {
    const { pool, vault, deadlineMs } = this.#prober;
    const access = accessOf(visit.settings, vault);
    const told = this.#told.get(watched);
    return told?.known === known
      ? lookAgain(pool, visit.target, access, told.answer, { deadlineMs })
      : look(pool, visit.target, access, { deadlineMs });
  }
}

/** The one visit of a machine whose supervisor tells all that a sweep wants to know. */
function onlyVisit({ placements }: WatchedHost): Visit | null {
  const [visit, ...others] = visits(placements);
  return visit && others.length === 0 && visit.placements.every(isPlain) ? visit : null;
}

function isPlain(watched: Watched): boolean {
  return isSupervised(watched) && !isChecked(watched);
}
