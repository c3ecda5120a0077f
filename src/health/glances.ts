import type { Look as Known } from '../model/look.ts';
import { isSameLook } from '../model/same-look.ts';
import { accessOf, type SupervisorAccess } from '../supervisor/access.ts';
import { KnownAnswer } from '../supervisor/known-answer.ts';
import { type Answer, type Look, lookAgain } from '../supervisor/look.ts';
import type { Live } from './current-releases.ts';
import { linksOf, type Prober, pay, probe } from './probe.ts';
import { isSupervised, type Probe, unseen } from './seen.ts';
import { isChecked } from './swept-checks.ts';
import { type Visit, visits } from './visits.ts';
import type { Watched, WatchedHost } from './watch-list.ts';

/** An answer of supervisord, and the look that came of it; in its place what is known, once that is the same. */
type Told = { look: Known; answer: KnownAnswer };

/**
 * Looks at machines. Where supervisord tells byte for byte what it told when a machine was found as it is known, its
 * clock apart, the machine is found as known again and nothing is read.
 */
export class Glances {
  readonly #prober: Prober;
  /** By machine and placements as they are: another object where anything of them changed. */
  readonly #told = new WeakMap<WatchedHost, Told>();
  readonly #access = new WeakMap<Visit, SupervisorAccess>();

  constructor(prober: Prober) {
    this.#prober = prober;
  }

  /**
   * As `probe` does.
   * @param whole the links are read as well, however well known the machine is
   * @returns `known` itself where the machine is as known and links were not read
   */
  async look(watched: WatchedHost, known: Known | undefined, whole: boolean): Promise<Probe> {
    const visit = onlyVisit(watched);
    if (!visit) return probe(this.#prober, watched, whole ? undefined : known);
    const links = whole || !known ? linksOf(this.#prober, visit) : null;
    const looking = this.#ask(visit, known && this.#answerTo(watched, known));
    const [looked] = await Promise.allSettled([looking, links]);
    const told = looked.status === 'fulfilled' ? looked.value : undefined;
    if (known && told === null) return links ? linked(visit, known, links) : known;
    const found = await pay(this.#prober, visit, { links, looking }, known);
    if (told?.answer) this.#keep(watched, { hostId: watched.id, ...found }, told.answer);
    return found;
  }

  /** What supervisord answered where a machine was found as it is known. */
  #answerTo(watched: WatchedHost, known: Known): KnownAnswer | undefined {
    const told = this.#told.get(watched);
    if (!told || told.look === known) return told?.answer;
    if (!isSameLook(known, told.look)) return undefined;
    told.look = known;
    return told.answer;
  }

  #keep(watched: WatchedHost, found: Known, { body, at }: Answer): void {
    const answer = KnownAnswer.of(body, at);
    if (answer) this.#told.set(watched, { look: found, answer });
    else this.#told.delete(watched);
  }

  /** Null: told as before. */
  async #ask(visit: Visit, answer?: KnownAnswer): Promise<Look | null> {
    const { pool, vault, deadlineMs } = this.#prober;
    const access = this.#access.get(visit) ?? accessOf(visit.settings, vault);
    this.#access.set(visit, access);
    return lookAgain(pool, visit.target, access, answer, { deadlineMs });
  }
}

/** What is known, with the releases that are live now. */
async function linked(visit: Visit, { host, placements }: Known, links: Promise<Live[]>): Promise<Probe> {
  try {
    const live = await links;
    const places = visit.placements.map(({ host: { placementId } }) => placementId);
    const releaseOf = (id: string) => live[places.indexOf(id)]?.release ?? null;
    return { host, placements: placements.map((one) => ({ ...one, release: releaseOf(one.placementId) })) };
  } catch (error) {
    return unseen(visit, error);
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
