import { ulid } from 'ulid';
import { type LeftOut, type LeftOutFilter, leftOut } from '../store/left-out.ts';
import type { Page } from './page.ts';

/** The processes of one project that somebody must put back into traffic, for views/traffic/out.ejs. */
export type LeftOutGroup = {
  projectKey: string;
  rows: LeftOut[];
  hostIds: string[];
  mayPutBack: boolean;
  /** The same button pressed twice starts one operation. */
  idempotencyKey: string;
};

/** What is left out of traffic, by project. */
export async function leftOutView(page: Page, filter: LeftOutFilter): Promise<LeftOutGroup[]> {
  const left = (await leftOut(page.db, filter)).filter(({ mood }) => mood === 'left');
  const keys = [...new Set(left.map(({ projectKey }) => projectKey))];
  return keys.map((projectKey) => {
    const rows = left.filter((one) => one.projectKey === projectKey);
    const [{ groupId, production }] = rows as [LeftOut];
    return {
      projectKey,
      rows,
      hostIds: [...new Set(rows.map(({ hostId }) => hostId))],
      mayPutBack: page.may('project.deploy', { groupId, production }),
      idempotencyKey: ulid(),
    };
  });
}
