import { ulid } from 'ulid';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Look } from '../model/look.ts';
import { isSameLook, isWell } from '../model/same-look.ts';
import type { Db } from '../store/database.ts';
import { touch } from '../store/look-touches.ts';
import { record } from '../store/looks.ts';

/** Looks that are written together at most, and how long the first of them waits for company. */
const MOST = 200;
const WAIT_MS = 100;

/**
 * Writes looks as they come, those of the same moment in one transaction. One that finds a machine as well as this
 * recorder left it is only dated: in a fleet that is well, hardly anything else is written.
 */
export class Recorder {
  readonly #db: Db;
  readonly #staleMs: number;
  readonly #id = ulid();
  /** What stands in the database by our hand, of machines that are well. */
  readonly #known = new Map<string, Look>();
  readonly #waiting: Look[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param staleMs how long a look is believed */
  constructor(db: Db, staleMs: number) {
    this.#db = db;
    this.#staleMs = staleMs;
  }

  /** What this recorder wrote of a machine last, if it was well. */
  known(hostId: string): Look | undefined {
    return this.#known.get(hostId);
  }

  /** Forgets all other machines. */
  keep(hostIds: ReadonlySet<string>): void {
    for (const id of this.#known.keys()) if (!hostIds.has(id)) this.#known.delete(id);
  }

  /** @param look what is `known` itself where the machine was found to be so; its releases then count as not read */
  add(look: Look): void {
    this.#waiting.push(look);
    if (this.#waiting.length >= MOST) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), WAIT_MS);
  }

  /** Resolves when everything added so far is written. What the database refuses is logged and seen anew. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const looks = this.#waiting.splice(0);
    this.#writing = this.#writing.then(() => this.#write(looks));
    await this.#writing;
  }

  async #write(looks: Look[]): Promise<void> {
    try {
      const same = looks.filter((look) => this.#isKnown(look));
      const touched = await touch(this.#db, same, this.#id, this.#staleMs);
      const dated = new Set(touched ? same : []);
      await this.#record(looks.filter((look) => !dated.has(look)));
    } catch (error) {
      logger.error({ error: messageOf(error), looks: looks.length }, 'looks at hosts could not be recorded');
    }
  }

  async #record(some: Look[]): Promise<void> {
    const looks = some.map((look) => (this.#known.get(look.hostId) === look ? withoutReleases(look) : look));
    for (const { hostId } of looks) this.#known.delete(hostId);
    await record(this.#db, looks, this.#staleMs, this.#id);
    for (const look of looks) if (isWell(look)) this.#known.set(look.hostId, copy(look));
  }

  #isKnown(look: Look): boolean {
    const known = this.#known.get(look.hostId);
    return known !== undefined && (known === look || isSameLook(known, look));
  }
}

/** What is known was read before: meanwhile somebody else may have recorded another release. */
function withoutReleases(look: Look): Look {
  return { ...look, placements: look.placements.map(({ release, ...rest }) => rest) };
}

/** Its texts are pieces of what the machine said, and would hold all of that in memory. */
function copy(look: Look): Look {
  return JSON.parse(JSON.stringify(look)) as Look;
}
