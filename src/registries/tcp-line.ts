import { from, line, neededLine, number } from './option-kinds.ts';
import { fill } from './places.ts';
import type { Instance, Means, Registry } from './registry.ts';
import { RegistryFailure } from './registry-failure.ts';

/**
 * Services with a control port of their own beside their port: a line takes one out, and it answers that it did. A
 * restart puts it in by itself, unless there is a line for that too.
 */
export const tcpLine: Registry = {
  name: 'tcp-line',
  counts: true,
  needsPort: true,
  options: [
    number('offset', '-3000', -65_535, 65_535),
    from,
    neededLine('out', 'on offline'),
    line('in'),
    neededLine('answer', 'OK'),
  ],
  takeOut: (instance, means) => say(instance, means, instance.options.out ?? ''),
  async putIn(instance, means) {
    if (instance.options.in) await say(instance, means, instance.options.in);
    else means.log('in by its restart');
  },
};

async function say(instance: Instance, means: Means, text: string): Promise<void> {
  const { options, host } = instance;
  const port = (instance.port ?? 0) + Number(options.offset);
  if (port < 1 || port > 65_535) throw new RegistryFailure(`${port} is no port: change the offset`);
  const answer = await means.line(options.from ?? 'worker', host.address, port, fill(text, instance));
  if (answer !== options.answer)
    throw new RegistryFailure(`“${answer.slice(0, 200)}” is not “${options.answer}”`);
}
