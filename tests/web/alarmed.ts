import type { Trouble } from '../../src/model/alarm.ts';
import type { Placement } from '../../src/model/placement.ts';
import type { Project } from '../../src/model/project.ts';
import * as alarms from '../../src/store/alarms.ts';
import type { Db } from '../../src/store/database.ts';

/** An open alarm of a project on a host. */
export function alarmOf(
  db: Db,
  { id, key, groupId, environment }: Project,
  placement: Pick<Placement, 'id' | 'hostId'>,
  over: Partial<Trouble> = {},
): Promise<string> {
  const place = {
    projectId: id,
    projectKey: key,
    groupId,
    environment,
    production: environment === 'online',
  };
  const trouble: Trouble = {
    ...{ key: `service:${placement.id}`, kind: 'service', hostId: placement.hostId, hostName: 'web1' },
    ...{ places: [place], state: 'failed', message: 'exit status 7', badSince: Date.now() - 60_000 },
    ...{ looks: 2, services: 1, flapping: false, ...over },
  };
  return alarms.add(db, trouble, null);
}
