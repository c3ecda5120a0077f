import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import type { Option, OptionValues } from '../model/option.ts';

/** One process as a registry knows it. */
export type Instance = {
  project: ProjectSnapshot;
  host: HostSnapshot;
  process: number;
  /** The process's own; null where the project has none. */
  port: number | null;
  /** A value for each of the registry's options; secrets opened. */
  options: OptionValues;
  /** What this registry asked to be kept about the instance earlier; null: nothing. */
  kept: string | null;
};

/** One HTTP request; `from` says whose network it goes through: the worker's, or the host's by its ssh connection. */
export type Call = {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  from: string;
};

/** At most 64 KiB of an answer. */
export type Answer = { status: number; text: string };

/** Author-written shell; $1 is in or out. `where`: the deploy machine (`here`) or the host. */
export type ShellCall = {
  where: string;
  command: string;
  direction: 'in' | 'out';
  env: Record<string, string>;
};

/** What a registry acts with. Each call ends within the project's time-out; a step's log tells of it. */
export type Means = {
  /** @throws CedarError where there was no answer; any status is one. */
  request(call: Call): Promise<Answer>;
  /** Says a line to a TCP port and hears one. @throws CedarError */
  line(from: string, address: string, port: number, text: string): Promise<string>;
  /** @throws CedarError where it could not be run to its end. */
  shell(call: ShellCall): Promise<{ code: number; tail: string }>;
  /** Remembers, whatever happens, what is needed to put the instance in again. */
  keep(text: string): Promise<void>;
  log(line: string): void;
};

/**
 * A service registry: takes an instance out of traffic before its restart and puts it back after its checks. Both
 * may be asked again after they happened, and by another worker than before. They throw where they cannot tell that
 * it happened; an instance that the registry does not know is out.
 */
export type Registry = {
  name: string;
  /** False where nothing is ever taken out, so that nothing has to be remembered about traffic. */
  counts: boolean;
  options: readonly Option[];
  /** Speaks of instances by their port, so that a project without one cannot use it. */
  needsPort: boolean;
  takeOut(instance: Instance, means: Means): Promise<void>;
  putIn(instance: Instance, means: Means): Promise<void>;
};
