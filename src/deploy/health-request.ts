import { type Asking, notAnswered, notConnected } from './answering.ts';
import { wayFrom } from './registry-means.ts';
import type { HostStepContext } from './step.ts';

/** One look at a process ends after so long, whatever it answers (S64). */
const LOOK_SECONDS = 5;

/** Null where the port takes connections, from where the project's checks ask; else what was wrong. */
export async function portProblem(context: HostStepContext, port: number): Promise<string | null> {
  return (await notConnected(askingOf(context), port))?.words ?? null;
}

/** Null where one GET is answered with the status and the header that the project expects; else what was wrong. */
export async function healthProblem(context: HostStepContext, port: number): Promise<string | null> {
  return (await notAnswered(askingOf(context), port))?.words ?? null;
}

function askingOf(context: HostStepContext): Asking {
  const { snapshot, host, tools } = context;
  return {
    checks: snapshot.project.settings.checks,
    address: host.address,
    connectMs: tools.config.connectSeconds * 1000,
    way: (from) => wayFrom(context, from, LOOK_SECONDS),
  };
}
