import { planSteps } from '../../deploy/plan.ts';
import { wavesOf } from '../../deploy/waves.ts';
import type { Translate } from '../../i18n/index.ts';
import type { OperationKind, Snapshot } from '../../model/operation.ts';
import { type Phase, phases } from '../../model/step.ts';
import type { NewStep } from '../../store/steps.ts';
import { stepTitle } from '../operation/titles.ts';

/** A plan in words: per phase one line for what is done once, or one per host where hosts take turns. */
export type PlanView = { phase: Phase; lines: { hostId: string; where: string; titles: string[] }[] }[];

/** Hosts whose lines stand together. `wave`: their number from 0 and what it is called, where they are one. */
type Together = { names: Map<string, string>; wave: { number: number; title: string } | null };

/** What an operation on these hosts would do, as the deploy page tells it before the button. */
export function planView(t: Translate, kind: OperationKind, snapshot: Snapshot): PlanView {
  const steps = planSteps(kind, snapshot);
  const all: Together = { names: namesOf(snapshot.hosts), wave: null };
  return phases
    .map((phase) => ({
      phase,
      lines: (phase === 'activate' ? inWaves(t, kind, snapshot) : [all]).flatMap((some) =>
        linesOf(
          t,
          steps.filter((step) => step.phase === phase),
          some,
        ),
      ),
    }))
    .filter(({ lines }) => lines.length > 0);
}

/** Hosts that are changed side by side; one after the other they need no heading. */
function inWaves(t: Translate, kind: OperationKind, snapshot: Snapshot): Together[] {
  const waves = wavesOf(kind, snapshot);
  const plain = waves.every(({ hosts, gates }) => hosts.length === 1 && gates.length === 0);
  if (plain) return [{ names: namesOf(snapshot.hosts), wave: null }];
  return waves.map(({ number, hosts }) => ({
    names: namesOf(hosts),
    wave: { number, title: t('operations.wave', { number: number + 1 }) },
  }));
}

function namesOf(hosts: Snapshot['hosts']): Map<string, string> {
  return new Map(hosts.map((host) => [host.hostId, host.name]));
}

function linesOf(t: Translate, steps: NewStep[], { names, wave }: Together) {
  const own = steps.filter((step) => step.hostId === null && (!wave || step.process === wave.number));
  const once = own.map((step) => stepTitle(t, step));
  const perHost = [...names].map(([hostId, name]) => ({
    hostId,
    where: name,
    titles: steps.filter((step) => step.hostId === hostId).map((step) => stepTitle(t, step)),
  }));
  const lines = perHost.filter(({ titles }) => titles.length > 0);
  const heading = { hostId: '', where: wave?.title ?? '', titles: once };
  return once.length > 0 || (wave && lines.length > 0) ? [heading, ...lines] : lines;
}
