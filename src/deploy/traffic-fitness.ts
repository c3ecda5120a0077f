import type { OperationKind } from '../model/operation.ts';
import { registries } from '../registries/index.ts';
import { StepFailed } from './failure.ts';
import { isNeeded } from './needed.ts';
import type { StepContext } from './step.ts';

/** The kinds whose plans have the autotest: everything that brings a process up, but never a way back. */
const tests = new Set<OperationKind>([
  ...(['deploy', 'promote', 'restart', 'restart-process', 'start-process'] as const),
  ...(['expansion', 'put-back'] as const),
]);

/** What would fail only in the middle is refused before anything is touched. @throws StepFailed */
export function refuseUnfitTraffic({ snapshot, operation, tools }: StepContext): void {
  const { project } = snapshot;
  const { name } = project.settings.registry;
  const registry = registries.find((one) => one.name === name);
  if (!registry) throw new StepFailed('registry_unknown', { registry: name });
  if (registry.needsPort && project.port === null)
    throw new StepFailed('registry_needs_port', { registry: name });
  const tested = tests.has(operation.kind) || snapshot.params.restart === true;
  const asks = tested && isNeeded('autotest', project);
  if (asks && tools.config.autotestUrl === '') throw new StepFailed('autotest_unset');
}
