import { may, type Permission, type Subject } from './permission.ts';
import type { Person } from './person.ts';

/**
 * What a token is for. read: look at things · deploy: start and steer operations · config: change how projects,
 * hosts and placements are set up · expand: add and take away machines · approve: decide about tickets.
 */
export const scopes = ['read', 'deploy', 'config', 'expand', 'approve'] as const;
export type Scope = (typeof scopes)[number];

/** Where a token counts: in these groups and for these projects (ids); null: wherever its owner may act. */
export type Reach = { groups: string[]; projects: string[] } | null;

/** The longest life of a token, and what the form offers, in days. */
export const LONGEST_DAYS = 365;
export const USUAL_DAYS = 90;

/** A program's key. It acts for the person who made it, and never may more than that person at that moment. */
export type Token = {
  id: string;
  userId: string;
  name: string;
  /** The part that is shown: `cdr_` and twelve characters. */
  prefix: string;
  scopes: Scope[];
  reach: Reach;
  /** Addresses and CIDR ranges from which it may be used; none: from anywhere. */
  addresses: string[];
  createdAt: number;
  expiresAt: number;
  revokedAt: number | null;
  revokedBy: string | null;
  usedAt: number | null;
  usedFrom: string | null;
};

/** A permission of one project is asked with the project, because a token may be for that one alone. */
export type TokenSubject = Subject & { projectId: string };

/** True where the token counts for a project. */
export function reaches(reach: Reach, of: { groupId: string; projectId: string }): boolean {
  return reach === null || reach.groups.includes(of.groupId) || reach.projects.includes(of.projectId);
}

/** What a token may do: what its owner may, inside its reach. Scopes are judged by the route. */
export function tokenMay(
  person: Person,
  reach: Reach,
  permission: Permission,
  subject?: TokenSubject,
): boolean {
  if (subject) return reaches(reach, subject) && may(person, permission, subject);
  return reach === null && may(person, permission);
}
