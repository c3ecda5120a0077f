import type { LeftBehind } from '../../model/cloning.ts';
import type { Operation } from '../../model/operation.ts';
import type { StepRow } from '../../model/step.ts';
import * as placements from '../../store/placements.ts';
import * as projects from '../../store/projects.ts';
import type { Page } from '../page.ts';

/** What an operation that succeeded has made, and where to go on from there. */
export type Result = {
  sentence: string;
  link: { href: string; text: string } | null;
  /** Where a form asks what the machine has of the project already; null: nothing to ask. */
  look: string | null;
  left: { heading: string; items: string[] } | null;
};

export async function resultOf(page: Page, operation: Operation, journal: StepRow[]): Promise<Result | null> {
  if (operation.state !== 'succeeded') return null;
  if (operation.kind === 'clone') return cloned(page, journal);
  const { arrival } = operation.snapshot.params;
  return arrival ? placed(page, operation, arrival.placementId) : null;
}

async function placed(page: Page, operation: Operation, placementId: string): Promise<Result | null> {
  const placement = await placements.byId(page.db, placementId);
  const [host] = operation.snapshot.hosts;
  if (!placement || !host) return null;
  const path = `/projects/${operation.projectKey}/hosts/${placement.id}`;
  const names = { host: host.name, project: operation.projectKey };
  return {
    sentence: page.t('ops.placed_on', names),
    link: { href: path, text: page.t('ops.to_placement') },
    look: operation.kind === 'add-host' ? `${path}/adoption` : null,
    left: null,
  };
}

async function cloned(page: Page, journal: StepRow[]): Promise<Result | null> {
  const { evidence } = journal.find(({ name }) => name === 'copy') ?? { evidence: {} };
  const { key, left } = evidence as { key?: string; left?: LeftBehind[] };
  const made = key ? await projects.byKey(page.db, key) : null;
  if (!key || !left) return null;
  const items = left.map(({ place, name }) => `${page.t(`ops.left.${place}`)} ${name}`);
  return {
    sentence: page.t('ops.cloned', { project: key }),
    link: made && { href: `/projects/${key}/settings`, text: key },
    look: null,
    left: { heading: page.t(items.length > 0 ? 'ops.still_to_set' : 'ops.nothing_left'), items },
  };
}
