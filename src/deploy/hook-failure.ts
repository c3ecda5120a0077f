import type { Hook, HookPlace } from '../model/hooks.ts';
import { StepFailed } from './failure.ts';

/** What the card says has changed by then, by the hook's place: nothing anywhere, on this host, or everywhere. */
const reach: Record<HookPlace, string> = {
  'before-build': 'hook',
  'after-build': 'hook',
  'before-switch': 'hook',
  'after-switch': 'hook_late',
  'host-before-switch': 'hook_host_before',
  'host-after-switch': 'hook_host_after',
};

/** A hook that ended with another exit code than 0 (`code`), or that its time-out has ended (null). */
export function hookFailed(
  place: HookPlace,
  hook: Hook,
  code: number | null,
  told: { tail: string; host?: string },
): StepFailed {
  const detail = { hook: place, host: told.host ?? '', code: code ?? '', seconds: hook.timeoutSeconds };
  const why = code === null ? 'timeout' : 'exit';
  return new StepFailed(`${reach[place]}_${why}`, detail, { exitCode: code, tail: told.tail });
}
