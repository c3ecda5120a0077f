import { ulid } from 'ulid';
import * as grants from '../store/grants.ts';
import * as groups from '../store/groups.ts';
import type { Taking } from './taking.ts';

/** Takes the groups, those too that only a project or a grant names; gives their ids by name. */
export async function takeGroups({ trx, original, findings }: Taking): Promise<Map<string, string>> {
  const there = new Map((await groups.all(trx)).map(({ id, name }) => [name, id]));
  const names = [
    ...original.groups,
    ...original.projects.map(({ group }) => group),
    ...original.grants.map(({ group }) => group),
  ].filter((name) => name !== '');
  const ids = new Map<string, string>();
  for (const name of new Set(names)) {
    const known = there.get(name);
    const id = known ?? ulid();
    if (!known && name.length > 64) {
      findings.add('group', name, 'left', 'the name is longer than 64 characters');
      continue;
    }
    if (!known) await groups.add(trx, { id, name, notes: null });
    findings.add('group', name, known ? 'there' : 'taken');
    ids.set(name, id);
  }
  return ids;
}

/** none: sees the group's projects · config: configures them · online: deploys and configures production too. */
const rights: Record<string, { config: boolean; deploy: boolean }> = {
  '': { config: false, deploy: false },
  none: { config: false, deploy: false },
  config: { config: true, deploy: false },
  online: { config: true, deploy: true },
};

/** Takes the grants of those who are here. Of several for one person and group the last counts, as it did there. */
export async function takeGrants(
  { trx, original, settings, findings }: Taking,
  users: Map<string, string>,
  groupIds: Map<string, string>,
): Promise<void> {
  const last = new Map(original.grants.map((grant) => [`${grant.username} in ${grant.group}`, grant]));
  for (const [name, { username, group, permissions }] of last) {
    if (group === '' || settings.admins.includes(username)) continue;
    const [userId, groupId, may] = [users.get(username), groupIds.get(group), rights[permissions]];
    if (!userId || !groupId) findings.add('grant', name, 'left', 'the person or the group is not here');
    else if (!may) findings.add('grant', name, 'left', `"${permissions}" is no right that the original knew`);
    else if ((await grants.ofUser(trx, userId)).some((held) => held.groupId === groupId))
      findings.add('grant', name, 'there');
    else {
      await grants.give(trx, userId, { groupId, ...may });
      findings.add('grant', name, 'taken');
    }
  }
}
