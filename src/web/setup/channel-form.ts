import { z } from 'zod';
import type { Channel } from '../../notify/channel.ts';
import { hostsOf } from '../../notify/dispatch-of.ts';
import { openValues } from '../../notify/values.ts';
import * as channels from '../../store/channels.ts';
import { databaseAddresses } from '../../store/own-address.ts';
import { line } from '../form.ts';
import type { Page } from '../page.ts';
import { optionShape, readOptions } from './options-form.ts';
import { orNone, rowId } from './setup-fields.ts';

export type Kind = Channel;

const formOf = (kind: Kind) =>
  z.object({
    kind: z.literal(kind.name),
    name: line(64),
    groupId: orNone(rowId),
    ...optionShape(kind.options),
  });

/** What was typed, judged (S65): secrets sealed, addresses only where this installation sends. */
export function draftOf(page: Page, kind: Kind, before: channels.Channel['options']): channels.ChannelDraft {
  const form = page.form(formOf(kind)) as { name: string; groupId: string | null } & Record<string, unknown>;
  const options = readOptions(page, kind.options, form, before);
  const { robotHosts, mailHosts, allowLoopbackHosts: allowLoopback } = page.settings;
  const hosts = { robotHosts: hostsOf(robotHosts), mailHosts: hostsOf(mailHosts) };
  const rules = { ...hosts, allowLoopback, own: databaseAddresses(page.db) };
  const problem = kind.problem?.(options, rules);
  if (problem) page.refuse({ field: `option_${problem.option}`, code: problem.code });
  return { name: form.name, groupId: kind.hears === 'programs' ? form.groupId : null, options };
}

/** Two entries of one robot would be two counts of its measure. */
export async function refuseTwin(
  page: Page,
  kind: Kind,
  { options }: channels.ChannelDraft,
  own: string | null,
): Promise<void> {
  const { identity } = kind;
  if (identity === undefined) return;
  const others = (await channels.all(page.db)).filter((one) => one.kind === kind.name && one.id !== own);
  const identityOf = (of: channels.Channel['options']) => openValues(page.vault, kind.options, of)[identity];
  const twin = others.some((one) => identityOf(one.options) === identityOf(options));
  if (twin) page.refuse({ field: `option_${identity}`, code: 'channel_twice' });
}
