import { z } from 'zod';
import type { Option, OptionValues } from '../model/option.ts';
import type { Means, Problem } from './channel.ts';

/** The option of a robot for another gateway than its own; empty: its own. */
export const gatewayOption: Option = {
  name: 'gateway',
  kind: 'line',
  schema: z
    .string()
    .trim()
    .max(200)
    .regex(/^(https?:\/\/[A-Za-z0-9.:[\]-]+\/?)?$/, 'url'),
  initial: '',
};

export function gatewayOf(values: OptionValues, own: string): URL {
  return new URL(values.gateway || own);
}

/** Robots are reached over https at hosts that an admin listed, and at their own (S65). */
export function gatewayProblem(
  gateway: URL,
  own: string,
  { robotHosts, allowLoopback }: Pick<Means, 'robotHosts' | 'allowLoopback'>,
): Problem | null {
  const known =
    gateway.host === new URL(own).host ||
    robotHosts.includes(gateway.host) ||
    robotHosts.includes(gateway.hostname);
  const safe = gateway.protocol === 'https:' || allowLoopback;
  return known && safe ? null : { option: 'gateway', code: 'robot_host' };
}
