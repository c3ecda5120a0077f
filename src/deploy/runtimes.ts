import type { ProjectSnapshot } from '../model/operation.ts';
import { typeOf } from '../project-types/index.ts';
import type { Runtime } from '../project-types/project-type.ts';

/** The names of the steps by which a runtime's processes are changed on one host. */
export type RuntimeSteps = {
  /** Once, where the configuration changes, while all still get traffic: changes nothing that runs. */
  configure: string[];
  /** Once, when all processes are out of traffic, before the switch. */
  down: string[];
  /** Once, after the switch. */
  up: string[];
  /** Per process, after the switch, where its configuration stays as it is; empty: only `down` and `up` restart. */
  each: string[];
  /** Per process: has it come up? */
  state: string[];
  /** Per process, after all other checks: does it stay up? */
  stable: string[];
  /** Per process, for the operation stop. */
  stop: string[];
  /** Once, when all processes are stopped, before the link goes: takes away what `configure` and `up` made. */
  remove: string[];
};

const table: Record<Runtime, RuntimeSteps> = {
  supervisor: {
    configure: ['configure'],
    down: [],
    up: ['update'],
    each: ['restart'],
    state: ['state'],
    stable: ['stable'],
    stop: ['stop'],
    remove: ['unconfigure'],
  },
  files: { configure: [], down: [], up: [], each: [], state: [], stable: [], stop: [], remove: [] },
};

/** How the processes of a project's type are changed. */
export function runtimeOf(project: Pick<ProjectSnapshot, 'type'>): RuntimeSteps {
  return table[typeOf(project.type).runtime];
}
