import { environmentName } from '../model/environment.ts';
import * as environments from '../store/environments.ts';
import type { Taking } from './taking.ts';

/** Takes the environments that the projects name, with the host settings of the original's configuration. */
export async function takeEnvironments({ trx, original, settings, findings }: Taking): Promise<Set<string>> {
  const known = new Map((await environments.all(trx)).map((one) => [one.name, one]));
  const names = [...new Set(original.projects.map(({ environment }) => environment))];
  for (const [index, name] of names.entries()) {
    if (known.has(name)) findings.add('environment', name, 'there', 'its host settings are kept as they are');
    else if (!environmentName.safeParse(name).success)
      findings.add(
        'environment',
        name,
        'left',
        'the name may hold only a-z, 0-9 and dash, at most 24 characters',
      );
    else {
      const { user, hostPath, logPath, supervisorDir } = settings;
      const environment = await environments.add(trx, {
        ...{ name, production: settings.production.includes(name), position: known.size + index },
        settings: { sshUser: user, hostPath, logPath, supervisorDir },
      });
      known.set(name, environment);
      findings.add('environment', name, 'taken');
    }
  }
  return new Set(known.keys());
}
