import type { HookPlace } from '../../model/hooks.ts';
import { runHookHere } from '../hook-here.ts';
import { reconcileHook, runHookOnHost } from '../hook-on-host.ts';
import type { HostStepContext, Step, StepContext } from '../step.ts';

/** The project's own command at a place on the deploy machine. */
export function hookHere(place: HookPlace): Step {
  return {
    run: async (context) => {
      const skipped = context.facts.reused && place.endsWith('-build');
      if (skipped) return { state: 'skipped', evidence: { reason: 'reused' } };
      return runHookHere(context, place, hookOf(context, place));
    },
  };
}

/** The project's own command at a place on a host. */
export function hookOnHost(place: HookPlace): Step<HostStepContext> {
  return {
    run: (context) => runHookOnHost(context, place, hookOf(context, place)),
    reconcile: async (context) => reconcileHook(hookOf(context, place)),
  };
}

function hookOf({ snapshot }: StepContext, place: HookPlace) {
  return snapshot.project.settings.hooks[place]!;
}
