import { logger } from '../../logger.ts';
import {
  type AlarmPulse,
  alarmPulses,
  type Bulletin,
  type FleetPrint,
  fleetPrint,
  flipsSince,
} from '../../store/bulletins.ts';
import type { Db } from '../../store/database.ts';
import type { FleetViewer } from './fleet-viewer.ts';

/** So many bulletins are remembered for those who come again. */
const REMEMBERED = 300;
/** Looks that may fail one after the other before the viewers are sent away, to come again. */
const PATIENCE = 10;

/** Looks at the fleet for all who watch it, and tells each when something changed that concerns them. */
export class FleetWatch {
  readonly #db: Db;
  readonly #intervalMs: number;
  readonly #joining = new Set<FleetViewer>();
  readonly #viewers = new Set<FleetViewer>();
  #bulletins: Bulletin[] = [];
  /** Everything that was noticed since then is among the bulletins. */
  #knownSince = 0;
  #print: FleetPrint | null = null;
  #flips = new Set<string>();
  #alarms = new Map<string, AlarmPulse>();
  #timer: NodeJS.Timeout | null = null;
  #looking = false;
  #failures = 0;

  constructor(db: Db, intervalMs: number) {
    this.#db = db;
    this.#intervalMs = intervalMs;
  }

  get viewers(): FleetViewer[] {
    return [...this.#joining, ...this.#viewers];
  }

  join(viewer: FleetViewer): void {
    this.#joining.add(viewer);
    if (this.#timer) return;
    this.#timer = setInterval(() => void this.#look(), this.#intervalMs);
    void this.#look();
  }

  leave(viewer: FleetViewer): void {
    this.#joining.delete(viewer);
    this.#viewers.delete(viewer);
    if (this.viewers.length > 0) return;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#print = null;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#tellNews();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      logger.warn({ err: error }, 'could not look at the fleet for its viewers');
      if (this.#failures > PATIENCE) for (const viewer of this.viewers) viewer.end('again');
    } finally {
      this.#looking = false;
    }
  }

  async #tellNews(): Promise<void> {
    const before = this.#print;
    const print = await fleetPrint(this.#db, before?.at ?? null);
    const bulletin = emptyBulletin(print.at);
    if (before === null || print.flips !== before.flips) await this.#readFlips(before, bulletin);
    if (before === null || print.alarms !== before.alarms) await this.#readAlarms(bulletin);
    if (before?.lookers !== print.lookers) bulletin.all = true;
    this.#print = print;
    if (before === null) this.#begin(print.at);
    else if (isNews(bulletin)) this.#tell(bulletin);
    this.#admit(print.at);
  }

  /** What happened before the first look is known to nobody here: who came earlier is told to ask. */
  #begin(at: number): void {
    this.#bulletins = [];
    this.#knownSince = at;
  }

  #tell(bulletin: Bulletin): void {
    this.#bulletins.push(bulletin);
    if (this.#bulletins.length > REMEMBERED) this.#knownSince = this.#bulletins.shift()?.at ?? bulletin.at;
    for (const viewer of this.#viewers) if (viewer.concerns(bulletin)) viewer.news(bulletin.at);
  }

  #admit(at: number): void {
    for (const viewer of this.#joining) {
      const after = viewer.after ?? 0;
      const missed = this.#bulletins.some((one) => one.at > after && viewer.concerns(one));
      if (after < this.#knownSince || missed) viewer.news(at);
      else viewer.here(at);
      this.#viewers.add(viewer);
    }
    this.#joining.clear();
  }

  async #readFlips(before: FleetPrint | null, bulletin: Bulletin): Promise<void> {
    const found = await flipsSince(this.#db, before?.at ?? bulletin.at);
    if (found === null) {
      bulletin.all = true;
      return;
    }
    for (const flip of found.filter(({ id }) => !this.#flips.has(id))) {
      bulletin.hosts.add(flip.hostId);
      if (flip.placed) bulletin.projects.add(flip.placed.projectId);
      if (flip.placed) bulletin.groups.add(flip.placed.groupId);
    }
    this.#flips = new Set(found.map(({ id }) => id));
  }

  async #readAlarms(bulletin: Bulletin): Promise<void> {
    const found = new Map((await alarmPulses(this.#db)).map((alarm) => [alarm.id, alarm]));
    const changed = [...found.values()].filter(({ id, look }) => this.#alarms.get(id)?.look !== look);
    const ended = [...this.#alarms.values()].filter(({ id }) => !found.has(id));
    for (const alarm of [...changed, ...ended]) {
      bulletin.alarms.add(alarm.id);
      for (const { groupId, projectId } of alarm.places ?? []) {
        bulletin.alarmGroups.add(groupId);
        bulletin.projects.add(projectId);
      }
      if (alarm.places === null) bulletin.everyAlarm = true;
    }
    this.#alarms = found;
  }
}

function emptyBulletin(at: number): Bulletin {
  return {
    ...{ at, all: false, groups: new Set(), projects: new Set(), hosts: new Set() },
    ...{ alarms: new Set(), alarmGroups: new Set(), everyAlarm: false },
  };
}

function isNews({ all, hosts, alarms }: Bulletin): boolean {
  return all || hosts.size > 0 || alarms.size > 0;
}
