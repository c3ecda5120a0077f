import { planSteps } from '../../deploy/plan.ts';
import type { Translate } from '../../i18n/index.ts';
import type { OperationKind, Snapshot } from '../../model/operation.ts';
import { type Phase, phases } from '../../model/step.ts';
import type { NewStep } from '../../store/steps.ts';
import { stepTitle } from '../operation/titles.ts';

/** A plan in words: per phase one line for what is done once, or one per host where hosts take turns. */
export type PlanView = { phase: Phase; lines: { hostId: string; where: string; titles: string[] }[] }[];

/** What an operation on these hosts would do, as the deploy page tells it before the button. */
export function planView(t: Translate, kind: OperationKind, snapshot: Snapshot): PlanView {
  const steps = planSteps(kind, snapshot);
  const names = new Map(snapshot.hosts.map((host) => [host.hostId, host.name]));
  return phases
    .map((phase) => ({
      phase,
      lines: linesOf(
        t,
        steps.filter((step) => step.phase === phase),
        names,
      ),
    }))
    .filter(({ lines }) => lines.length > 0);
}

function linesOf(t: Translate, steps: NewStep[], names: Map<string, string>) {
  const once = steps.filter((step) => step.hostId === null).map((step) => stepTitle(t, step));
  const perHost = [...names].map(([hostId, name]) => ({
    hostId,
    where: name,
    titles: steps.filter((step) => step.hostId === hostId).map((step) => stepTitle(t, step)),
  }));
  return [{ hostId: '', where: '', titles: once }, ...perHost].filter(({ titles }) => titles.length > 0);
}
