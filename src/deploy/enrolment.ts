import { type OptionValues, optionValues } from '../model/option.ts';
import { portsOf } from '../model/placement.ts';
import { registryOf } from '../registries/index.ts';
import type { Instance, Registry } from '../registries/registry.ts';
import { meansOf } from './registry-means.ts';
import type { HostStepContext } from './step.ts';

/** The process of a step as its project's registry knows it. */
export type Enrolment = {
  registry: Registry;
  instance: Instance;
  /** `take`: how often it has been tried in this step, from 1. @throws whatever keeps it from being sure. */
  takeOut(take: number): Promise<void>;
  putIn(take: number): Promise<void>;
};

/** @throws RangeError for a registry that there is none of; what the vault throws. */
export async function enrolmentOf(context: HostStepContext): Promise<Enrolment> {
  const { snapshot, host, process, records } = context;
  const registry = registryOf(snapshot.project.settings.registry.name);
  const before = registry.counts ? await records.trafficOf({ hostId: host.hostId, process }) : null;
  const instance: Instance = {
    ...{ project: snapshot.project, host, process },
    port: portsOf(snapshot.project.port, host.processes)[process] ?? null,
    options: openOptions(context, registry),
    kept: before?.kept ?? null,
  };
  return {
    registry,
    instance,
    takeOut: (take) => registry.takeOut(instance, meansOf(context, `out${take}`)),
    putIn: (take) => registry.putIn(instance, meansOf(context, `in${take}`)),
  };
}

function openOptions({ snapshot, tools }: HostStepContext, { options }: Registry): OptionValues {
  const values = optionValues(options, snapshot.project.settings.registry.options);
  const secret = new Set(options.filter((option) => option.kind === 'secret').map((option) => option.name));
  const open = ([name, value]: [string, string]) =>
    [name, secret.has(name) && value ? tools.vault.open(value) : value] as const;
  return Object.fromEntries(Object.entries(values).map(open));
}
