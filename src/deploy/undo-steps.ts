import { hookPlaces } from '../model/hooks.ts';
import type { HostSnapshot, ProjectSnapshot, Snapshot } from '../model/operation.ts';
import type { StepRow } from '../model/step.ts';
import type { NewStep } from '../store/steps.ts';
import { release } from './activation.ts';
import type { HostFacts } from './host-facts.ts';
import { isNeeded } from './needed.ts';
import { runtimeOf } from './runtimes.ts';

/** What is known of a host that goes back. `past`: what ran there is known from an operation of ours. */
export type Undone = {
  host: HostSnapshot;
  snapshot: Snapshot;
  facts: HostFacts;
  /** The host's steps of the phase activate. */
  rows: StepRow[];
  past: boolean;
};

/** A repair runs no commands of the project's own: those belong to a release that comes. */
const leftOut = new Set<string>([...hookPlaces, 'autotest']);

/**
 * The steps that bring one host back to what it ran before, with its configuration: those of a release, with the
 * folder of before, for what this operation has begun there.
 */
export function undoSteps({ host, snapshot, facts, rows, past }: Undone): NewStep[] {
  const shape = { configurationChanges: facts.configurationChanges, adopts: false };
  const all = release(true)(host, snapshot, shape).filter(
    ({ name }) => !leftOut.has(name) && isNeeded(name, snapshot.project),
  );
  const begun = rows.filter((row) => row.state !== 'pending');
  const chosen = changesWhatRuns(begun, snapshot.project)
    ? ofBegunProcesses(all, rows, facts)
    : all.filter((step) => isNeededBefore(step, begun, snapshot.project));
  const checked = past || facts.configuration !== null;
  return chosen.filter(({ name }) => checked || !isCheck(name)).map(backwards);
}

/** True where more was begun than writing a file that nobody read yet, and taking processes out of traffic. */
function changesWhatRuns(begun: StepRow[], project: ProjectSnapshot): boolean {
  const harmless = new Set([...runtimeOf(project).configure, ...leftOut, 'deregister', 'drain']);
  return begun.some(({ name }) => !harmless.has(name));
}

/** Under the same configuration a process that was not restarted yet still runs the release of before. */
function ofBegunProcesses(all: NewStep[], rows: StepRow[], facts: HostFacts): NewStep[] {
  if (facts.configurationChanges || facts.adopts) return all;
  const touched = new Set(rows.filter((row) => row.state !== 'pending').map((row) => row.process));
  return all.filter((step) => step.process === null || touched.has(step.process));
}

/** What was written and not read yet is written as it was; what left its traffic comes back. */
function isNeededBefore(step: NewStep, begun: StepRow[], project: ProjectSnapshot): boolean {
  if (step.name === 'register')
    return begun.some((row) => row.name === 'deregister' && row.process === step.process);
  const written = begun.some((row) => row.name === step.name && row.state !== 'failed');
  return written && runtimeOf(project).configure.includes(step.name);
}

function isCheck(name: string): boolean {
  return ['state', 'port', 'http', 'stable', 'site', 'scheduled'].includes(name);
}

function backwards(step: NewStep): NewStep {
  const name = step.name === 'configure' ? 'restore' : step.name;
  return { ...step, name, stepKey: `undo:${step.stepKey}`, phase: 'undo' };
}
