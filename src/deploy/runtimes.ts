import type { ProjectSnapshot } from '../model/operation.ts';
import { optionValues } from '../model/option.ts';
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
  tomcat: {
    configure: ['tomcat-configure'],
    down: ['tomcat-stop', 'tomcat-clean'],
    up: ['tomcat-start'],
    each: [],
    state: ['state'],
    stable: ['stable'],
    stop: ['tomcat-stop'],
    remove: ['forget'],
  },
  files: {
    configure: [],
    down: [],
    up: ['reload'],
    each: [],
    state: ['site'],
    stable: [],
    stop: [],
    remove: [],
  },
  php: {
    configure: [],
    down: ['fpm'],
    up: ['reload'],
    each: [],
    state: ['site'],
    stable: [],
    stop: [],
    remove: [],
  },
  cron: {
    configure: [],
    down: [],
    up: ['schedule'],
    each: [],
    state: ['scheduled'],
    stable: [],
    stop: ['unschedule'],
    remove: ['forget'],
  },
  commands: {
    configure: [],
    down: ['command-stop'],
    up: ['command-start'],
    each: [],
    state: ['command-check'],
    stable: ['command-again'],
    stop: ['command-stop'],
    remove: ['command-clean'],
  },
};

/** How the processes of a project's type are changed; steps that its options do not ask for are left out. */
export function runtimeOf(project: Pick<ProjectSnapshot, 'type' | 'settings'>): RuntimeSteps {
  const { runtime, options } = typeOf(project.type);
  const values = optionValues(options, project.settings.options);
  const idle = new Set([
    ...(values.reload ? [] : ['reload']),
    ...(values.web_port ? [] : ['site']),
    ...(values.one_release === 'fpm' ? [] : ['fpm']),
  ]);
  const asked = (names: string[]) => names.filter((name) => !idle.has(name));
  const { down, up, state, ...rest } = table[runtime];
  return { ...rest, down: asked(down), up: asked(up), state: asked(state) };
}
