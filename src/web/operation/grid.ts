import { duration } from '../../../public/js/duration.js';
import type { OperationHost } from '../../model/operation.ts';
import { type Phase, phases, type StepRow } from '../../model/step.ts';

/** One step as the grid shows it. `took` is a text; empty before it began. */
export type Cell = {
  id: string;
  name: string;
  process: number | null;
  hostId: string | null;
  state: StepRow['state'];
  startedAt: number | null;
  endedAt: number | null;
  took: string;
};

/** One row: `wide` for a step that is not of one host, else one cell per host (null: it has no such step). */
export type GridRow = { name: string; process: number | null; wide: Cell | null; cells: (Cell | null)[] };

export type Grid = { hosts: OperationHost[]; phases: { phase: Phase; rows: GridRow[] }[] };

/** The journal as a table: steps downwards in their order, hosts across. `now`: epoch milliseconds. */
export function gridOf(steps: StepRow[], hosts: OperationHost[], now: number): Grid {
  const shown = phases.map((phase) => ({
    phase,
    rows: rowsOf(
      steps.filter((step) => step.phase === phase),
      hosts,
      now,
    ),
  }));
  return { hosts, phases: shown.filter(({ rows }) => rows.length > 0) };
}

function rowsOf(steps: StepRow[], hosts: OperationHost[], now: number): GridRow[] {
  return orderOf(steps, hosts).map((key) => {
    const same = steps.filter((step) => keyOf(step) === key);
    const first = same[0] as StepRow;
    const cellAt = (hostId: string | null) => {
      const step = same.find((candidate) => candidate.hostId === hostId);
      return step ? cellOf(step, now) : null;
    };
    return {
      name: first.name,
      process: first.process,
      wide: cellAt(null),
      cells: first.hostId === null ? [] : hosts.map((host) => cellAt(host.hostId)),
    };
  });
}

/** Hosts may have different steps (one adopts, one does not): a step unknown so far goes behind its predecessor. */
function orderOf(steps: StepRow[], hosts: OperationHost[]): string[] {
  const order: string[] = [];
  for (const hostId of [null, ...hosts.map((host) => host.hostId)]) {
    let place = 0;
    for (const step of steps.filter((candidate) => candidate.hostId === hostId)) {
      const known = order.indexOf(keyOf(step));
      if (known < 0) order.splice(place, 0, keyOf(step));
      place = (known < 0 ? place : known) + 1;
    }
  }
  return order;
}

function keyOf(step: StepRow): string {
  return `${step.name}#${step.process ?? ''}${step.hostId === null ? '!' : ''}`;
}

function cellOf(step: StepRow, now: number): Cell {
  const { id, name, process, hostId, state, startedAt, endedAt } = step;
  const until = endedAt ?? (state === 'intent' ? now : null);
  const took = startedAt !== null && until !== null ? duration(until - startedAt) : '';
  return { id, name, process, hostId, state, startedAt, endedAt, took };
}

/** The share of steps that are over, 0 to 100. */
export function progressOf(steps: StepRow[]): number {
  if (steps.length === 0) return 0;
  const over = steps.filter((step) => step.state !== 'pending' && step.state !== 'intent').length;
  return Math.floor((over / steps.length) * 100);
}

/** The step whose log is shown: the one asked for, else the one that failed, runs, or spoke last. */
export function chosenStep(steps: StepRow[], asked: string | null): StepRow | null {
  return (
    steps.find((step) => step.id === asked) ??
    steps.find((step) => step.state === 'failed' || step.state === 'unknown') ??
    steps.findLast((step) => step.state === 'intent') ??
    steps.findLast((step) => step.logBytes > 0) ??
    steps[0] ??
    null
  );
}
