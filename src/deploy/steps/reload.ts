import { wordsOf } from '../../model/web-options.ts';
import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Runs the project's reload command on the host. Safe to repeat. */
export const reload: Step<HostStepContext> = {
  async run(context) {
    const words = wordsOf(context.snapshot.project.settings.options.reload ?? '');
    context.log.line(`$ ${words.join(' ')}`);
    await guarded(context, { name: 'reload', args: words });
    return { evidence: { command: words.join(' ') } };
  },
};
