import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';

/** One process as a registry knows it. */
export type Instance = { project: ProjectSnapshot; host: HostSnapshot; process: number };

/** A service registry: takes an instance out of traffic before its restart and puts it back after its checks. */
export type Registry = {
  name: string;
  /** False where nothing is ever taken out, so that nothing has to be remembered about traffic. */
  counts: boolean;
  takeOut(instance: Instance): Promise<void>;
  putIn(instance: Instance): Promise<void>;
};
