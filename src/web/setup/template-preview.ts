import { CedarError } from '../../errors.ts';
import type { Host } from '../../model/host.ts';
import { allowsAll } from '../../model/host-allowed.ts';
import type { HostSnapshot, ProjectSnapshot } from '../../model/operation.ts';
import type { Placement } from '../../model/placement.ts';
import type { Project } from '../../model/project.ts';
import * as environments from '../../store/environments.ts';
import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import { hostSnapshot, projectSnapshot } from '../../store/snapshot.ts';
import { previewForHost } from '../../supervisor/render-for-host.ts';
import type { Page } from '../page.ts';

/** A project's program as one host would get it, with what is wrong with it in words. Secrets are dots. */
export type Preview = { host: string; text: string; problems: string[] };

/** The template's outcome on each host of the project, or on an imagined one while it has none. */
export async function previews(page: Page, project: Project, template: string): Promise<Preview[]> {
  const environment = (await environments.byName(page.db, project.environment)) ?? page.notFound();
  const snapshot = { ...projectSnapshot(project, environment), template };
  const placed = await placements.ofProject(page.db, project.id);
  const machines = await hosts.byIds(
    page.db,
    placed.map(({ hostId }) => hostId),
  );
  const known = placed.flatMap((placement) => {
    const host = machines.find(({ id }) => id === placement.hostId);
    return host ? [{ placement, host }] : [];
  });
  const shown = known.length > 0 ? known : [imagined];
  return shown.map(({ placement, host }) => {
    // a host whose key nobody accepted yet still has a preview
    const pinned = { ...host, hostKey: host.hostKey ?? '' };
    return preview(page, snapshot, hostSnapshot(environment, placement, pinned));
  });
}

const imagined: { placement: Placement; host: Host } = {
  placement: {
    ...{ id: '', projectId: '', hostId: '', processes: 1 },
    ...{ position: 0, env: [], adoption: null, createdAt: 0 },
  },
  host: {
    ...{ id: '', name: 'example', address: '192.0.2.1', settings: {}, notes: null, createdAt: 0 },
    ...{ allowed: allowsAll, weakSsh: null },
    ...{ hostKey: null, hostKeyFingerprint: null, hostKeyPinnedAt: null, hostKeyPinnedBy: null },
  },
};

function preview(page: Page, project: ProjectSnapshot, host: HostSnapshot): Preview {
  try {
    const { text, problems } = previewForHost(project, host, page.vault, '\u2022\u2022\u2022\u2022');
    return {
      host: host.name,
      text,
      problems: problems.map(({ code, detail }) => page.t(`field.${code}`, detail)),
    };
  } catch (error) {
    if (!(error instanceof CedarError) || error.code !== 'template') throw error;
    return { host: host.name, text: '', problems: [String(error.detail.message)] };
  }
}
