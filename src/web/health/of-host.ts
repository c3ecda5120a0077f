import { believedMs } from '../../model/belief.ts';
import { CLOCK_MS } from '../../model/drift.ts';
import type { Host } from '../../model/host.ts';
import { isFlapping } from '../../model/marks.ts';
import { muteOf } from '../../model/mute.ts';
import type { Subject } from '../../model/permission.ts';
import { overview } from '../../store/health-overview.ts';
import {
  groupsOn,
  hostFlips,
  hostStanding,
  type MachineFacts,
  machineFacts,
} from '../../store/host-standing.ts';
import * as hosts from '../../store/hosts.ts';
import * as mutes from '../../store/mutes.ts';
import { pastOfHost } from '../../store/uptimes.ts';
import type { Page } from '../page.ts';
import type { ObjectGuard } from '../route.ts';
import { seenWords } from '../seen-words.ts';
import { DAY, pastBars } from './past-bars.ts';
import { serviceRows } from './seen-rows.ts';

const SERVICES = 500;
const CHANGES = 50;

/** Admins see every machine's health, others that of machines with something of theirs. */
export const seesHost: ObjectGuard = { permission: 'project.see', of: subject };

async function subject(page: Page): Promise<Subject | null> {
  const host = await hosts.byId(page.db, page.param('host'));
  if (!host) return null;
  const groups = page.groupIds === undefined ? [] : await groupsOn(page.db, host.id);
  return { groupId: groups.find((id) => page.groupIds?.includes(id)) ?? '', production: true };
}

/** What moves on a machine's health. */
export async function hostHealth(page: Page, host: Host) {
  const { db, groupIds } = page;
  const at = Date.now();
  const staleMs = believedMs(page.settings.sweepSeconds);
  const standing = await hostStanding(db, host.id, staleMs);
  const past = await pastOfHost(db, host.id, at - 30 * DAY);
  const before = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.exec(page.query('before') ?? '')?.[0] ?? null;
  const changes = await hostFlips(db, host.id, { groupIds, before, limit: CHANGES + 1 });
  const shown = changes.slice(0, CHANGES);
  const address = `/hosts/${host.id}/health`;
  return {
    host,
    standing: { ...standing, words: seenWords(page.t, standing.message) },
    marks: await marks(page, host, standing, past?.flips ?? [], at),
    facts: factWords(page, await machineFacts(db, host.id)),
    bars: pastBars(past && { ...past, state: standing.state }, at),
    rows: await serviceRows(
      page,
      await overview(db, staleMs, { groupIds, hostId: host.id, limit: SERVICES }),
    ),
    changes: shown.map((flip) => ({ ...flip, words: seenWords(page.t, flip.message) })),
    query: before ? `?before=${before}` : '',
    newest: before ? address : null,
    older: changes.length > CHANGES ? `${address}?before=${shown.at(-1)?.id}` : null,
    dot: standing.state === 'unreachable' ? ('failed' as const) : null,
  };
}

/** Its disks and its clock in words; null where nothing was gathered yet. */
function factWords(page: Page, facts: MachineFacts | null): { checkedAt: number; words: string[] } | null {
  if (facts === null) return null;
  const { clockMs, disks, checkedAt } = facts;
  const seconds = Math.round(Math.abs(clockMs) / 1000);
  const ahead = clockMs > 0 ? 'drift.clock_ahead' : 'drift.clock_behind';
  const clock = Math.abs(clockMs) > CLOCK_MS ? page.t(ahead, { seconds }) : page.t('health.clock_right');
  const mounts = new Map(disks.map((disk) => [disk.mount, disk]));
  const space = [...mounts.values()].map(({ path, percent, free }) =>
    page.t('drift.disk', { path, percent, free: (free / 1024 ** 3).toFixed(1) }),
  );
  return { checkedAt, words: [clock, ...space] };
}

async function marks(
  page: Page,
  { id, name }: Host,
  { state, badLooks }: { state: string; badLooks: number },
  flips: readonly { at: number }[],
  at: number,
) {
  const of = page.settings.alarmRetries + 1;
  const one = { key: `host:${id}`, kind: 'host' as const, hostId: id, hostName: name, places: [] };
  const mute = muteOf(one, await mutes.current(page.db), at);
  return {
    busy: false,
    pending: state !== 'unknown' && badLooks > 0 && badLooks < of ? { looks: badLooks, of } : null,
    flapping: isFlapping(flips, at),
    muted: mute && { until: mute.until, reason: mute.reason },
  };
}
