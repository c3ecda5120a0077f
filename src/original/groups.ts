import { ulid } from 'ulid';
import { line } from '../model/typed-text.ts';
import type { Db } from '../store/database.ts';
import * as grants from '../store/grants.ts';
import * as groups from '../store/groups.ts';
import * as imported from '../store/imported.ts';
import type { Findings } from './finding.ts';
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
    const id = there.get(name) ?? (await takeGroup(trx, name, findings, [...there.values()]));
    if (there.has(name)) findings.add('group', name, 'there');
    if (id !== null) ids.set(name, id);
  }
  return ids;
}

/** As the page of groups would add it; one that was taken before is the same one, whatever its name is now. */
async function takeGroup(trx: Db, name: string, findings: Findings, here: string[]): Promise<string | null> {
  const earlier = await imported.takenAs(trx, 'group', name);
  if (earlier !== null) {
    const left = !here.includes(earlier);
    findings.add('group', name, 'there', left ? 'removed here since' : 'it has another name here');
    return left ? null : earlier;
  }
  if (line(64).safeParse(name).data !== name) {
    findings.add('group', name, 'left', 'the name must be one line of at most 64 characters');
    return null;
  }
  const id = ulid();
  await groups.add(trx, { id, name, notes: null });
  await imported.remember(trx, 'group', name, id);
  findings.add('group', name, 'taken');
  return id;
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
    const may = Object.hasOwn(rights, permissions) ? rights[permissions] : undefined;
    const [userId, groupId] = [users.get(username), groupIds.get(group)];
    if (!userId || !groupId) findings.add('grant', name, 'left', 'the person or the group is not here');
    else if (!may) findings.add('grant', name, 'left', `"${permissions}" is no right that the original knew`);
    else if ((await grants.ofUser(trx, userId)).some((held) => held.groupId === groupId))
      findings.add('grant', name, 'there');
    else if ((await imported.takenAs(trx, 'grant', name)) !== null)
      findings.add('grant', name, 'there', 'taken back here since');
    else {
      await grants.give(trx, userId, { groupId, ...may });
      await imported.remember(trx, 'grant', name, groupId);
      findings.add('grant', name, 'taken');
    }
  }
}
