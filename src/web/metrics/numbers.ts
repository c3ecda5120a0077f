import { believedMs } from '../../model/belief.ts';
import type { Db } from '../../store/database.ts';
import type { EndedOperation, EndedSince } from '../../store/ended-since.ts';
import { type HostNumbers, hostNumbers } from '../../store/fleet-numbers.ts';
import { stateCounts } from '../../store/health-overview.ts';
import {
  type Counted,
  liveOperations,
  openAlarms,
  openNotices,
  type Queue,
  recentAttempts,
  waitingNotices,
  waitingQuestions,
} from '../../store/work-numbers.ts';
import { type BeatingProcess, beating } from '../../store/workers.ts';

/** Channels beyond so many are not told: each is a label of its own. */
const CHANNELS = 100;

/** All that the database knows of the console's work, at one moment. */
export type Numbers = {
  hosts: HostNumbers;
  placements: Map<string, number>;
  live: Counted<'kind' | 'state'>[];
  ended: EndedOperation[];
  questions: Queue;
  notices: Queue;
  channels: Counted<'channel' | 'state'>[];
  attempts: Counted<'channel' | 'result'>[];
  alarms: Counted<'kind' | 'acknowledged'>[];
  processes: BeatingProcess[];
};

export async function readNumbers(db: Db, ended: EndedSince, sweepSeconds: number): Promise<Numbers> {
  const staleMs = believedMs(sweepSeconds);
  return {
    hosts: await hostNumbers(db, staleMs, sweepSeconds * 1000),
    placements: await stateCounts(db, staleMs),
    live: await liveOperations(db),
    questions: await waitingQuestions(db),
    notices: await waitingNotices(db),
    channels: await openNotices(db, CHANNELS),
    attempts: await recentAttempts(db, CHANNELS),
    alarms: await openAlarms(db),
    processes: await beating(db),
    // last: what it gives is given once
    ended: await ended.next(),
  };
}
