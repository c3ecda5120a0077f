import { refusals } from '../../deploy/admission.ts';
import { openings } from '../../deploy/openings.ts';
import type { Openness } from '../../model/openness.ts';
import type { OperationKind } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import * as environments from '../../store/environments.ts';
import { refusalText } from '../operation/refusal.ts';
import type { Page } from '../page.ts';

/** What stands in the way of a project's operations now, and how its window is. */
export type Standing = {
  /** Null where neither a window nor a freeze is about the project. */
  openness: Openness | null;
  /** `kinds`: the operations that it would refuse, in words. */
  refused: { gate: string; message: string; kinds: string }[];
  /** An administrator may go past at least one of them with a reason. */
  mayPass: boolean;
};

/** @param kinds what the page offers */
export async function standingOf(
  page: Page,
  project: Project,
  kinds: readonly OperationKind[],
  ticketId: string | null = page.query('ticket'),
): Promise<Standing> {
  const production = await environments.isProduction(page.db, project.environment);
  const asked = {
    ...({ moment: 'launch', relation: null, project, production, personId: page.who.id } as const),
    ...{ tokenId: null, ticketId, operationId: null },
  };
  const refused: (Standing['refused'][number] & { passable: boolean })[] = [];
  for (const kind of kinds)
    for (const { gate, error, passable } of await refusals(page.db, { ...asked, kind })) {
      const [message, word] = [refusalText(page, error), page.t(`kind.${kind}`)];
      const name = page.t(`gate.${gate}`);
      const known = refused.find((one) => one.gate === name && one.message === message);
      if (known) known.kinds += `, ${word}`;
      else refused.push({ gate: name, message, kinds: word, passable });
    }
  const { windowFor, freezesFor, opennessFor } = await openings(page.db);
  const placed = { ...project, production };
  const bound = windowFor(placed) !== null || freezesFor(placed).length > 0;
  return {
    openness: bound ? opennessFor(placed) : null,
    refused,
    mayPass: page.may('admin') && refused.some(({ passable }) => passable),
  };
}
