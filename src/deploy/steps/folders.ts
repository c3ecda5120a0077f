import { isSupervised, typeOf } from '../../project-types/index.ts';
import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Makes the project's folders on a host that shall get it. */
export const folders: Step<HostStepContext> = {
  async run(context) {
    const { host, snapshot } = context;
    const { key, type } = snapshot.project;
    const logs = isSupervised(typeOf(type)) ? `${host.settings.logPath}/${key}` : '';
    await guarded(context, { name: 'folders', args: [host.settings.hostPath, key, logs] });
    return { evidence: { path: `${host.settings.hostPath}/.cedar/${key}` } };
  },
};
