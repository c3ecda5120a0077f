import { believedMs } from '../../model/belief.ts';
import { driftKinds } from '../../model/drift.ts';
import * as drifts from '../../store/drifts.ts';
import { releasesByIds } from '../../store/running.ts';
import { driftWords, releasesIn } from '../drift/words.ts';
import type { Call } from './call.ts';
import { endpoint, ok } from './endpoint.ts';
import { moment, momentOf, z } from './schemas/z.ts';
import { seenProjects } from './seen.ts';

const query = z.object({
  project: z.string().max(80).optional().describe('Of this project alone, by its key'),
  environment: z.string().max(24).optional(),
});

const item = z
  .object({
    project: z.string(),
    host: z.string(),
    placement: z.string(),
    what: z.enum(driftKinds),
    process: z.string().nullable().describe('Which one, of those that are older than their release'),
    words: z.string(),
    runs: z.string().nullable().describe('The release that was found, by its name'),
    should: z.string().nullable().describe('The release that the last success left there, by its name'),
    since: moment,
    checked: moment,
    known: z.boolean().describe('False where it was found too long ago: nobody knows whether it is still so'),
  })
  .openapi('Drift');

export const endpoints = [
  endpoint({
    ...{ method: 'GET', path: '/api/v1/drift', tag: 'Inventory', scopes: ['read'], guard: 'token' },
    summary: 'What is not as operations left it',
    about: 'Releases, configuration files, and processes older than their release, by project and host.',
    query,
    answers: {
      200: {
        about: 'All that differs, and of how many services too little is known to say so',
        schema: z.object({ items: z.array(item), unknown: z.number().int() }),
      },
    },
    handle: async (call, { query: { project, environment } }) => {
      const staleMs = believedMs(call.settings.factsSeconds);
      const seen = (await seenProjects(call)).filter(
        (one) =>
          (project === undefined || one.key === project) &&
          (environment === undefined || one.environment === environment),
      );
      const filter = { projectIds: seen.map(({ id }) => id), limit: 10_000 };
      const rows = await drifts.drifts(call.db, staleMs, filter);
      const { all, known } = await drifts.counts(call.db, staleMs, filter);
      return ok({ items: await told(call, rows), unknown: all - known });
    },
  }),
];

async function told(call: Call, rows: drifts.DriftRow[]) {
  const names = await releasesByIds(call.db, releasesIn(rows));
  const name = (id: string | null | undefined) => (id ? (names.get(id)?.name ?? id) : null);
  return rows.map((row) => ({
    ...{ project: row.projectKey, host: row.hostName, placement: row.placementId },
    ...{ what: row.what, process: row.item || null },
    words: driftWords(call.t, row, names),
    ...{ runs: name(row.detail.runs), should: name(row.detail.should) },
    ...{ since: momentOf(row.since), checked: momentOf(row.checkedAt), known: !row.stale },
  }));
}
