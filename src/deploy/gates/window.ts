import { CedarError } from '../../errors.ts';
import type { Openness } from '../../model/openness.ts';
import { openings } from '../openings.ts';
import type { Asked, Gate, Refusal } from './gate.ts';

/** Windows and freezes; which operations they bind is a rule that admins set. Admins pass with a reason. */
export const windowGate: Gate = {
  name: 'window',
  judge: async (db, asked) => {
    const { rules, opennessFor } = await openings(db);
    if (!rules.kinds.includes(asked.kind)) return null;
    const openness = opennessFor({ ...asked.project, production: asked.production });
    return openness.open ? null : { error: errorOf(asked, openness), passable: true };
  },
};

function errorOf({ project }: Asked, { until, freeze }: Openness): Refusal['error'] {
  if (freeze) return new CedarError('frozen', { until: until ?? freeze.to, reason: freeze.reason }, 409);
  if (until === null) return new CedarError('window_never', { project: project.key }, 409);
  return new CedarError('window_closed', { until, project: project.key }, 409);
}
