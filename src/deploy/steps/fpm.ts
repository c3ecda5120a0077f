import { optionValues } from '../../model/option.ts';
import { wordsOf } from '../../model/web-options.ts';
import { typeOf } from '../../project-types/index.ts';
import { guarded } from '../guarded.ts';
import { releaseIdOf } from '../host-facts.ts';
import type { HostStepContext, Step } from '../step.ts';

/**
 * Lets php-fpm finish its requests, switches the link between two of them and makes php-fpm begin anew, in one
 * action: it goes on when its worker is lost. Safe to repeat.
 */
export const fpm: Step<HostStepContext> = {
  async run(context) {
    const { snapshot, host, hostFacts } = context;
    const { type, settings, key } = snapshot.project;
    const options = optionValues(typeOf(type).options, settings.options);
    const seconds = Number(options.fpm_seconds);
    const signal = wordsOf(options.fpm_signal ?? '');
    await guarded(context, {
      name: 'fpm',
      args: [
        host.settings.hostPath,
        key,
        hostFacts.folder ?? '',
        options.fpm_pid ?? '',
        String(seconds),
        ...signal,
      ],
      timeoutSeconds: seconds + 60,
    });
    const folder = hostFacts.folder;
    return { evidence: { folder }, ...(folder && { host: { releaseAfter: releaseIdOf(folder) } }) };
  },
};
