import type { Hook, HookPlace } from '../model/hooks.ts';
import { quote } from '../shells/ssh/quote.ts';
import { variablesInForce } from '../supervisor/variables.ts';
import { guarded } from './guarded.ts';
import { hookFailed } from './hook-failure.ts';
import type { HostStepContext, Outcome, Verdict } from './step.ts';

/** What the action says by its exit code: the hook's own code is in its last line. */
const FAILED = 1;
const TIMED_OUT = 3;

/** So much longer than the hook the guard waits: the action ends the hook itself. */
const GRACE_SECONDS = 30;

/**
 * Runs a hook on a host under the guard, at most once per key.
 * @throws StepFailed; OutcomeUnknown where the guard was lost
 */
export async function runHookOnHost(
  context: HostStepContext,
  place: HookPlace,
  hook: Hook,
): Promise<Outcome> {
  const { host, snapshot, hostFacts, log } = context;
  const { hostPath } = host.settings;
  const { key } = snapshot.project;
  const released = `${hostPath}/.cedar/${key}/releases/${hostFacts.folder}`;
  const folder = place === 'host-before-switch' ? released : `${hostPath}/${key}`;
  const environment = Buffer.from(environmentOf(context, place));
  log.line(`$ ${hook.command}`);
  const { rc, out, at } = await guarded(
    context,
    {
      name: 'hook',
      args: [folder, String(hook.timeoutSeconds), String(environment.length)],
      input: Buffer.concat([environment, Buffer.from(hook.command)]),
      timeoutSeconds: hook.timeoutSeconds + GRACE_SECONDS,
    },
    [0, FAILED, TIMED_OUT],
  );
  const told = { tail: log.tail(), host: host.name };
  if (rc === TIMED_OUT) throw hookFailed(place, hook, null, told);
  if (rc === FAILED) throw hookFailed(place, hook, codeIn(out), told);
  return { evidence: { at, folder } };
}

/** Nothing on the host can tell what a hook was about to do: only one that may run twice runs again. */
export function reconcileHook(hook: Hook): Verdict {
  return hook.repeatable ? 'not-done' : 'unknown';
}

function codeIn(out: string): number {
  return Number(/exit code (\d+)\s*$/.exec(out)?.[1] ?? 1);
}

/** As lines of sh, for the action's standard input: values never stand in an argv. */
function environmentOf(
  { tools, snapshot, host, facts, operation }: HostStepContext,
  place: HookPlace,
): string {
  const own = variablesInForce(snapshot.project.env, host.env).map(({ name, value }) => [
    name,
    tools.vault.open(value),
  ]);
  const variables: Record<string, string> = {
    ...Object.fromEntries(own),
    CEDAR_PROJECT: snapshot.project.key,
    CEDAR_ENVIRONMENT: snapshot.project.environment,
    CEDAR_COMMIT: facts.commit ?? '',
    CEDAR_RELEASE: facts.releaseId ?? '',
    CEDAR_HOST: host.name,
    CEDAR_OPERATION: operation.id,
    CEDAR_KIND: operation.kind,
    CEDAR_HOOK: place,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quote([value])}\n`)
    .join('');
}
