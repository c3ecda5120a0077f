import { dnParts, foldName, isDn, sameDn } from '../auth/ldap/name.ts';
import type { Grant } from './person.ts';

/** What people of one group of the directory get. `name`: its distinguished name, or its cn alone. */
export type DirectoryGift = {
  name: string;
  admin: boolean;
  groupId: string | null;
  config: boolean;
  deploy: boolean;
};

/** What somebody gets for being in `groups` (distinguished names): of two places in one group, both rights. */
export function giftsFor(
  gifts: readonly DirectoryGift[],
  groups: readonly string[],
): { admin: boolean; grants: Grant[] } {
  const theirs = gifts.filter(({ name }) => groups.some((group) => isCalled(group, name)));
  const grants = new Map<string, Grant>();
  for (const { groupId, config, deploy } of theirs) {
    if (groupId === null) continue;
    const held = grants.get(groupId);
    grants.set(groupId, {
      groupId,
      config: config || (held?.config ?? false),
      deploy: deploy || (held?.deploy ?? false),
    });
  }
  const sorted = [...grants.values()].sort((one, other) => (one.groupId < other.groupId ? -1 : 1));
  return { admin: theirs.some(({ admin }) => admin), grants: sorted };
}

/** A name of a group in one spelling: two that lead to the same group are the same. */
export function giftKey(name: string): string {
  return isDn(name) ? dnParts(name).join('\n') : foldName(name);
}

function isCalled(group: string, name: string): boolean {
  return isDn(name) ? sameDn(group, name) : dnParts(group)[0] === `cn=${foldName(name)}`;
}
