import { logger } from '../../logger.ts';
import { isLive } from '../../model/operation.ts';
import type { Db } from '../../store/database.ts';
import * as logGaps from '../../store/log-gaps.ts';
import * as logs from '../../store/logs.ts';
import * as pulse from '../../store/pulse.ts';
import { eventText } from './event.ts';
import { News } from './news.ts';
import type { Viewer } from './viewer.ts';

const PAGE = 200;
const CATCH_UP_PAGE = 16;
/** Looks that may fail one after the other before the viewers are sent away, to come again. */
const PATIENCE = 50;

/** Looks at one operation for all who watch it, every `intervalMs`, and tells them what changed. */
export class Watch {
  readonly #db: Db;
  readonly #id: string;
  readonly #intervalMs: number;
  readonly #stallMs: number;
  readonly #onEmpty: () => void;
  readonly #joining = new Set<Viewer>();
  readonly #viewers = new Set<Viewer>();
  readonly #steps = new News<pulse.StepPulse>((step) => step.id);
  readonly #hosts = new News<pulse.HostPulse>((host) => host.hostId);
  readonly #operation = new News<pulse.OperationPulse>(() => '');
  #seq = -1;
  #stepsPrint = '';
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #looking = false;

  constructor(db: Db, id: string, times: { intervalMs: number; stallMs: number }, onEmpty: () => void) {
    this.#db = db;
    this.#id = id;
    this.#intervalMs = times.intervalMs;
    this.#stallMs = times.stallMs;
    this.#onEmpty = onEmpty;
  }

  get viewers(): Viewer[] {
    return [...this.#joining, ...this.#viewers];
  }

  /** From the next look on the viewer is told all facts, the log behind its `seq`, and what changes. */
  join(viewer: Viewer): void {
    this.#joining.add(viewer);
    this.#timer ??= setInterval(() => void this.#look(), this.#intervalMs);
    void this.#look();
  }

  leave(viewer: Viewer): void {
    this.#joining.delete(viewer);
    this.#viewers.delete(viewer);
    if (this.viewers.length > 0) return;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#onEmpty();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#tellNews();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      logger.warn({ err: error, operation: this.#id }, 'could not look at a watched operation');
      if (this.#failures > PATIENCE) this.#endAll('again');
    } finally {
      this.#looking = false;
    }
  }

  async #tellNews(): Promise<void> {
    const operation = await pulse.ofOperation(this.#db, this.#id);
    if (operation === null) return this.#endAll('end');
    this.#tell('operation', this.#operation.of([{ ...operation, lastLog: 0 }]));
    this.#tell('hosts', this.#hosts.of(await pulse.hosts(this.#db, this.#id)));
    this.#tell('steps', await this.#changedSteps());
    if (this.#seq < 0) this.#seq = operation.lastLog;
    await this.#tellLog(operation.lastLog);
    this.#admit();
    if (!isLive(operation.state)) for (const viewer of this.#viewers) if (viewer.live) viewer.end('end');
  }

  async #changedSteps(): Promise<pulse.StepPulse[]> {
    const print = await pulse.stepsPrint(this.#db, this.#id);
    if (print === this.#stepsPrint) return [];
    this.#stepsPrint = print;
    return this.#steps.of(await pulse.steps(this.#db, this.#id));
  }

  async #tellLog(until: number): Promise<void> {
    while (this.#seq < until) {
      const chunks = await logs.after(this.#db, this.#id, this.#seq, PAGE);
      for (const chunk of chunks) {
        this.#seq = chunk.seq;
        const text = logEvent(chunk);
        for (const viewer of this.#viewers)
          if (viewer.live && !viewer.log(chunk, text)) void this.#catchUp(viewer);
      }
      if (chunks.length === 0) this.#seq = until;
    }
  }

  #tell(name: string, news: unknown[]): void {
    if (news.length > 0) for (const viewer of this.#viewers) viewer.facts(name, news);
  }

  /** Those who came since the last look are told everything, and then read their log up to here. */
  #admit(): void {
    for (const viewer of this.#joining) {
      viewer.facts('operation', this.#operation.all());
      viewer.facts('hosts', this.#hosts.all());
      viewer.facts('steps', this.#steps.all());
      this.#viewers.add(viewer);
      void this.#catchUp(viewer);
    }
    this.#joining.clear();
  }

  /** Reads from the database at the viewer's pace, until nothing is left; one that stalls is taken to the end. */
  async #catchUp(viewer: Viewer): Promise<void> {
    viewer.live = false;
    try {
      while (viewer.seq < this.#seq && !viewer.closed) await this.#readOn(viewer);
      viewer.live = true;
    } catch (error) {
      logger.warn({ err: error, operation: this.#id }, 'could not read the log for a viewer');
      viewer.end('again');
    }
  }

  async #readOn(viewer: Viewer): Promise<void> {
    const chunks = await logs.after(this.#db, this.#id, viewer.seq, CATCH_UP_PAGE);
    for (const chunk of chunks) {
      if (viewer.log(chunk, logEvent(chunk))) continue;
      const asked = Date.now();
      if (!(await viewer.ready())) return;
      if (Date.now() - asked > this.#stallMs) return this.#skip(viewer, this.#seq);
      viewer.log(chunk, logEvent(chunk));
    }
    if (chunks.length === 0) viewer.skip(this.#seq, null);
  }

  async #skip(viewer: Viewer, until: number): Promise<void> {
    viewer.skip(until, await logGaps.bytesBetween(this.#db, this.#id, viewer.seq, until));
  }

  #endAll(name: 'end' | 'again'): void {
    for (const viewer of this.viewers) viewer.end(name);
  }
}

function logEvent(chunk: logs.LogChunk): string {
  return eventText('log', { seq: chunk.seq, step: chunk.stepId, at: chunk.at, text: chunk.text }, chunk.seq);
}
