import { z } from 'zod';
import { choice, secret } from './option-kinds.ts';
import type { Instance, Means, Registry } from './registry.ts';
import { RegistryFailure } from './registry-failure.ts';

/** Author-written shell on the deploy machine or on the host, with `out` or `in` as its $1. Exit code 0: it is done. */
export const command: Registry = {
  name: 'command',
  counts: true,
  needsPort: false,
  options: [
    choice('where', ['here', 'host']),
    {
      name: 'command',
      kind: 'lines',
      schema: z
        .string()
        .min(1)
        .max(8192)
        .regex(/^[^\x00]*$/, 'text'),
      initial: '',
    },
    secret('secret'),
  ],
  takeOut: (instance, means) => run(instance, means, 'out'),
  putIn: (instance, means) => run(instance, means, 'in'),
};

async function run(instance: Instance, means: Means, direction: 'in' | 'out'): Promise<void> {
  const { options, project, host, port, process } = instance;
  const env: Record<string, string> = {
    CEDAR_TRAFFIC: direction,
    CEDAR_PROJECT: project.key,
    CEDAR_ENVIRONMENT: project.environment,
    CEDAR_HOST: host.name,
    CEDAR_ADDRESS: host.address,
    CEDAR_PORT: String(port ?? ''),
    CEDAR_PROCESS: String(process + 1),
    ...(options.secret && { CEDAR_SECRET: options.secret }),
  };
  const { where = 'here', command: text = '' } = options;
  const { code, tail } = await means.shell({ where, command: text, direction, env });
  if (code === 0) return;
  const said = tail.trim().replaceAll(/\s+/g, ' ').slice(-200);
  throw new RegistryFailure(`the command ended with exit code ${code} ${said}`.trim());
}
